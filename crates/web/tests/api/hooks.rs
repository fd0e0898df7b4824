//! Webhooks of forges: forged, doubled, in any order, too long, too many.

use std::collections::BTreeMap;
use std::net::IpAddr;

use axum::body::Body;
use axum::http::Request;
use plimsoll_core::catalog::{Forge, ForgeKind, ForgeSecret};
use plimsoll_core::event::EventKind;
use plimsoll_sim::{DELIVERY, SIGNATURE, Shape, Sim, SimForge};
use plimsoll_web::Peer;

use crate::world::{Answer, World, tell};

const REPOSITORY: &str = "acme/planet4";

async fn world() -> World {
    let mut sim = Sim::new(51, &Shape::default());
    sim.reconfigure(|catalog| {
        let forge = Forge {
            kind: ForgeKind::Gitea,
            url: "https://git.example/api/v1".to_owned(),
            secret: ForgeSecret::Token("token".parse().unwrap()),
            webhook_secret: Some("hook".parse().unwrap()),
            repositories: BTreeMap::from([(
                REPOSITORY.parse().unwrap(),
                ["planet4".parse().unwrap()].into(),
            )]),
        };
        catalog.forges.insert("hub".parse().unwrap(), forge);
    });
    World::over(sim).await
}

async fn send(world: &World, id: &str, (body, signature): &(String, String)) -> Answer {
    send_from(world, [203, 0, 113, 7].into(), "/hooks/hub", id, body.clone(), signature).await
}

async fn send_from(
    world: &World,
    from: IpAddr,
    path: &str,
    id: &str,
    body: String,
    signature: &str,
) -> Answer {
    let request = Request::builder()
        .method("POST")
        .uri(path)
        .extension(Peer(from))
        .header("host", "127.0.0.1")
        .header(DELIVERY, id)
        .header(SIGNATURE, signature)
        .body(Body::from(body))
        .unwrap();
    world.send(request).await
}

fn webhook(letter: &str) -> (String, String) {
    SimForge::webhook(REPOSITORY, &letter.repeat(40), None)
}

/// The commits that were heard of, in the order of the ledger.
fn heard(world: &World) -> Vec<String> {
    let commit = |kind: &EventKind| match kind {
        EventKind::WebhookReceived { delivery } => Some(delivery.commit[..1].to_owned()),
        _ => None,
    };
    world.sim.events().iter().filter_map(|event| commit(&event.kind)).collect()
}

#[test]
fn a_webhook_is_taken_once_and_whoever_sends_it_again_is_told_so() {
    tell(async {
        let world = world().await;
        let first = send(&world, "1", &webhook("a")).await.is(202);
        assert_eq!(first.text, "taken\n");
        for id in ["1", "1", "2"] {
            // The number is not signed: the same body under another one is the same webhook.
            let again = send(&world, id, &webhook("a")).await.is(202);
            assert_eq!(again.text, "taken before\n");
        }
        send(&world, "9", &webhook("c")).await.is(202);
        send(&world, "8", &webhook("b")).await.is(202);
        assert_eq!(heard(&world), ["a", "c", "b"]);
    });
}

#[test]
fn what_is_forged_is_told_nothing_and_changes_nothing() {
    tell(async {
        let world = world().await;
        let (body, right) = webhook("a");
        let from: IpAddr = [203, 0, 113, 7].into();
        let mut said = Vec::new();
        for (path, body, signature) in [
            ("/hooks/hub", body.clone(), ""),
            ("/hooks/hub", body.clone(), "sha256=00"),
            ("/hooks/hub", body.replace('a', "b"), right.as_str()),
            ("/hooks/elsewhere", body.clone(), ""),
            ("/hooks/a%20b", body.clone(), ""),
        ] {
            let answer = send_from(&world, from, path, "1", body, signature).await;
            let problem = answer.refused(401, "not-signed");
            said.push(problem["detail"].as_str().unwrap().to_owned());
        }
        said.dedup();
        assert_eq!(said.len(), 1, "one answer for all: {said:?}");
        assert_eq!(heard(&world), Vec::<String>::new());
        send_from(&world, from, "/hooks/hub", "1", body, &right).await.is(202);
    });
}

#[test]
fn who_sends_many_forged_ones_waits_and_the_forge_does_not() {
    tell(async {
        let world = world().await;
        let (body, right) = webhook("a");
        let from: IpAddr = [203, 0, 113, 9].into();
        for _ in 0..20 {
            let answer = send_from(&world, from, "/hooks/hub", "1", body.clone(), "x").await;
            answer.refused(401, "not-signed");
        }
        let answer = send_from(&world, from, "/hooks/hub", "1", body.clone(), "x").await;
        assert!(!answer.header("retry-after").is_empty());
        answer.refused(429, "too-many");
        // Behind the same address there may be the forge itself.
        send_from(&world, from, "/hooks/hub", "1", body, &right).await.is(202);
    });
}

#[test]
fn what_is_too_long_or_cannot_be_read_is_refused_and_get_is_none() {
    tell(async {
        let world = world().await;
        let long = "x".repeat((8 << 20) + 1);
        let from: IpAddr = [203, 0, 113, 7].into();
        let answer = send_from(&world, from, "/hooks/hub", "1", long, "x").await;
        answer.refused(413, "too-large");
        let (_, signature) = SimForge::signed("{");
        let answer = send_from(&world, from, "/hooks/hub", "1", "{".to_owned(), &signature).await;
        answer.refused(422, "wrong");
        let (body, signature) = webhook("a");
        let plain = Request::builder()
            .method("POST")
            .uri("/hooks/hub")
            .extension(Peer(from))
            .header("host", "127.0.0.1")
            .header("content-type", "text/plain")
            .header(SIGNATURE, signature)
            .body(Body::from(body))
            .unwrap();
        let problem = world.send(plain).await.refused(415, "media-type");
        assert!(problem["detail"].as_str().unwrap().contains("text/plain"), "{problem}");
        assert!(problem["hint"].as_str().unwrap().contains("application/json"), "{problem}");
        let get = Request::builder().uri("/hooks/hub").body(Body::empty()).unwrap();
        world.send(get).await.is(405);
        assert_eq!(heard(&world), Vec::<String>::new());
    });
}

#[test]
fn a_webhook_is_taken_while_nobody_knows_its_sender_and_answered_at_once() {
    tell(async {
        let world = world().await;
        let began = tokio::time::Instant::now();
        world.sim.forge().answers_with(Some(plimsoll_core::record::ForgeFaultKind::Away));
        send(&world, "1", &webhook("a")).await.is(202);
        assert!(began.elapsed() < std::time::Duration::from_secs(1));
        assert_eq!(world.sim.forge().asked(), 0, "what follows is done later");
    });
}

//! Events as they happen.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use plimsoll_core::record::Permission;
use serde_json::json;
use tower::ServiceExt as _;

use crate::world::{World, tell};

/// Somebody who listens.
struct Ear {
    body: Body,
    text: String,
}

impl Ear {
    async fn of(world: &World, request: Request<Body>) -> Self {
        let response: Response<Body> = world.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { body: response.into_body(), text: String::new() }
    }

    /// Listens until something was heard; `false` when it is over.
    async fn hear(&mut self, words: &str) -> bool {
        while !self.text.contains(words) {
            match self.body.frame().await {
                Some(frame) => {
                    let bytes = frame.unwrap().into_data().unwrap();
                    self.text.push_str(std::str::from_utf8(&bytes).unwrap());
                }
                None => return false,
            }
        }
        true
    }

    /// The numbers of the events that were told.
    fn ids(&self) -> Vec<u64> {
        let blocks = self.text.split("\n\n").filter(|block| block.contains("\ndata: "));
        let id =
            |block: &str| block.lines().find_map(|line| line.strip_prefix("id: ")?.parse().ok());
        blocks.filter_map(id).collect()
    }
}

#[test]
fn who_listens_hears_what_happens_and_goes_on_where_it_was() {
    tell(async {
        let world = World::staged(61).await;
        let head = world.sim.events().len() as u64;
        let mut ear = Ear::of(&world, world.request("GET", "/events", &[])).await;
        assert!(ear.hear(&format!("id: {head}\n\n")).await);
        let hold = json!({ "service": "planet4", "reason": "we look at it" });
        world.post("/holds", &hold).await.is(201);
        assert!(ear.hear("event: hold-placed").await);
        assert_eq!(ear.ids(), [head + 1]);
        drop(ear);
        world.post("/holds", &hold).await.is(201);
        world.post("/holds", &hold).await.is(201);
        let since = (head + 1).to_string();
        let back = world.request("GET", "/events", &[("last-event-id", &since)]);
        let mut ear = Ear::of(&world, back).await;
        assert!(ear.hear(&format!("id: {}\nevent", head + 3)).await);
        assert_eq!(ear.ids(), [head + 2, head + 3], "nothing is lost and nothing doubled");
        let mut all = Ear::of(&world, world.request("GET", "/events?after=0", &[])).await;
        assert!(all.hear(&format!("id: {}\nevent", head + 3)).await);
        let told = all.ids();
        assert_eq!(told, (1..=head + 3).collect::<Vec<_>>());
    });
}

#[test]
fn many_who_listen_hear_all_of_it() {
    tell(async {
        let world = World::staged(62).await;
        let head = world.sim.events().len() as u64;
        let mut ears = Vec::new();
        for _ in 0..200 {
            ears.push(Ear::of(&world, world.request("GET", "/events", &[])).await);
        }
        let id = world.promote().await;
        assert_eq!(world.ended().await, "verified-good");
        let last = world.sim.events().len() as u64;
        let wanted: Vec<u64> = (head + 1..=last).collect();
        for mut ear in ears {
            assert!(ear.hear("event: promotion-finished").await, "{id}");
            assert!(ear.hear(&format!("id: {last}\n")).await);
            assert_eq!(ear.ids(), wanted);
        }
    });
}

#[test]
fn nobody_hears_of_what_they_may_not_see() {
    tell(async {
        let world = World::staged(63).await;
        let token = world.token_for("looks", Some(&["planet4"]), &[Permission::Read]).await;
        let bearer = format!("Bearer {token}");
        let request = world.request("GET", "/events", &[("authorization", &bearer)]);
        let mut ear = Ear::of(&world, request).await;
        assert!(ear.hear("retry").await);
        // That a token was made is for administrators.
        world.token_for("secret", None, &[Permission::Read]).await;
        let hold = json!({ "service": "planet4", "reason": "we look at it" });
        world.post("/holds", &hold).await.is(201);
        assert!(ear.hear("event: hold-placed").await);
        assert!(!ear.text.contains("token-created"), "{}", ear.text);
        let other = world.request("GET", "/events?service=shop", &[("authorization", &bearer)]);
        world.send(other).await.refused(403, "not-allowed");
        world.delete("/tokens/looks?reason=enough").await.is(200);
        tokio::time::sleep(Duration::from_secs(1)).await;
        world.post("/holds", &hold).await.is(201);
        assert!(!ear.hear("never").await, "the token is none any more");
    });
}

#[test]
fn when_others_do_something_is_not_told_and_nobody_looks_through_it_again() {
    tell(async {
        let world = World::staged(65).await;
        let token = world.token_for("narrow", Some(&["planet4"]), &[Permission::Read]).await;
        let bearer = format!("Bearer {token}");
        let request = world.request("GET", "/events", &[("authorization", &bearer)]);
        let mut ear = Ear::of(&world, request).await;
        assert!(ear.hear("retry").await);
        let began = tokio::time::Instant::now();
        world.token_for("another", None, &[Permission::Read]).await;
        let last = world.sim.events().len();
        assert!(ear.hear(&format!("id: {last}\n\n")).await);
        assert!(began.elapsed() >= Duration::from_secs(10), "{:?}", began.elapsed());
        assert!(ear.text.contains(": still here\nid: "), "{}", ear.text);
        assert_eq!(ear.ids(), Vec::<u64>::new());
    });
}

#[test]
fn silence_is_broken_and_the_end_is_told() {
    tell(async {
        let world = World::staged(64).await;
        let mut ear = Ear::of(&world, world.request("GET", "/events", &[])).await;
        assert!(ear.hear(": still here").await);
        world.site.stop();
        assert!(!ear.hear("never").await);
        let far = world.request("GET", "/events?after=99999999", &[]);
        world.send(far).await.refused(422, "wrong");
        let strange = world.request("GET", "/events", &[("last-event-id", "abc")]);
        world.send(strange).await.refused(422, "wrong");
    });
}

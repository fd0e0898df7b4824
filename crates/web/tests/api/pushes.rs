//! Pushes that a git repository asks about.

use plimsoll_core::record::Permission;
use serde_json::{Value, json};

use crate::world::{Answer, World, tell};

const COMMIT: &str = "1111111111111111111111111111111111111111";
const OTHER: &str = "2222222222222222222222222222222222222222";

fn push(commit: &str, more: &Value) -> Value {
    let mut body = json!({
        "push": { "branches": [{
            "branch": "refs/heads/production", "step": "forward", "commit": commit,
            "services": { "planet4": { "count": 1, "first": ["composer.json"] } },
        }] },
    });
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

/// A world where release 1.23 of staging is made of [`COMMIT`].
async fn world(seed: u64) -> World {
    let world = World::staged(seed).await;
    let naming = json!({
        "release": "planet4@1.24", "artifacts": [{ "kind": "git", "name": "code", "commit": COMMIT }],
    });
    world.post("/releases", &naming).await.is(201);
    world
}

async fn asked_by(world: &World, may: Permission, body: &Value) -> Answer {
    let name = format!("host-{may}");
    let token = world.token_for(&name, Some(&["planet4"]), &[may]).await;
    let bearer = format!("Bearer {token}");
    world.post_with("/pushes", &[("authorization", &bearer)], body).await
}

#[test]
fn a_refusal_says_why_and_what_brings_the_evidence() {
    tell(async {
        let world = world(81).await;
        let unknown = world.post("/pushes", &push(OTHER, &json!({}))).await.is(409).json();
        let service = &unknown["branches"][0]["services"][0];
        assert_eq!(service["stands"], "no-release", "{unknown}");
        assert!(
            service["commands"][0].as_str().unwrap().starts_with("plimsoll release add planet4@")
        );
        assert_eq!(unknown["exit-code"], 10);
        let unchecked = world.post("/pushes", &push(COMMIT, &json!({}))).await.is(409).json();
        let service = &unchecked["branches"][0]["services"][0];
        assert_eq!(
            (&service["stands"], &service["release"]),
            (&"refused".into(), &"planet4@1.24".into())
        );
        assert!(!service["causes"].as_array().unwrap().is_empty(), "{unchecked}");
    });
}

#[test]
fn what_was_merged_counts_and_enters_once_it_is_allowed() {
    tell(async {
        let world = world(82).await;
        world.sim.runs_everywhere("staging", "1.24");
        world
            .post("/deployments/reported", &json!({ "release": "planet4@1.24", "on": "staging" }))
            .await
            .is(201);
        let body = json!({ "release": "planet4@1.24", "on": "staging" });
        let place = world.post("/verifications", &body).await.is(202).header("location").to_owned();
        while world.get(place.trim_start_matches("/api/v1")).await.json()["ended"] == false {
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
        let entered = world.post("/pushes", &push(COMMIT, &json!({}))).await.is(200).json();
        assert_eq!((&entered["allowed"], &entered["exit-code"]), (&true.into(), &0.into()));
        let mut merged = push(OTHER, &json!({}));
        merged["push"]["branches"][0]["same-content"] = json!([COMMIT]);
        world.post("/pushes", &merged).await.is(200);
        let known = world.get("/pushes/commits?service=planet4").await.is(200).json();
        assert_eq!(known["commits"], json!([COMMIT]));
    });
}

#[test]
fn the_glass_is_broken_with_a_token_that_may_release_and_both_names_are_kept() {
    tell(async {
        let world = world(83).await;
        let glass = json!({ "break-glass": "the shop is down", "pusher": "bo" });
        let body = push(COMMIT, &glass);
        let refused = asked_by(&world, Permission::Read, &body).await.refused(403, "not-allowed");
        assert!(refused["detail"].as_str().unwrap().contains("release"), "{refused}");
        let entered = asked_by(&world, Permission::Release, &body).await.is(200).json();
        assert_eq!(entered["branches"][0]["services"][0]["stands"], "forced");
        let events = world.sim.events();
        let forced = serde_json::to_value(events.last().unwrap()).unwrap();
        let push = &forced["kind"]["push-forced"]["push"];
        assert_eq!((&push["by"], &push["reason"]), (&"bo".into(), &"the shop is down".into()));
        assert_eq!(forced["actor"]["person"], world.sim.person().as_str(), "{forced}");
    });
}

#[test]
fn every_event_of_a_forced_push_is_of_who_asked_and_the_pusher_is_what_was_told() {
    tell(async {
        let world = world(86).await;
        let before = world.sim.events().len();
        let body = push(OTHER, &json!({ "break-glass": "the shop is down", "pusher": "bo" }));
        asked_by(&world, Permission::Release, &body).await.is(200);
        let me = world.sim.person().to_string();
        let events: Vec<_> = world.sim.events().into_iter().skip(before).collect();
        let events: Vec<Value> = events.iter().map(|e| serde_json::to_value(e).unwrap()).collect();
        for event in &events {
            let actor = &event["actor"];
            assert!(*actor == "plimsoll" || actor["person"] == me.as_str(), "{event}");
        }
        let added = events.iter().find_map(|event| event["kind"].get("release-added")).unwrap();
        let release = &added["release"];
        assert_eq!(release["added_by"], me.as_str(), "{release}");
        assert!(release["notes"].as_str().unwrap().contains("by bo, as "), "{release}");
        let forced = events.iter().find_map(|event| event["kind"].get("push-forced")).unwrap();
        assert_eq!(forced["push"]["by"], "bo");
    });
}

#[test]
fn what_nobody_meant_is_not_forced_and_writes_nothing() {
    tell(async {
        let world = world(84).await;
        let mut body = push(COMMIT, &json!({ "break-glass": "now" }));
        body["push"]["branches"][0]["step"] = json!("forced");
        let forced = || {
            world
                .sim
                .events()
                .iter()
                .filter(|event| format!("{:?}", event.kind).contains("PushForced"))
                .count()
        };
        let refused = asked_by(&world, Permission::Release, &body).await.is(409).json();
        assert_eq!(refused["branches"][0]["unmeant"], true);
        assert_eq!(refused["branches"][0]["name"], json!(["force=production"]));
        assert_eq!(forced(), 0);
        for (key, wrong) in [
            ("branch", json!("staging")),
            ("branch", json!("a..b")),
            ("commit", json!("HEAD")),
            ("commit", Value::Null),
            ("services", json!({ "nobody": { "count": 1, "first": [] } })),
        ] {
            let mut body = push(COMMIT, &json!({}));
            body["push"]["branches"][0][key] = wrong;
            let status = world.post("/pushes", &body).await.status.as_u16();
            assert!(matches!(status, 404 | 422), "{key}: {status}");
        }
    });
}

#[test]
fn a_token_sees_the_terms_of_its_services_and_asks_about_no_other() {
    tell(async {
        let world = world(85).await;
        world.also_data8();
        let all = world.get("/pushes/terms").await.is(200).json();
        assert_eq!(
            (&all["complete"], &all["branches"]["refs/heads/production"]),
            (&true.into(), &"production".into())
        );
        assert!(all["paths"]["planet4"].is_array(), "{all}");
        let token = world.token_for("data8", Some(&["data8"]), &[Permission::Read]).await;
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str())];
        let some = world.send(world.request("GET", "/pushes/terms", &headers)).await.is(200).json();
        assert_eq!((&some["complete"], &some["paths"]), (&false.into(), &json!({ "data8": [] })));
        let body = push(COMMIT, &json!({}));
        world.post_with("/pushes", &headers, &body).await.refused(403, "not-allowed");
        let path = "/pushes/commits?service=planet4";
        world.send(world.request("GET", path, &headers)).await.refused(403, "not-allowed");
    });
}

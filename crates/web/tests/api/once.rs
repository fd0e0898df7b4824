//! Requests that are sent again.

use plimsoll_core::record::Permission;
use serde_json::json;

use crate::world::{World, tell};

#[test]
fn the_same_key_gives_the_first_answer_and_does_nothing_again() {
    tell(async {
        let world = World::staged(41).await;
        let hold = json!({ "service": "planet4", "reason": "we look at it" });
        let key = [("idempotency-key", "one")];
        let first = world.post_with("/holds", &key, &hold).await.is(201);
        let events = world.sim.events().len();
        let again = world.post_with("/holds", &key, &hold).await.is(201);
        assert_eq!(
            (again.text, again.headers.get("idempotency-replayed").is_some()),
            (first.text, true)
        );
        assert_eq!(world.sim.events().len(), events);
        let other = json!({ "service": "planet4", "reason": "another" });
        world.post_with("/holds", &key, &other).await.refused(422, "wrong");
        let token = world.token_for("other", None, &[Permission::Release]).await;
        let bearer = format!("Bearer {token}");
        let theirs = [("idempotency-key", "one"), ("authorization", bearer.as_str())];
        let said = world.post_with("/holds", &theirs, &other).await.is(201);
        assert_eq!(said.header("idempotency-replayed"), "", "it is another caller's key");
    });
}

#[test]
fn at_the_same_time_it_is_done_once() {
    tell(async {
        let world = World::staged(42).await;
        let body = json!({
            "release": "planet4@1.23", "to": "production", "confirm": "planet4/production",
        });
        let key = [("idempotency-key", "go")];
        let ask = || world.post_with("/promotions", &key, &body);
        let (one, two) = tokio::join!(ask(), ask());
        assert_eq!(one.is(201).json()["id"], two.is(201).json()["id"]);
        world.ended().await;
    });
}

#[test]
fn a_refusal_is_asked_again() {
    tell(async {
        let world = World::staged(43).await;
        let hold = json!({ "service": "planet4", "reason": "no" });
        let held = world.post("/holds", &hold).await.is(201).json();
        let body = json!({
            "release": "planet4@1.23", "to": "production", "confirm": "planet4/production",
        });
        let key = [("idempotency-key", "go")];
        world.post_with("/promotions", &key, &body).await.is(409);
        let path = format!("/holds/{}?reason=well", held["events"][0]);
        world.delete(&path).await.is(200);
        world.post_with("/promotions", &key, &body).await.is(201);
        world.ended().await;
    });
}

#[test]
fn who_goes_away_in_the_middle_leaves_nothing_half_done() {
    tell(async {
        let world = World::staged(44).await;
        let body = json!({
            "release": "planet4@1.23", "to": "production", "confirm": "planet4/production",
        });
        let asked = world.post("/promotions", &body);
        let _ = tokio::time::timeout(std::time::Duration::from_millis(1), asked).await;
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
        let all = world.get("/promotions?service=planet4&environment=production").await.json();
        let id = all["promotions"][0]["id"].as_str().unwrap();
        let story = world.get(&format!("/promotions/{id}")).await.is(200).json();
        assert_ne!(story["driven"], false, "it was begun, so somebody drives it");
        assert_eq!(world.ended().await, "verified-good");
    });
}

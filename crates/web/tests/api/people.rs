//! What people say.

use plimsoll_core::record::Permission;
use serde_json::{Value, json};

use crate::world::{World, tell};

async fn says_and_takes_back(world: &World, noun: &str, body: &Value, word: &str) {
    let said = world.post(&format!("/{noun}"), body).await.is(201).json();
    assert_eq!((&said["said"], &said["by"]), (&word.into(), &"release-manager".into()));
    let event = said["events"][0].as_u64().unwrap();
    let all = world.get(&format!("/{noun}?service=planet4")).await.is(200).json();
    assert_eq!(all["said"][0]["id"], event);
    assert_eq!(all["said"][0]["in-force"], true);
    assert_eq!(all["said"][0]["said"]["summary"], said["summary"]);
    let path = format!("/{noun}/{event}?reason=it%20was%20mended");
    let back = world.delete(&path).await.is(200).json();
    assert_eq!((&back["takes-back"], &back["reason"]), (&event.into(), &"it was mended".into()));
    world.delete(&path).await.refused(409, "refused");
    let all = world.get(&format!("/{noun}?service=planet4")).await.is(200).json();
    assert!(all["said"][0]["in-force"] != true, "{all}");
}

#[test]
fn waivers_known_failures_holds_and_freezes_are_said_listed_and_taken_back() {
    tell(async {
        let world = World::staged(11).await;
        let until = "2098-01-01T00:00:00Z";
        let waiver = json!({
            "release": "planet4@1.23", "rule": "soak", "reason": "nothing changes", "until": until,
        });
        says_and_takes_back(&world, "waivers", &waiver, "waived").await;
        let known = json!({
            "service": "planet4", "check": "home", "signature": "timeout", "ticket": "#1", "until": until,
        });
        says_and_takes_back(&world, "known-failures", &known, "known-failure").await;
        let hold = json!({ "service": "planet4", "reason": "we look at it" });
        says_and_takes_back(&world, "holds", &hold, "held").await;
        let freeze = json!({ "service": "planet4", "until": until, "reason": "holidays" });
        says_and_takes_back(&world, "freezes", &freeze, "frozen").await;
    });
}

#[test]
fn a_signature_needs_the_role_and_says_who_signed() {
    tell(async {
        let world = World::staged(12).await;
        let mut body = json!({ "release": "planet4@1.23", "role": "developers" });
        world.post("/sign-offs", &body).await.refused(403, "not-allowed");
        body["role"] = json!("editors");
        let said = world.post("/sign-offs", &body).await.is(201).json();
        assert_eq!(said["role"], "editors");
        let all = world.get("/sign-offs?service=planet4").await.is(200).json();
        assert_eq!(all["said"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn what_somebody_may_not_do_is_not_done() {
    tell(async {
        let world = World::staged(13).await;
        let token = world.token_for("ci", None, &[Permission::Report]).await;
        let bearer = format!("Bearer {token}");
        let before = world.sim.events().len();
        let hold = json!({ "service": "planet4", "reason": "we look at it" });
        let refused = world.post_with("/holds", &[("authorization", &bearer)], &hold).await;
        refused.refused(403, "not-allowed");
        world.post_with("/holds", &[("authorization", "")], &hold).await.refused(401, "sign-in");
        let open = World::open(13).await;
        open.send(open.request("GET", "/services", &[("authorization", "")])).await.is(200);
        open.post_with("/holds", &[("authorization", "")], &hold).await.refused(401, "sign-in");
        assert_eq!(world.sim.events().len(), before);
    });
}

#[test]
fn words_of_people_are_asked_for_and_bounded() {
    tell(async {
        let world = World::staged(14).await;
        let hold = |reason: &str| json!({ "service": "planet4", "reason": reason });
        world.post("/holds", &hold("  ")).await.refused(422, "wrong");
        world.post("/holds", &hold(&"x".repeat(2_001))).await.refused(422, "wrong");
        world.post("/holds", &json!({ "service": "planet4" })).await.refused(422, "wrong");
        let strange = json!({ "service": "planet4", "reason": "x", "colour": "red" });
        world.post("/holds", &strange).await.refused(422, "wrong");
    });
}

#[test]
fn what_a_break_glass_left_open_is_listed_and_closed() {
    tell(async {
        let world = World::staged(15).await;
        world.post("/holds", &json!({ "service": "planet4", "reason": "no" })).await.is(201);
        let forced = json!({
            "release": "planet4@1.23", "to": "production", "confirm": "planet4/production",
            "break-glass": "the shop is down and this mends it",
        });
        world.post("/promotions", &forced).await.is(201);
        world.ended().await;
        let open = world.get("/follow-ups?service=planet4").await.is(200).json();
        let id = open["open"][0]["id"].as_str().unwrap();
        let closed =
            world.delete(&format!("/follow-ups/{id}?reason=let%20go")).await.is(200).json();
        assert_eq!(closed["closed"][0], id);
        assert!(closed["open"].as_array().unwrap().iter().all(|one| one["id"] != id));
        world.delete(&format!("/follow-ups/{id}?reason=again")).await.refused(409, "refused");
    });
}

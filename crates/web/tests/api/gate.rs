//! The one question, as controllers and webhooks ask it.

use serde_json::{Value, json};

use crate::world::{Answer, World, tell};

const ASK: &str = "/gate?release=planet4@1.23&to=production";

async fn held(world: &World) {
    world.post("/holds", &json!({ "service": "planet4", "reason": "we look at it" })).await.is(201);
}

/// What Flagger sends: its own shape, with what was written down for the webhook.
fn flagger(metadata: &Value) -> Value {
    json!({
        "name": "planet4", "namespace": "web", "phase": "WaitingPromotion",
        "checksum": "7b96bcb7bb", "metadata": metadata,
    })
}

fn is_words(answer: &Answer, words: &str) {
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    assert!(answer.text.contains(words), "{}", answer.text);
}

#[test]
fn a_webhook_is_answered_in_words_and_by_the_status() {
    tell(async {
        let world = World::staged(51).await;
        let body = flagger(&json!({ "release": "planet4@1.23", "to": "production" }));
        is_words(&world.post("/gate", &body).await.is(200), "Allowed");
        held(&world).await;
        is_words(&world.post("/gate", &body).await.is(409), "we look at it");
        let json = [("accept", "application/json")];
        let view = world.post_with("/gate", &json, &body).await.is(409).json();
        assert_eq!(view["decision"], "refused");
        // In the address, and whatever else is sent.
        let body = json!({ "eventType": "push", "release": "planet4@1.23" });
        world.post("/gate?to=production", &body).await.is(409);
    });
}

#[test]
fn a_webhook_that_asks_nothing_or_two_things_is_told() {
    tell(async {
        let world = World::staged(52).await;
        let nothing = world.post("/gate?to=production", &flagger(&json!({}))).await;
        assert!(nothing.refused(422, "wrong")["hint"].as_str().unwrap().contains("metadata"));
        let two = flagger(&json!({ "release": "planet4@1.22", "to": "production" }));
        world.post("/gate?release=planet4@1.23", &two).await.refused(422, "wrong");
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let path = format!("{ASK}&refused-as=200");
        let sent = world.request_with("POST", &path, &form, "x=y".into());
        world.send(sent).await.refused(415, "media-type");
    });
}

#[test]
fn a_refusal_is_answered_as_200_for_who_judges_by_the_body() {
    tell(async {
        let world = World::staged(53).await;
        let as_200 = format!("{ASK}&refused-as=200");
        assert_eq!(world.get(&as_200).await.is(200).json()["decision"], "allowed");
        held(&world).await;
        assert_eq!(world.get(&as_200).await.is(200).json()["decision"], "refused");
        world.get(&format!("{ASK}&refused-as=409")).await.is(409);
        world.get(&format!("{ASK}&refused-as=204")).await.refused(422, "wrong");
        // What cannot be asked is no refusal.
        world.get(&as_200.replace("1.23", "9.9")).await.refused(404, "not-found");
    });
}

#[test]
fn a_token_comes_as_a_password_from_who_has_only_an_address() {
    tell(async {
        let world = World::staged(54).await;
        let basic = |credentials: &str| {
            use base64::Engine as _;
            format!("Basic {}", base64::prelude::BASE64_STANDARD.encode(credentials))
        };
        let send = async |value: &str| {
            let request = world.request("GET", ASK, &[("authorization", value)]);
            world.send(request).await
        };
        send(&basic(&format!("flagger:{}", world.token))).await.is(200);
        send(&basic(&format!(":{}", world.token))).await.is(200);
        for wrong in
            [basic("flagger:plm_0000"), basic("no colon"), basic("x:"), "Basic %".to_owned()]
        {
            send(&wrong).await.refused(401, "sign-in");
        }
    });
}

//! Who asks.

use std::time::Duration;

use plimsoll_core::record::Permission;
use plimsoll_web::Peer;
use serde_json::json;

use crate::world::{World, tell};

#[test]
fn a_token_is_made_once_used_and_revoked() {
    tell(async {
        let world = World::staged(31).await;
        let body = json!({
            "name": "shop-ci", "person": "shop-ci", "services": ["planet4"],
            "permissions": ["release"], "until": "2098-01-01T00:00:00Z",
        });
        let key = [("idempotency-key", "made")];
        let made = world.post_with("/tokens", &key, &body).await.is(201).json();
        let bearer = format!("Bearer {}", made["secret"].as_str().unwrap());
        world.post_with("/tokens", &key, &body).await.refused(409, "refused");
        let hold = json!({ "service": "planet4", "reason": "we look at it" });
        let said = world.post_with("/holds", &[("authorization", &bearer)], &hold).await.is(201);
        assert_eq!(said.json()["by"], "shop-ci");
        tokio::time::sleep(Duration::from_secs(1)).await;
        let all = world.get("/tokens").await.is(200).json();
        let mine = all["tokens"].as_array().unwrap().iter().find(|one| one["name"] == "shop-ci");
        assert!(mine.unwrap()["last-used"].is_string(), "{all}");
        assert!(!all.to_string().contains(made["secret"].as_str().unwrap()));
        let path = "/tokens/shop-ci?reason=no%20longer%20needed";
        assert_eq!(world.delete(path).await.is(200).json()["in-force"], false);
        tokio::time::sleep(Duration::from_secs(1)).await;
        let again = world.post_with("/holds", &[("authorization", &bearer)], &hold).await;
        again.refused(401, "sign-in");
    });
}

#[test]
fn only_who_administers_everything_makes_tokens() {
    tell(async {
        let world = World::staged(32).await;
        let most = [Permission::Report, Permission::Deploy, Permission::Release];
        let some = world.token_for("some", Some(&["planet4"]), &most).await;
        let bearer = format!("Bearer {some}");
        let body = json!({
            "name": "more", "person": "ada", "permissions": ["administer"],
            "until": "2098-01-01T00:00:00Z",
        });
        let refused = world.post_with("/tokens", &[("authorization", &bearer)], &body).await;
        refused.refused(403, "not-allowed");
        let none = json!({
            "name": "none", "person": "ada", "permissions": ["read"], "services": [],
            "until": "2098-01-01T00:00:00Z",
        });
        world.post("/tokens", &none).await.refused(422, "wrong");
        let narrow = json!({
            "name": "narrow", "person": "ada", "permissions": ["administer", "release"],
            "services": ["planet4"], "until": "2098-01-01T00:00:00Z",
        });
        let problem = world.post("/tokens", &narrow).await.refused(422, "wrong");
        let words = format!("{} {}", problem["detail"], problem["hint"]);
        for said in ["whole server", "planet4", "`permissions`", "`services`"] {
            assert!(words.contains(said), "{said}: {words}");
        }
        let over = json!({
            "name": "over", "person": "ada", "permissions": ["read"],
            "until": "2001-01-01T00:00:00Z",
        });
        let problem = world.post("/tokens", &over).await.refused(422, "wrong");
        assert!(!problem.to_string().contains("--"), "a flag is no key: {problem}");
    });
}

#[test]
fn guessing_is_slowed_for_the_address_and_for_nobody_who_knows_a_token() {
    tell(async {
        let world = World::staged(33).await;
        let ask = async |token: &str, from: [u8; 4]| {
            let bearer = format!("Bearer {token}");
            let mut request = world.request("GET", "/services", &[("authorization", &bearer)]);
            request.extensions_mut().insert(Peer(from.into()));
            request.headers_mut().insert("host", axum::http::HeaderValue::from_static("127.0.0.1"));
            world.send(request).await
        };
        let one = [203, 0, 113, 1];
        for _ in 0..20 {
            ask("plm_wrong", one).await.refused(401, "sign-in");
        }
        let last = ask("plm_wrong", one).await;
        assert!(!last.header("retry-after").is_empty());
        last.refused(429, "too-many");
        ask("plm_wrong", [203, 0, 113, 2]).await.refused(401, "sign-in");
        ask(&world.token, one).await.is(200);
    });
}

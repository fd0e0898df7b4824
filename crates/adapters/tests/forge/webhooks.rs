//! Webhooks, as the forges' documentation shows them: signed, and read.

use plimsoll_core::Timestamp;
use plimsoll_core::record::Delivery;
use plimsoll_engine::ports::{Forges as _, Heard, Webhook, WebhookFault};
use ring::hmac::{HMAC_SHA256, Key, sign};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::bed::{Bed, COMMIT, WEBHOOK, name};
use crate::stand_in::Speaks;

const GONE: &str = "0000000000000000000000000000000000000000";

fn hex(secret: &str, body: &[u8]) -> String {
    let tag = sign(&Key::new(HMAC_SHA256, secret.as_bytes()), body);
    tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The headers of an event that the forge signs.
fn headers(speaks: Speaks, event: &str, secret: &str, body: &[u8]) -> Vec<(String, String)> {
    let signed = format!("sha256={}", hex(secret, body));
    let all: Vec<(&str, String)> = match speaks {
        Speaks::Github => vec![
            ("x-github-event", event.to_owned()),
            ("x-github-delivery", "d-1".to_owned()),
            ("x-hub-signature-256", signed),
        ],
        Speaks::Gitlab => vec![
            ("x-gitlab-event", event.to_owned()),
            ("idempotency-key", "d-1".to_owned()),
            ("x-gitlab-token", secret.to_owned()),
        ],
        Speaks::Gitea => vec![
            ("x-gitea-event", event.to_owned()),
            ("x-gitea-delivery", "d-1".to_owned()),
            ("x-gitea-signature", hex(secret, body)),
            ("x-hub-signature-256", signed),
        ],
    };
    all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn read_with(bed: &Bed, headers: &[(String, String)], body: &[u8]) -> Result<Heard, WebhookFault> {
    bed.forges.read_webhook(&name(), Webhook { headers, body, at: Timestamp::now() })
}

fn heard(speaks: Speaks, event: &str, body: &Value) -> Result<Heard, WebhookFault> {
    let url = match speaks {
        Speaks::Github => "https://api.github.com",
        Speaks::Gitlab | Speaks::Gitea => "https://git.example/api",
    };
    let bed = Bed::with_token(speaks, url);
    let body = body.to_string();
    read_with(&bed, &headers(speaks, event, WEBHOOK, body.as_bytes()), body.as_bytes())
}

#[track_caller]
fn looks(speaks: Speaks, event: &str, body: &Value) -> Delivery {
    match heard(speaks, event, body).expect("it is signed") {
        Heard::Look(delivery) => delivery,
        Heard::Nothing { event } => panic!("{speaks:?} {event}: nothing follows"),
    }
}

fn says_nothing(speaks: Speaks, event: &str, body: &Value) -> bool {
    matches!(heard(speaks, event, body), Ok(Heard::Nothing { .. }))
}

#[test]
fn pushes_and_requests_to_merge_say_which_commit_to_look_at() {
    let repository = json!({ "full_name": "Acme/Shop" });
    let push = json!({ "ref": "refs/heads/main", "after": COMMIT, "repository": repository });
    let pull = json!({
        "action": "synchronize", "number": 2, "repository": repository,
        "pull_request": { "head": { "sha": COMMIT, "ref": "x" }, "base": { "sha": GONE } },
    });
    for speaks in [Speaks::Github, Speaks::Gitea] {
        for (event, body) in [("push", &push), ("pull_request", &pull)] {
            let delivery = looks(speaks, event, body);
            assert_eq!((delivery.id.as_str(), delivery.commit.as_str()), ("d-1", COMMIT));
            assert_eq!(delivery.repository.as_str(), "acme/shop", "as the configuration has it");
            assert_eq!((delivery.event.as_str(), delivery.asks), (event, None));
        }
    }
    let project = json!({ "path_with_namespace": "acme/shop" });
    for (event, body) in [
        (
            "Push Hook",
            json!({ "object_kind": "push", "ref": "refs/heads/main", "after": COMMIT, "project": project }),
        ),
        (
            "Merge Request Hook",
            json!({ "object_kind": "merge_request", "project": project, "object_attributes": { "last_commit": { "id": COMMIT } } }),
        ),
        (
            "Deployment Hook",
            json!({ "object_kind": "deployment", "project": project, "short_sha": "4f1c2ab9", "commit_url": format!("https://git.example/acme/shop/-/commit/{COMMIT}") }),
        ),
    ] {
        let delivery = looks(Speaks::Gitlab, event, &body);
        assert_eq!((delivery.id.as_str(), delivery.commit.as_str()), ("d-1", COMMIT));
    }
}

#[test]
fn github_tells_of_deployments_queues_and_checks_that_are_to_be_made_again() {
    let repository = json!({ "full_name": "acme/shop" });
    for (event, body) in [
        ("deployment", json!({ "deployment": { "sha": COMMIT }, "repository": repository })),
        ("deployment_status", json!({ "deployment": { "sha": COMMIT }, "repository": repository })),
        ("merge_group", json!({ "merge_group": { "head_sha": COMMIT }, "repository": repository })),
        (
            "check_run",
            json!({ "action": "rerequested", "check_run": { "head_sha": COMMIT }, "repository": repository }),
        ),
        (
            "check_suite",
            json!({ "action": "rerequested", "check_suite": { "head_sha": COMMIT }, "repository": repository }),
        ),
    ] {
        assert_eq!(looks(Speaks::Github, event, &body).commit, COMMIT, "{event}");
    }
}

#[test]
fn what_is_of_no_interest_is_taken_and_nothing_follows() {
    let repository = json!({ "full_name": "acme/shop" });
    let other = json!({ "full_name": "acme/other" });
    for (event, body) in [
        ("ping", json!({ "zen": "Keep it logically awesome.", "repository": repository })),
        ("star", json!({ "action": "created", "repository": repository })),
        ("", json!({})),
        ("push", json!({ "ref": "refs/heads/x", "after": GONE, "repository": repository })),
        ("push", json!({ "ref": "refs/tags/v1", "after": COMMIT, "repository": repository })),
        ("push", json!({ "ref": "refs/heads/x", "after": "main", "repository": repository })),
        ("push", json!({ "ref": "refs/heads/x", "after": COMMIT, "repository": other })),
    ] {
        assert!(says_nothing(Speaks::Github, event, &body), "{event} {body}");
        assert!(says_nothing(Speaks::Gitea, event, &body), "{event} {body}");
    }
    assert!(says_nothing(Speaks::Gitlab, "Issue Hook", &json!({ "object_kind": "issue" })));
}

fn rule(callback: &str) -> Value {
    json!({
        "action": "requested", "environment": "production", "event": "push",
        "deployment_callback_url": callback, "deployment": { "sha": COMMIT, "ref": "main" },
        "pull_requests": [], "repository": { "full_name": "acme/shop" },
        "installation": { "id": 77 },
    })
}

#[test]
fn a_deployment_that_waits_asks_only_where_the_configured_forge_is() {
    const RIGHT: &str =
        "https://api.github.com/repos/acme/shop/actions/runs/42/deployment_protection_rule";
    let event = "deployment_protection_rule";
    let delivery = looks(Speaks::Github, event, &rule(RIGHT));
    let asks = delivery.asks.expect("it waits");
    assert_eq!((asks.environment.as_str(), asks.run), ("production", 42));
    assert_eq!(delivery.commit, COMMIT);
    for wrong in ["http://169.254.169.254/", &RIGHT.replace("api.github.com", "evil.example")] {
        let fault = heard(Speaks::Github, event, &rule(wrong)).expect_err("it leads elsewhere");
        assert!(matches!(&fault, WebhookFault::Malformed(why) if why.contains("elsewhere")));
    }
}

#[test]
fn a_body_that_was_changed_on_the_way_or_signed_with_another_secret_is_not_believed() {
    for speaks in [Speaks::Github, Speaks::Gitea, Speaks::Gitlab] {
        let bed = Bed::with_token(speaks, "https://git.example/api");
        let body = json!({ "ref": "refs/heads/main", "after": COMMIT }).to_string();
        let not_trusted = |headers: &[(String, String)], body: &[u8]| {
            matches!(read_with(&bed, headers, body), Err(WebhookFault::NotTrusted(_)))
        };
        assert!(not_trusted(&[], body.as_bytes()), "{speaks:?}: unsigned");
        let forged = headers(speaks, "push", "a guess at it", body.as_bytes());
        assert!(not_trusted(&forged, body.as_bytes()), "{speaks:?}: forged");
        if speaks != Speaks::Gitlab {
            let right = headers(speaks, "push", WEBHOOK, body.as_bytes());
            let changed = body.replace("main", "evil");
            assert!(not_trusted(&right, changed.as_bytes()), "{speaks:?}: changed");
        }
        let unknown = Webhook { headers: &forged, body: body.as_bytes(), at: Timestamp::now() };
        let other = "other".parse().expect("a name");
        assert!(bed.forges.read_webhook(&other, unknown).is_err());
    }
}

#[test]
fn what_is_signed_and_cannot_be_read_is_said() {
    let bed = Bed::with_token(Speaks::Github, "https://api.github.com");
    for body in ["", "{", "[]", "{}", "payload=%7B%7D", "\u{0}"] {
        let signed = headers(Speaks::Github, "push", WEBHOOK, body.as_bytes());
        let fault = read_with(&bed, &signed, body.as_bytes()).expect_err(body);
        assert!(matches!(fault, WebhookFault::Malformed(_)), "{body}: {fault}");
    }
}

#[test]
fn a_form_is_read_as_github_and_gitea_offer_it_and_what_is_neither_is_said() {
    let push = json!({
        "ref": "refs/heads/main", "after": COMMIT, "repository": { "full_name": "acme/shop" },
        "head_commit": { "message": "100 % sure & = + ü" },
    });
    let form: String = form_urlencoded::Serializer::new(String::new())
        .append_pair("payload", &push.to_string())
        .finish();
    for speaks in [Speaks::Github, Speaks::Gitea] {
        let bed = Bed::with_token(speaks, "https://api.github.com");
        let read = |kind: &str, event: &str, body: &str| {
            let mut all = headers(speaks, event, WEBHOOK, body.as_bytes());
            all.push(("content-type".to_owned(), kind.to_owned()));
            read_with(&bed, &all, body.as_bytes())
        };
        let kind = "application/x-www-form-urlencoded";
        let heard = read(kind, "push", &form).expect("it is signed");
        assert!(matches!(&heard, Heard::Look(one) if one.commit == COMMIT), "{heard:?}");
        let json = read("Application/JSON; charset=utf-8", "push", &push.to_string());
        assert!(matches!(json, Ok(Heard::Look(_))), "{json:?}");
        let empty = read(kind, "push", "other=1").expect_err("there is no payload");
        assert!(empty.to_string().contains("no field `payload`"), "{empty}");
        for event in ["push", "ping"] {
            let plain = read("text/plain", event, &push.to_string()).expect_err("it is neither");
            let WebhookFault::OtherMedia(kind) = &plain else { panic!("{plain:?}") };
            assert_eq!(kind, "text/plain");
        }
    }
}

#[test]
fn gitlabs_signed_webhooks_are_preferred_to_its_token() {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    let bed = Bed::with_token(Speaks::Gitlab, "https://gitlab.example/api/v4");
    let key = BASE64_STANDARD.encode([7_u8; 32]);
    bed.secret("webhook", &format!("whsec_{key}"));
    let project = json!({ "path_with_namespace": "acme/shop" });
    let body = json!({ "object_kind": "push", "ref": "refs/heads/x", "after": COMMIT, "project": project });
    let body = body.to_string();
    let at = Timestamp::now().as_second();
    let tag = sign(&Key::new(HMAC_SHA256, &[7; 32]), format!("m-1.{at}.{body}").as_bytes());
    let tag = BASE64_STANDARD.encode(tag.as_ref());
    let signed = |id: &str, at: i64| {
        let all = [
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", at.to_string()),
            ("webhook-signature", format!("v1,{tag}")),
            // The secret itself beside it does not make a wrong signature right.
            ("x-gitlab-token", format!("whsec_{key}")),
        ];
        all.map(|(name, value)| (name.to_owned(), value))
    };
    let read = |headers: &[(String, String)]| read_with(&bed, headers, body.as_bytes());
    assert!(matches!(read(&signed("m-1", at)), Ok(Heard::Look(one)) if one.id == "m-1"));
    assert!(read(&signed("m-2", at)).is_err());
    assert!(read(&signed("m-1", at - 400)).is_err());
    let shown = [("x-gitlab-token".to_owned(), format!("whsec_{key}"))];
    assert!(read(&shown).is_err(), "a key for signatures is not sent along");
}

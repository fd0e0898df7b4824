//! Results of checks that others ran.

use plimsoll_core::record::Permission;
use serde_json::{Value, json};

use crate::world::{Answer, World, tell};

const GREEN: &str =
    r#"<testsuite name="s"><testcase name="one"/><testcase name="two"/></testsuite>"#;
const RED: &str = r#"<testsuite name="s"><testcase name="one"/><testcase name="two"><failure message="no h1"/></testcase></testsuite>"#;

const ABOUT: &str = "target=planet4/staging/nl-vm&check=load-test&version=1.23";

async fn junit(world: &World, query: &str, file: &str) -> Answer {
    let headers = [("content-type", "application/xml; charset=utf-8")];
    let path = format!("/results?{query}");
    let body = file.to_owned().into();
    world.send(world.request_with("POST", &path, &headers, body)).await
}

/// A form as a browser or curl sends it, with words of its own between the parts.
async fn form(world: &World, boundary: &str, key: &str, fields: &[(&str, &str)]) -> Answer {
    let kind = format!("multipart/form-data; boundary={boundary}");
    let parts = fields.iter().map(|(name, value)| {
        format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        )
    });
    let body = format!("{}--{boundary}--\r\n", parts.collect::<String>());
    let headers = [("content-type", kind.as_str()), ("idempotency-key", key)];
    world.send(world.request_with("POST", "/results", &headers, body.into())).await
}

fn outcome(outcome: &str) -> Value {
    json!({
        "target": "planet4/staging/nl-vm", "check": "load-test", "version": "1.23",
        "outcome": outcome, "finding": "p99 is 4 s",
    })
}

#[test]
fn a_file_is_read_as_a_body_and_as_a_field_and_is_evidence_red_or_green() {
    tell(async {
        let world = World::with_reports(91).await;
        let url = "url=https://ci.example/runs/118";
        let red = junit(&world, &format!("{ABOUT}&{url}"), RED).await.is(201);
        let view = red.json();
        assert_eq!(view["state"], "failed", "{view}");
        assert!(view["finding"].as_str().unwrap().contains("no h1"), "{view}");
        let place = red.header("location").trim_start_matches("/api/v1").to_owned();
        let shown = world.get(&place).await.is(200).json();
        assert_eq!(shown["finding"], view["finding"]);
        let fields = [
            ("target", "planet4/staging/nl-vm"),
            ("check", "load-test"),
            ("version", "1.23"),
            ("junit", GREEN),
        ];
        let green = form(&world, "xyz", "", &fields).await.is(201).json();
        assert_eq!(green["state"], "satisfied", "{green}");
    });
}

#[test]
fn an_outcome_is_enough_where_no_file_is_asked_for() {
    tell(async {
        let world = World::with_reports(92).await;
        let view = world.post("/results", &outcome("errored")).await.is(201).json();
        assert_eq!((&view["state"], &view["finding"]), (&"errored".into(), &"p99 is 4 s".into()));
        // What stands in the query need not stand in the body, and may not say something else.
        let bare = json!({ "outcome": "passed" });
        world.post(&format!("/results?{ABOUT}"), &bare).await.is(201);
        let other = format!("/results?{}", ABOUT.replace("1.23", "1.22"));
        world.post(&other, &outcome("passed")).await.refused(422, "wrong");
    });
}

#[test]
fn what_means_nothing_is_refused_and_writes_nothing() {
    tell(async {
        let world = World::with_reports(93).await;
        let before = world.sim.events().len();
        let refused = async |answer: Answer, words: &str| {
            let problem = answer.refused(422, "wrong");
            assert!(problem["detail"].as_str().unwrap().contains(words), "{problem}");
        };
        refused(world.post("/results", &outcome("splendid")).await, "unknown variant").await;
        refused(world.post("/results", &json!({ "outcome": "passed" })).await, "`target`").await;
        refused(junit(&world, ABOUT, "<testsuite>").await, "cannot be read").await;
        refused(junit(&world, &format!("{ABOUT}&outcome=passed"), GREEN).await, "says itself")
            .await;
        refused(junit(&world, &format!("{ABOUT}&colour=red"), GREEN).await, "unknown field").await;
        refused(junit(&world, &format!("{ABOUT}&check=home"), GREEN).await, "said twice").await;
        let soon = format!("{ABOUT}&began=2097-01-01T00:00:00Z");
        refused(junit(&world, &soon, GREEN).await, "has not come yet").await;
        let link = format!("{ABOUT}&url=javascript:alert(1)");
        refused(junit(&world, &link, GREEN).await, "no address").await;
        refused(form(&world, "b", "", &[("junit", GREEN), ("junit", RED)]).await, "one JUnit")
            .await;
        let bytes = [("content-type", "application/octet-stream")];
        let path = format!("/results?{ABOUT}");
        let sent = world.request_with("POST", &path, &bytes, "x".into());
        world.send(sent).await.refused(415, "media-type");
        let ours = outcome("passed").to_string().replace("load-test", "home");
        let ours: Value = serde_json::from_str(&ours).unwrap();
        world.post("/results", &ours).await.refused(409, "refused");
        assert_eq!(world.sim.events().len(), before, "nothing was written");
    });
}

#[test]
fn a_token_reports_for_its_service_and_only_with_that_verb() {
    tell(async {
        let world = World::with_reports(94).await;
        world.also_data8();
        let send = async |services: &[&str], may: Permission| {
            let name = format!("{}-{may}", services[0]);
            let token = world.token_for(&name, Some(services), &[may]).await;
            let bearer = format!("Bearer {token}");
            let headers = [("authorization", bearer.as_str())];
            world.post_with("/results", &headers, &outcome("passed")).await
        };
        send(&["planet4"], Permission::Report).await.is(201);
        send(&["planet4"], Permission::Deploy).await.refused(403, "not-allowed");
        let other = send(&["data8"], Permission::Report).await.refused(403, "not-allowed");
        let words = other["detail"].as_str().unwrap();
        assert!(words.contains("data8") && words.contains("planet4"), "{words}");
    });
}

#[test]
fn only_who_may_report_a_check_does_and_another_circle_is_another_check() {
    tell(async {
        let world = World::with_reports(97).await;
        world.post("/results", &outcome("passed")).await.is(201);
        world.reported_by("testers", &["ci-bot"]);
        let before = world.sim.events().len();
        let problem = world.post("/results", &outcome("passed")).await.refused(403, "not-allowed");
        let words = problem["detail"].as_str().unwrap();
        assert!(words.contains("testers (ci-bot)"), "{words}");
        assert_eq!(world.sim.events().len(), before, "nothing was written");
        // What was reported while everybody might does not count any more.
        let gate = "/gate?release=planet4@1.23&to=production";
        let decision = world.get(gate).await.is(409).text;
        assert!(decision.contains("the check was changed after it ran"), "{decision}");
        let me = world.sim.person();
        world.reported_by("testers", &["ci-bot", me.as_str()]);
        world.post("/results", &outcome("passed")).await.is(201);
        let decision = world.get(gate).await.text;
        assert!(!decision.contains("the check was changed after it ran"), "{decision}");
    });
}

#[test]
fn what_is_wrong_is_named_as_it_was_written() {
    tell(async {
        let world = World::with_reports(98).await;
        let link = format!("{ABOUT}&url=nowhere");
        let problem = junit(&world, &link, GREEN).await.refused(422, "wrong");
        assert_eq!(problem["detail"], "`url` is no address");
        assert_eq!(problem["hint"], r#""url": "https://ci.example/runs/118""#);
        let hold = json!({ "service": "planet4", "reason": "ö".repeat(2_001) });
        let problem = world.post("/holds", &hold).await.refused(422, "wrong");
        assert_eq!(problem["detail"], "`reason` is too long (2000 characters at most)");
        let hold = json!({ "service": "planet4", "reason": "ö".repeat(2_000) });
        world.post("/holds", &hold).await.is(201);
    });
}

#[test]
fn the_same_form_sent_again_is_taken_once_whatever_parts_it() {
    tell(async {
        let world = World::with_reports(95).await;
        let fields = [
            ("target", "planet4/staging/nl-vm"),
            ("check", "load-test"),
            ("version", "1.23"),
            ("junit", GREEN),
        ];
        let first = form(&world, "one-boundary", "run-118", &fields).await.is(201);
        let again = form(&world, "another", "run-118", &fields).await.is(201);
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(again.text, first.text);
        let fields = [&fields[..3], &[("junit", RED)]].concat();
        form(&world, "another", "run-118", &fields).await.refused(422, "wrong");
    });
}

#[test]
fn a_file_may_be_larger_than_other_bodies_and_not_without_end() {
    tell(async {
        let world = World::with_reports(96).await;
        let padded = |bytes: usize| format!("<!--{}-->{GREEN}", "x".repeat(bytes));
        junit(&world, ABOUT, &padded(3 << 20)).await.is(201);
        junit(&world, ABOUT, &padded(65 << 20)).await.refused(413, "too-large");
        let long = json!({ "service": "planet4", "reason": "x".repeat(2 << 20) });
        world.post("/holds", &long).await.refused(413, "too-large");
    });
}

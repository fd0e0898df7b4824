//! Requests that are not as they should be.

use axum::body::Body;
use futures_util::StreamExt as _;
use serde_json::json;

use crate::world::{World, tell};

#[test]
fn methods_that_are_not_there_are_named_with_those_that_are() {
    tell(async {
        let world = World::staged(51).await;
        let answer = world.send(world.request("PATCH", "/waivers", &[])).await;
        assert_eq!(answer.header("allow"), "GET,HEAD,POST,OPTIONS");
        answer.refused(405, "method");
        let options = world.send(world.request("OPTIONS", "/waivers/1", &[])).await.is(204);
        assert_eq!((options.header("allow"), options.text.as_str()), ("DELETE,OPTIONS", ""));
        let head = world.send(world.request("HEAD", "/services", &[])).await.is(200);
        assert_eq!(head.text, "");
        world.get("/nonsense").await.refused(404, "not-found");
        for path in ["/services/../tokens", "/services/%2e%2e/tokens", "/releases/."] {
            let problem = world.get(path).await.refused(404, "not-found");
            assert_eq!(problem["detail"], "nothing is at a path with `.` or `..` in it");
        }
    });
}

#[test]
fn what_cannot_be_read_by_one_of_both_is_said() {
    tell(async {
        let world = World::staged(52).await;
        let xml = [("content-type", "application/xml")];
        let sent = world.request_with("POST", "/holds", &xml, Body::from("<hold/>"));
        world.send(sent).await.refused(415, "media-type");
        let asked = world.request("GET", "/services", &[("accept", "text/html")]);
        world.send(asked).await.refused(406, "not-acceptable");
        for accept in ["*/*", "application/*", "text/html, application/json;q=0.9"] {
            world.send(world.request("GET", "/services", &[("accept", accept)])).await.is(200);
        }
        let plain = world.request(
            "GET",
            "/gate?release=planet4@1.23&to=production",
            &[("accept", "text/plain")],
        );
        assert!(world.send(plain).await.is(200).text.contains("planet4@1.23"));
    });
}

#[test]
fn bodies_have_an_end_in_every_direction() {
    tell(async {
        let world = World::staged(53).await;
        let kind = [("content-type", "application/json")];
        let post = |body: Body| world.request_with("POST", "/holds", &kind, body);
        world.send(post(Body::from("[".repeat(100_000)))).await.refused(422, "wrong");
        world.send(post(Body::from("{"))).await.refused(422, "wrong");
        world.send(post(Body::from(vec![b'x'; 2 << 20]))).await.refused(413, "too-large");
        let trickle =
            futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>("x")).then(|byte| async {
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                byte
            });
        world.send(post(Body::from_stream(trickle))).await.refused(408, "too-slow");
    });
}

#[test]
fn every_answer_has_a_number_and_no_answer_can_be_framed() {
    tell(async {
        let world = World::staged(54).await;
        let one = world.send(world.request("GET", "/services", &[("x-request-id", "ci-7")])).await;
        assert_eq!(one.header("x-request-id"), "ci-7");
        let two = world.send(world.request("GET", "/services", &[("x-request-id", "a b")])).await;
        assert_eq!(two.header("x-request-id").len(), 16);
        assert_eq!(two.header("x-frame-options"), "DENY");
        assert_eq!(two.header("x-content-type-options"), "nosniff");
    });
}

#[test]
fn who_asks_without_end_is_told_to_wait() {
    tell(async {
        let world = World::staged(55).await;
        let hold = json!({ "service": "nonsense", "reason": "x" });
        let mut answered = 0;
        let refused = loop {
            let answer = world.post("/holds", &hold).await;
            if answer.status == 429 {
                break answer;
            }
            answered += 1;
        };
        assert!((500..5_000).contains(&answered), "{answered}");
        assert_eq!(refused.header("retry-after"), "1");
        refused.refused(429, "too-many");
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        world.get("/services").await.is(200);
    });
}

#[test]
fn what_is_counted_is_told_to_who_may_look_at_everything() {
    tell(async {
        let world = World::staged(56).await;
        world.get("/gate?release=planet4@1.23&to=production").await.is(200);
        world.promote().await;
        let bearer = format!("Bearer {}", world.token);
        let ask = |bearer: &str| {
            let request = axum::http::Request::builder().uri("/metrics");
            request.header("authorization", bearer).body(Body::empty()).unwrap()
        };
        let text = world.send(ask(&bearer)).await.is(200).text;
        for line in [
            "plimsoll_gate_answers_total{decision=\"allowed\"} 1",
            "plimsoll_promotions_under_way{service=\"planet4\",environment=\"production\"} 1",
            "plimsoll_request_duration_seconds_count{route=\"/api/v1/promotions\",method=\"POST\",status=\"201\"} 1",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        let some =
            world.token_for("s", Some(&["planet4"]), &[plimsoll_core::record::Permission::Read]);
        let some = format!("Bearer {}", some.await);
        world.send(ask(&some)).await.refused(403, "not-allowed");
        world.ended().await;
    });
}

#[test]
fn a_name_that_is_not_its_own_is_not_answered_without_a_token() {
    tell(async {
        let world = World::open(57).await;
        let named = |host: &str, more: &[(&str, &str)]| {
            let mut headers = vec![("host", host)];
            headers.extend_from_slice(more);
            let mut request = world.request("GET", "/services", &headers);
            if more.is_empty() {
                request.headers_mut().remove("authorization");
            }
            world.send(request)
        };
        named("127.0.0.1:7420", &[]).await.is(200);
        named("localhost", &[]).await.is(200);
        let problem = named("evil.example", &[]).await.refused(421, "name");
        assert!(problem["hint"].as_str().unwrap().contains("--base-url http://evil.example"));
        let bearer = format!("Bearer {}", world.token);
        named("evil.example", &[("authorization", &bearer)]).await.is(200);
        let twice = [("host", "localhost"), ("authorization", bearer.as_str())];
        named("127.0.0.1", &twice).await.refused(400, "host");
    });
}

#[test]
fn a_connection_ends_after_a_body_that_nobody_read() {
    tell(async {
        let world = World::staged(58).await;
        let json = |token: &str| {
            let bearer = format!("Bearer {token}");
            let body = Body::from(json!({ "service": "planet4", "reason": "a look" }).to_string());
            let headers =
                [("authorization", bearer.as_str()), ("content-type", "application/json")];
            world.request_with("POST", "/holds", &headers, body)
        };
        let unknown = world.send(json("plm_nobody")).await.is(401);
        assert_eq!(unknown.header("connection"), "close");
        let taken = world.send(json(&world.token)).await.is(201);
        assert_eq!(taken.header("connection"), "");
    });
}

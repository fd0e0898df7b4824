//! The description of the API: kept as it is, and true.

use axum::body::Body;
use plimsoll_web::api::openapi;
use serde_json::{Value, json};

use crate::schema::misfit;
use crate::world::{Answer, World, tell};

#[test]
fn the_document_is_kept_as_it_is() {
    insta::assert_json_snapshot!("openapi", openapi());
}

#[test]
fn the_document_is_served_to_everybody() {
    tell(async {
        let world = World::staged(71).await;
        let asked = world.request("GET", "/openapi.json", &[("authorization", "")]);
        assert_eq!(world.send(asked).await.is(200).json(), openapi());
    });
}

#[test]
fn every_operation_has_a_name_of_its_own_and_an_example() {
    let document = openapi();
    let mut names = Vec::new();
    each(&document, |_, _, operation| {
        names.push(operation["operationId"].as_str().unwrap().to_owned());
        for parameter in operation["parameters"].as_array().unwrap() {
            let (schema, example) = (&parameter["schema"], &parameter["example"]);
            assert_eq!(misfit(&document, schema, example, "example"), None, "{parameter}");
        }
        if let Some(body) = operation["requestBody"]["content"]["application/json"].as_object() {
            let wrong = misfit(&document, &body["schema"], &body["example"], "example");
            assert_eq!(wrong, None, "{operation}");
        }
    });
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count);
}

/// Every example is sent, with the numbers of a world in which they stand for something, and is
/// answered as the document says.
#[test]
fn every_example_is_answered_as_it_says() {
    let document = openapi();
    let mut wrong = Vec::new();
    each(&document, |path, method, operation| {
        for body in bodies(operation) {
            let answer = tell(async {
                let world = World::staged(72).await;
                let numbers = prepared(&world, operation["operationId"].as_str().unwrap()).await;
                asked(&world, (method, path), operation, &body, &numbers).await
            });
            if let Some(why) = unlike(&document, operation, &answer) {
                wrong.push(format!("{method} {path} ({}): {why}", body.0));
            }
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn each(document: &Value, mut what: impl FnMut(&str, &str, &Value)) {
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            what(path, method, operation);
        }
    }
}

/// The examples of bodies, by media type; one that is empty where there is none.
fn bodies(operation: &Value) -> Vec<(String, String)> {
    let Some(content) = operation["requestBody"]["content"].as_object() else {
        return vec![(String::new(), String::new())];
    };
    let body = |(kind, body): (&String, &Value)| {
        let example = &body["example"];
        if kind == "multipart/form-data" {
            let part = |(name, value): (&String, &Value)| {
                let value = value.as_str().unwrap();
                format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
            };
            let parts: String = example.as_object().unwrap().iter().map(part).collect();
            return (format!("{kind}; boundary=b"), format!("{parts}--b--\r\n"));
        }
        let text = example.as_str().map_or_else(|| example.to_string(), ToOwned::to_owned);
        (kind.clone(), text)
    };
    content.iter().map(body).collect()
}

/// Brings into being what an operation is about, and gives its number.
async fn prepared(world: &World, operation: &str) -> Value {
    let until = "2098-01-01T00:00:00Z";
    let said = |noun: &'static str, body: Value| async move {
        world.post(noun, &body).await.is(201).json()["events"][0].clone()
    };
    match operation {
        "getDecision" => {
            let gate = world.get("/gate?release=planet4@1.23&to=production").await.json();
            json!({ "decision": gate["id"] })
        }
        "getRun" | "getDeployment" => {
            let gate = world.get("/gate?release=planet4@1.23&to=production").await.json();
            let all = gate["requirements"].as_array().unwrap();
            let run = all.iter().find(|one| one["evidence"]["kind"] == "run").unwrap();
            assert_eq!(run["target"].as_str().unwrap().rsplit('/').next(), Some("ca-k8s"));
            let run = run["evidence"]["id"].clone();
            let shown = world.get(&format!("/runs/{}", run.as_str().unwrap())).await.json();
            json!({ "run": run, "deployment": shown["deployment"], "target": "ca-k8s" })
        }
        "getVerification" => {
            let body = json!({ "release": "planet4@1.23", "on": "staging" });
            json!({ "event": world.post("/verifications", &body).await.is(202).json()["id"] })
        }
        "getPromotion" | "abortPromotion" => json!({ "promotion": world.promote().await }),
        "withdrawWaiver" => {
            let body = json!({
                "release": "planet4@1.23", "rule": "soak", "reason": "x", "until": until,
            });
            json!({ "event": said("/waivers", body).await })
        }
        "withdrawKnownFailure" => {
            let body = json!({
                "service": "planet4", "check": "home", "signature": "x", "ticket": "x", "until": until,
            });
            json!({ "event": said("/known-failures", body).await })
        }
        "letGo" => {
            json!({ "event": said("/holds", json!({ "service": "planet4", "reason": "x" })).await })
        }
        "liftFreeze" => {
            let body = json!({ "service": "planet4", "reason": "x", "until": until });
            json!({ "event": said("/freezes", body).await })
        }
        "closeFollowUp" => {
            world.post("/holds", &json!({ "service": "planet4", "reason": "x" })).await.is(201);
            let forced = json!({
                "release": "planet4@1.23", "to": "production", "confirm": "planet4/production",
                "break-glass": "x",
            });
            world.post("/promotions", &forced).await.is(201);
            let open = world.get("/follow-ups?service=planet4").await.json();
            json!({ "follow-up": open["open"][0]["id"] })
        }
        "revokeToken" => {
            world.token_for("shop-ci", None, &[plimsoll_core::record::Permission::Read]).await;
            json!({})
        }
        "reportResult" => {
            world.expect_reports();
            let now = world.site.desk().now().to_string();
            json!({ "target": "planet4/staging/nl-vm", "check": "load-test", "began": now })
        }
        "listReleases" => json!({ "older-than": "1.23" }),
        "listen" => json!({ "after": 1 }),
        "startRollback" => {
            world.promote().await;
            world.ended().await;
            json!({})
        }
        _ => json!({}),
    }
}

async fn asked(
    world: &World,
    (method, path): (&str, &str),
    operation: &Value,
    (kind, body): &(String, String),
    numbers: &Value,
) -> Answer {
    let mut place = path.to_owned();
    let mut query = Vec::new();
    for parameter in operation["parameters"].as_array().unwrap() {
        let name = parameter["name"].as_str().unwrap();
        let value = if numbers[name].is_null() { &parameter["example"] } else { &numbers[name] };
        let text = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
        let text = text.replace(' ', "%20");
        match parameter["in"].as_str() {
            Some("path") => place = place.replace(&format!("{{{name}}}"), &text),
            _ => query.push(format!("{name}={text}")),
        }
    }
    if !query.is_empty() {
        place = format!("{place}?{}", query.join("&"));
    }
    let method = method.to_uppercase();
    let request =
        world.request_with(&method, &place, &[("content-type", kind)], Body::from(body.clone()));
    if operation["operationId"] == "listen" {
        world.site.stop();
    }
    world.send(request).await
}

/// Why an answer is not as the document says, if it is not.
fn unlike(document: &Value, operation: &Value, answer: &Answer) -> Option<String> {
    let status = answer.status.as_u16().to_string();
    let described = &operation["responses"][&status];
    if described.is_null() {
        return Some(format!("{status} is not described: {}", answer.text));
    }
    let kind = answer.header("content-type");
    let schema = &described["content"][kind]["schema"];
    if schema.is_null() {
        return Some(format!("{kind} is not described for {status}"));
    }
    if kind != "application/json" {
        return None;
    }
    misfit(document, schema, &answer.json(), "answer")
}

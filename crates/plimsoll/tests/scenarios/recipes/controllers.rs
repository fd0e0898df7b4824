//! Recipes of controllers: what Flagger, Argo Rollouts and Kargo would send is sent to a real server, and
//! the answer is judged as they judge it.

use std::collections::HashMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use cel::{Context, Program, Value as Cel};
use serde_json::{Value, json};
use url::Url;

use super::document::{blocks, text};
use super::{Shop, yaml};
use crate::bed::Answer;

/// An expression of a controller, evaluated. They use another interpreter; what the recipes write means
/// the same in both.
fn is_true(expression: &str, name: &str, value: impl Into<Cel>) -> bool {
    let program =
        Program::compile(expression).unwrap_or_else(|error| panic!("{expression}: {error:?}"));
    let mut context = Context::default();
    context.add_variable_from_value(name, value);
    match program.execute(&context).unwrap_or_else(|error| panic!("{expression}: {error}")) {
        Cel::Bool(is) => is,
        other => panic!("{expression} is {other:?}"),
    }
}

/// Sends a request to where an address of the documents leads.
fn send(shop: &Shop, method: &str, url: &Url, headers: &[(&str, &str)], body: &str) -> Answer {
    assert_eq!(url.host_str(), Some("plimsoll.example"));
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let headers = [&[("user-agent", "Go-http-client/1.1")], headers].concat();
    shop.server.send(method, &format!("{}{query}", url.path()), &headers, body)
}

/// What Flagger 1.x does with a webhook: POST, JSON, and the status decides.
fn flagger(shop: &Shop, canary: &Value, token: &str) -> Answer {
    let hook = &canary["spec"]["analysis"]["webhooks"][0];
    assert_eq!(hook["type"], "confirm-promotion");
    let address = yaml::text(hook, "url").replace("TOKEN", token);
    let url: Url = address.parse().expect("an address");
    // Go's client sends the credentials of the address like this.
    let credentials = format!("{}:{}", url.username(), url.password().unwrap_or_default());
    let basic = format!("Basic {}", BASE64_STANDARD.encode(credentials));
    let headers = [("content-type", "application/json"), ("authorization", basic.as_str())];
    let body = json!({
        "name": canary["metadata"]["name"], "namespace": canary["metadata"]["namespace"],
        "phase": "WaitingPromotion", "checksum": "7b96bcb7bb", "metadata": hook["metadata"],
    });
    send(shop, "POST", &url, &headers, &body.to_string())
}

#[test]
fn flagger_waits_with_the_reasons_and_goes_on() {
    let shop = Shop::open();
    let token = shop.bed.token("flagger", "read", "shop");
    let canary = yaml::parse(&blocks(&text("recipes/flagger.md"), "yaml")[0]);
    let goes_on = |answer: &Answer| answer.status <= 202;
    let refused = flagger(&shop, &canary, &token);
    assert!(!goes_on(&refused) && refused.body.contains("it comes from the CI"), "{refused:?}");
    assert!(
        refused.body.len() < 1_000,
        "an event of Kubernetes holds a kilobyte: {}",
        refused.body
    );
    let unknown = flagger(&shop, &canary, "plm_0000");
    assert_eq!(unknown.status, 401);
    shop.allowed();
    let allowed = flagger(&shop, &canary, &token);
    assert!(goes_on(&allowed) && allowed.body.starts_with("Allowed"), "{allowed:?}");
}

/// How Rollouts ends a measurement.
#[derive(Debug, PartialEq)]
enum Measured {
    Successful,
    Failed,
    Error,
}

/// What Rollouts does with a web metric: GET, an error unless 2xx, then the value at the path is judged.
fn rollouts(shop: &Shop, metric: &Value, args: &[(&str, &str)]) -> Measured {
    let filled = |text: &str| {
        let put = |text: String, (name, value): &(&str, &str)| {
            text.replace(&format!("{{{{args.{name}}}}}"), value)
        };
        args.iter().fold(text.to_owned(), put)
    };
    let web = &metric["provider"]["web"];
    let url: Url = filled(yaml::text(web, "url")).parse().expect("an address");
    let key = yaml::text(web, "headers/0/key");
    let value = filled(yaml::text(web, "headers/0/value"));
    let answer = send(shop, "GET", &url, &[(key, &value)], "");
    if !(200..300).contains(&answer.status) {
        return Measured::Error;
    }
    let body: Value = serde_json::from_str(&answer.body).expect("JSON");
    let path = yaml::text(web, "jsonPath");
    let field = path.strip_prefix("{$.").and_then(|rest| rest.strip_suffix('}')).expect("a field");
    assert!(!body[field].is_null(), "{path} finds nothing in {body}");
    let measured = body[field].as_str().expect("a text").to_owned();
    match is_true(yaml::text(metric, "successCondition"), "result", measured) {
        true => Measured::Successful,
        false => Measured::Failed,
    }
}

#[test]
fn rollouts_measures_allowed_or_refused_and_not_an_error() {
    let shop = Shop::open();
    let token = shop.bed.token("rollouts", "read", "shop");
    let recipe = text("recipes/argo-rollouts.md");
    let template = yaml::parse(&blocks(&recipe, "yaml")[0]);
    let metric = &template["spec"]["metrics"][0];
    let names: Vec<_> = template["spec"]["args"].as_array().expect("args").iter().collect();
    assert_eq!(names.len(), 3);
    let steps = yaml::parse(&blocks(&recipe, "yaml")[1]);
    let release = yaml::text(&steps, "strategy/canary/steps/0/analysis/args/0/value");
    let to = yaml::text(&template, "spec/args/1/value");
    let ask = |release: &str, token: &str| {
        rollouts(&shop, metric, &[("release", release), ("to", to), ("token", token)])
    };
    assert_eq!(ask(release, &token), Measured::Failed);
    assert_eq!(ask(release, "plm_0000"), Measured::Error);
    assert_eq!(ask("shop@9.9", &token), Measured::Error);
    shop.allowed();
    assert_eq!(ask(release, &token), Measured::Successful);
}

/// How Kargo ends a try of a step.
#[derive(Debug, PartialEq)]
enum Stepped {
    Succeeded(String),
    Running,
    Failed,
}

/// What Kargo does with an `http` step: the request of its configuration, and two expressions over the
/// response; neither of them true is to be tried again.
fn kargo(shop: &Shop, config: &Value, token: &str) -> Stepped {
    let mut url: Url = yaml::text(config, "url").parse().expect("an address");
    for one in config["queryParams"].as_array().expect("a list") {
        url.query_pairs_mut().append_pair(yaml::text(one, "name"), yaml::text(one, "value"));
    }
    let value = yaml::text(config, "headers/0/value").replace("TOKEN", token);
    let headers = [(yaml::text(config, "headers/0/name"), value.as_str())];
    let answer = send(shop, yaml::text(config, "method"), &url, &headers, "");
    // Only a body of plain JSON is read.
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_else(|_| json!({}));
    let response = HashMap::from([("status", Cel::Int(i64::from(answer.status)))]);
    let fails = is_true(yaml::text(config, "failureExpression"), "response", response.clone());
    let succeeds = is_true(yaml::text(config, "successExpression"), "response", response);
    match (succeeds, fails) {
        (true, false) => {
            let output = yaml::text(config, "outputs/0/fromExpression");
            let field = output.strip_prefix("response.body.").expect("a field of the body");
            Stepped::Succeeded(yaml::text(&body, field).to_owned())
        }
        (_, true) => Stepped::Failed,
        (false, false) => Stepped::Running,
    }
}

#[test]
fn kargo_tries_again_until_it_is_allowed_and_fails_where_waiting_is_no_use() {
    let shop = Shop::open();
    let token = shop.bed.token("kargo", "read", "shop");
    let stage = yaml::parse(&blocks(&text("recipes/kargo.md"), "yaml")[0]);
    let step = &stage["spec"]["promotionTemplate"]["spec"]["steps"][0];
    assert_eq!(step["uses"], "http");
    let config = &step["config"];
    assert_eq!(kargo(&shop, config, &token), Stepped::Running);
    assert_eq!(kargo(&shop, config, "plm_0000"), Stepped::Failed);
    shop.allowed();
    let Stepped::Succeeded(decision) = kargo(&shop, config, &token) else {
        panic!("it is allowed")
    };
    shop.bed.ok(&["show", &decision]).says("shop@1.1");
}

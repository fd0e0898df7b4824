//! `/gate`: the one question. 200 allowed, 409 refused, 404 unknown, 503 cannot say. It is asked with a
//! `GET`, or with a `POST` by webhooks that know nothing else.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use plimsoll_core::ids::{EnvironmentName, ReleaseId};
use plimsoll_core::record::Permission;
use plimsoll_core::say::Reader;
use plimsoll_wire::DecisionView;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::caller::Caller;
use crate::gate_answers::plain;
use crate::problem::Problem;
use crate::site::Web;

use super::shape::{Asked, Sent};
use super::{Route, RouteDoc, schema};

/// How words are sent.
const WORDS: &str = "text/plain; charset=utf-8";

pub(super) fn routes() -> Vec<Route> {
    let words = (
        "askGate",
        "May the release enter the environment, and if not, why not? For a CI, a deployer, a person.",
    );
    let ask_doc = RouteDoc::new("get", "/gate", words, Some(Permission::Read))
        .query("release", true, "The release, SERVICE@VERSION.", "planet4@1.23")
        .query("to", true, "The environment that it wants to enter.", "production");
    let words = (
        "askGateByWebhook",
        "The same question for webhooks, as Flagger sends them: release and to stand in the query, in the body, or in its metadata. The answer is in words, unless Accept asks for JSON; what else the body holds is the sender's own.",
    );
    let hook_doc = RouteDoc::new("post", "/gate", words, Some(Permission::Read))
        .query_as::<schema::Release>("release", "The release, SERVICE@VERSION.", "planet4@1.23")
        .query_as::<schema::Name>("to", "The environment that it wants to enter.", "production")
        .json_body::<Webhook>(json!({
            "name": "planet4", "namespace": "web", "phase": "Progressing",
            "metadata": { "release": "planet4@1.23", "to": "production" },
        }))
        .answers_as::<String>(200, "The same in words.", WORDS)
        .answers_as::<String>(409, "The same in words.", WORDS);
    vec![
        Route { handler: get(ask), doc: answered(ask_doc) },
        Route { handler: post(asked_by_webhook), doc: answered(hook_doc) },
    ]
}

/// With what both ways of asking have in common.
fn answered(doc: RouteDoc) -> RouteDoc {
    doc.query_as::<RefusedAs>(
        "refused-as",
        "The status of a refusal, for who takes every other than 200 for a failure to ask; 409 when absent.",
        "409",
    )
    .answers::<DecisionView>(200, "It is allowed; or refused, where that is wanted as 200.")
    .answers::<DecisionView>(409, "It is refused: every requirement, why, and who can do what.")
}

/// The status that a refusal is to have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(inline)]
enum RefusedAs {
    #[serde(rename = "200")]
    Ok,
    #[default]
    #[serde(rename = "409")]
    Conflict,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Question {
    release: ReleaseId,
    to: EnvironmentName,
    #[serde(default)]
    refused_as: RefusedAs,
}

async fn ask(
    State(site): State<Web>,
    caller: Caller,
    Asked(question): Asked<Question>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let in_words = accepts(&headers).is_some_and(|accept| accept.starts_with("text/plain"));
    answer(&site, &caller, question, in_words).await
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct InQuery {
    release: Option<ReleaseId>,
    to: Option<EnvironmentName>,
    #[serde(default)]
    refused_as: RefusedAs,
}

/// What a webhook sends. It is the shape of another program, which may add to it.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct Webhook {
    /// The release, `service@version`.
    #[schemars(with = "Option<schema::Release>")]
    release: Option<ReleaseId>,
    /// The environment that it wants to enter.
    #[schemars(with = "Option<schema::Name>")]
    to: Option<EnvironmentName>,
    /// Where Flagger puts what is written down for a webhook.
    #[serde(default)]
    metadata: WebhookMetadata,
}

/// What is written down for a webhook.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct WebhookMetadata {
    /// The release, `service@version`.
    #[schemars(with = "Option<schema::Release>")]
    release: Option<ReleaseId>,
    /// The environment that it wants to enter.
    #[schemars(with = "Option<schema::Name>")]
    to: Option<EnvironmentName>,
}

async fn asked_by_webhook(
    State(site): State<Web>,
    caller: Caller,
    Asked(query): Asked<InQuery>,
    headers: HeaderMap,
    Sent(sent): Sent<Webhook>,
) -> Result<Response, Problem> {
    let Webhook { release, to, metadata } = sent;
    let question = Question {
        release: one("release", [query.release, release, metadata.release])?,
        to: one("to", [query.to, to, metadata.to])?,
        refused_as: query.refused_as,
    };
    let in_words = accepts(&headers).is_none_or(|accept| !accept.contains("json"));
    answer(&site, &caller, question, in_words).await
}

/// What is said at one place at least, and everywhere the same.
fn one<T: PartialEq>(name: &str, said: [Option<T>; 3]) -> Result<T, Problem> {
    let mut said = said.into_iter().flatten();
    let missing = || {
        Problem::wrong(format!("`{name}` is missing")).hint(
            "in the query, ?release=SERVICE@VERSION&to=ENVIRONMENT, or as metadata of the webhook",
        )
    };
    let first = said.next().ok_or_else(missing)?;
    match said.all(|other| other == first) {
        true => Ok(first),
        false => Err(Problem::wrong(format!("`{name}` is said twice, and not the same"))),
    }
}

fn accepts(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::ACCEPT)?.to_str().ok()
}

async fn answer(
    site: &Web,
    caller: &Caller,
    question: Question,
    in_words: bool,
) -> Result<Response, Problem> {
    let Question { release, to, refused_as } = question;
    caller.may(Permission::Read, Some(&release.service))?;
    let desk = site.desk();
    desk.known_environment(&release.service, Some(&to))?;
    let answer = site.gate_answers.ask(&desk, &release, &to).await?;
    site.metrics.decided(answer.is_allowed());
    let status = match refused_as {
        RefusedAs::Conflict if !answer.is_allowed() => StatusCode::CONFLICT,
        RefusedAs::Conflict | RefusedAs::Ok => StatusCode::OK,
    };
    if in_words {
        let text = desk.parts().redact.text(&plain(&answer, &Reader::utc(desk.now())));
        return Ok((status, [(header::CONTENT_TYPE, WORDS)], text).into_response());
    }
    let kind = [(header::CONTENT_TYPE, "application/json")];
    Ok((status, kind, answer.json.clone()).into_response())
}

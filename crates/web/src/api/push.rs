//! `/pushes`: may a push enter the protected branches of a git repository? The repository says what the
//! push changes; what it has to know for that, it asks before.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use plimsoll_core::ids::{PersonName, ServiceName};
use plimsoll_core::push::{PushQuestion, PushTerms, to_be_forced};
use plimsoll_core::record::Permission;
use plimsoll_core::say::Reader;
use plimsoll_engine::desk::PushGlass;
use plimsoll_engine::words::Typed;
use plimsoll_wire::{CommitsView, PushChangesView, PushTermsView, PushView};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::site::Web;

use super::shape::{self, Asked, Nothing, Sent};
use super::{Route, RouteDoc, etag, schema};

pub(super) fn routes() -> Vec<Route> {
    let words = (
        "askPush",
        "May a push enter? It enters a protected branch only if the gate allows the release that is made of the very commit, for each service that it changes, and as a whole or not at all. To break the glass a token is needed that may release for those services.",
    );
    let ask_doc = RouteDoc::new("post", "/pushes", words, Some(Permission::Read))
        .json_body::<PushRequest>(json!({
            "push": {
                "branches": [{
                    "branch": "production", "step": "forward",
                    "commit": "4f1c2ab9d0e14f1c2ab9d0e14f1c2ab9d0e14f1c",
                    "services": { "planet4": { "count": 1, "first": ["composer.json"] } },
                }],
                "also": [],
            },
            "pusher": "ada",
        }))
        .answers::<PushView>(200, "It may enter.")
        .answers::<PushView>(409, "It may not: each reason, and what to do.");
    let words = (
        "getPushTerms",
        "What a repository has to know before it can ask about a push: the protected branches, and whose files are whose.",
    );
    let terms_doc = RouteDoc::new("get", "/pushes/terms", words, Some(Permission::Read))
        .answers::<PushTermsView>(200, "The terms, as far as the token sees services.");
    let words = (
        "getCommits",
        "The commits that the releases of a service are made of: a merge of the same files counts as one of them.",
    );
    let commits_doc = RouteDoc::new("get", "/pushes/commits", words, Some(Permission::Read))
        .query("service", true, "The service.", "planet4")
        .answers::<CommitsView>(200, "The commits.");
    vec![
        Route { handler: post(ask), doc: ask_doc },
        Route { handler: get(terms), doc: terms_doc },
        Route { handler: get(commits), doc: commits_doc },
    ]
}

/// A push that is asked about.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct PushRequest {
    /// What it changes.
    push: PushChangesView,
    /// Who pushes, as the host of the repository knows them; who asks, when absent. It is kept as what
    /// was told: all that the push writes down is done by who asks.
    #[schemars(with = "Option<schema::Person>")]
    pusher: Option<PersonName>,
    /// Enter although the gate refuses, for this reason. It is written down, and what is missing is
    /// asked for at the next gate.
    #[schemars(with = "Option<schema::Words>")]
    break_glass: Option<Typed>,
}

async fn ask(
    State(site): State<Web>,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Sent(asked): Sent<PushRequest>,
) -> Result<Response, Problem> {
    let desk = site.desk();
    let catalog = desk.catalog();
    let questions = asked.push.questions(&catalog.branches);
    let questions = questions.map_err(|error| Problem::wrong(error.to_string()))?;
    questions
        .iter()
        .flat_map(named)
        .try_for_each(|name| caller.may(Permission::Read, Some(name)))?;
    if let Some(reason) = &asked.break_glass {
        // Nothing is asked and nothing written down for a reason that could not be.
        desk.words("break-glass", reason)?;
    }
    let mut answers = desk.ask_pushes(questions).await?;
    if let Some(reason) = asked.break_glass {
        let said_by = caller.person()?.clone();
        for service in to_be_forced(&answers) {
            caller.may(Permission::Release, Some(service))?;
        }
        let by = asked.pusher.unwrap_or_else(|| said_by.clone());
        answers = desk.force_pushes(answers, &PushGlass { reason, by, said_by }).await?;
    }
    let view = PushView::of(&answers, catalog, &Reader::utc(desk.now()));
    let status = if view.allowed { StatusCode::OK } else { StatusCode::CONFLICT };
    shape::answer(&desk, status, &view)
}

/// The services that a question is about.
fn named(question: &PushQuestion) -> impl Iterator<Item = &ServiceName> {
    question.changed.services.keys().chain(&question.named.also)
}

async fn terms(
    State(site): State<Web>,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let desk = site.desk();
    let terms = PushTerms::of(desk.catalog(), |name| caller.sees(name));
    let complete = caller.scope.services.is_none();
    etag::of(&desk, &headers, &PushTermsView::of(&terms, complete))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Of {
    service: ServiceName,
}

async fn commits(
    State(site): State<Web>,
    caller: Caller,
    Asked(Of { service }): Asked<Of>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.may(Permission::Read, Some(&service))?;
    let desk = site.desk();
    let commits = desk.release_commits(std::iter::once(&service)).await?;
    let view = CommitsView { service: service.to_string(), commits: commits.into_iter().collect() };
    etag::of(&desk, &headers, &view)
}

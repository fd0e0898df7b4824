//! `GET /gate`: the one question. 200 allowed, 409 refused, 404 unknown, 503 cannot say.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use plimsoll_core::ids::{EnvironmentName, ReleaseId};
use plimsoll_core::record::Permission;
use plimsoll_core::say::Reader;
use plimsoll_wire::DecisionView;
use serde::Deserialize;

use crate::caller::Caller;
use crate::gate_answers::plain;
use crate::problem::Problem;
use crate::site::Web;

use super::shape::Asked;
use super::{Route, RouteDoc};

pub(super) fn routes() -> Vec<Route> {
    let words = (
        "askGate",
        "May the release enter the environment, and if not, why not? For a CI, a deployer, a person.",
    );
    let doc = RouteDoc::new("get", "/gate", words, Some(Permission::Read))
        .query("release", true, "The release, SERVICE@VERSION.", "planet4@1.23")
        .query("to", true, "The environment that it wants to enter.", "production")
        .answers::<DecisionView>(200, "It is allowed.")
        .answers::<DecisionView>(
            409,
            "It is refused: every requirement, why, and who can do what.",
        );
    vec![Route { handler: get(ask), doc }]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    release: ReleaseId,
    to: EnvironmentName,
}

async fn ask(
    State(site): State<Web>,
    caller: Caller,
    Asked(question): Asked<Question>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Question { release, to } = question;
    caller.may(Permission::Read, Some(&release.service))?;
    let desk = site.desk();
    desk.known_environment(&release.service, Some(&to))?;
    desk.known_release(&release).await?;
    let answer = site.gate_answers.ask(&desk, &release, &to).await?;
    site.metrics.decided(answer.is_allowed());
    let status = if answer.is_allowed() { StatusCode::OK } else { StatusCode::CONFLICT };
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    if accept.is_some_and(|accept| accept.starts_with("text/plain")) {
        let text = desk.parts().redact.text(&plain(&answer, &Reader::utc(desk.now())));
        return Ok(
            (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
        );
    }
    let kind = [(header::CONTENT_TYPE, "application/json")];
    Ok((status, kind, answer.json.clone()).into_response())
}

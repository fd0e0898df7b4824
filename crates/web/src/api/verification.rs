//! `/verifications`: running the checks of an environment, and what they found.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use plimsoll_core::ids::{CheckName, EnvironmentName, ReleaseId, Seq, TargetName};
use plimsoll_core::record::Permission;
use plimsoll_core::say::{self, Matrix, Reader, cell};
use plimsoll_engine::desk::{Desk, WholeVerification};
use plimsoll_engine::tasks::VerifyRequest;
use plimsoll_wire::{VerificationView, VerifyView};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::site::Web;

use super::shape::{self, Asked, EventNumber, Named, Nothing, Sent};
use super::{Route, RouteDoc, etag, schema};

pub(super) fn routes() -> Vec<Route> {
    let words = (
        "startVerification",
        "Runs every check on every target of an environment, and writes every result down as evidence. It goes on by itself; look at it where Location says.",
    );
    let start_doc = RouteDoc::new("post", "/verifications", words, Some(Permission::Deploy))
        .json_body::<VerificationRequest>(json!({ "release": "planet4@1.23", "on": "staging" }))
        .answers::<VerificationView>(202, "It has begun.");
    let words =
        ("getVerification", "A verification: what it is to look at, and what it found so far.");
    let show_doc = RouteDoc::new("get", "/verifications/{event}", words, Some(Permission::Read))
        .path("event", "Its number: the event that began it.", "118")
        .answers::<VerificationView>(200, "The verification.");
    vec![
        Route { handler: post(start), doc: start_doc },
        Route { handler: get(show), doc: show_doc },
    ]
}

/// A verification that is asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct VerificationRequest {
    /// The release that is expected there, `service@version`.
    #[schemars(with = "schema::Release")]
    release: ReleaseId,
    /// The environment.
    #[schemars(with = "schema::Name")]
    on: EnvironmentName,
    /// Only these targets; all when empty.
    #[serde(default)]
    #[schemars(with = "Vec<schema::Name>")]
    targets: BTreeSet<TargetName>,
    /// Only these checks; all that are expected when empty.
    #[serde(default)]
    #[schemars(with = "Vec<schema::Name>")]
    checks: BTreeSet<CheckName>,
}

async fn start(
    State(site): State<Web>,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Sent(asked): Sent<VerificationRequest>,
) -> Result<Response, Problem> {
    caller.may(Permission::Deploy, Some(&asked.release.service))?;
    let desk = site.desk();
    let lane = desk.known_lane(&asked.release.service, &asked.on)?;
    desk.known_targets(&lane.service, Some(&lane.environment), &asked.targets)?;
    desk.known_checks(&lane.service, &asked.checks)?;
    desk.known_release(&asked.release).await?;
    let request = VerifyRequest {
        lane,
        version: asked.release.version,
        targets: asked.targets,
        checks: asked.checks,
        marks_good: true,
    };
    let began = site.works.begin_verifying(&desk, request).await?;
    let view = view(&desk, began).await?;
    shape::made(&desk, StatusCode::ACCEPTED, &format!("verifications/{began}"), &view)
}

async fn show(
    State(site): State<Web>,
    caller: Caller,
    Named(EventNumber(seq)): Named<EventNumber>,
    Asked(Nothing {}): Asked<Nothing>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let desk = site.desk();
    let event = desk.event(seq, &format!("verification {seq}")).await?;
    caller.may(Permission::Read, event.stream.service())?;
    etag::of(&desk, &headers, &view(&desk, seq).await?)
}

async fn view(desk: &Desk, seq: Seq) -> Result<VerificationView, Problem> {
    let event = desk.event(seq, &format!("verification {seq}")).await?;
    let whole = desk.whole_verification(&event).await?;
    let matrix = matrix(desk, &whole).await?;
    Ok(VerificationView {
        id: seq.0,
        ended: whole.finished.is_some(),
        expected: matrix.cells.len(),
        started_at: event.at.to_string(),
        finished_at: whole.finished.as_ref().map(|event| event.at.to_string()),
        found: VerifyView::from(&matrix),
    })
}

/// What was found; what is expected and not there yet was not run.
async fn matrix(desk: &Desk, whole: &WholeVerification) -> Result<Matrix, Problem> {
    let mut matrix = Matrix {
        release: whole.release.clone(),
        environment: whole.lane.environment.clone(),
        cells: desk.found(whole).await?.cells(&Reader::utc(desk.now())),
        uncovered: Vec::new(),
        ahead: Vec::new(),
    };
    for target in &whole.targets {
        for check in expected(desk, whole, target) {
            let is_there = |one: &say::Cell| one.target == *target && one.check == check;
            if !matrix.cells.iter().any(is_there) {
                matrix.cells.push(cell(target, &check, None));
            }
        }
        if !matrix.cells.iter().any(|cell| cell.target == *target) {
            let why = "no check is expected here".to_owned();
            matrix.uncovered.push((target.to_string(), why));
        }
    }
    matrix.cells.sort_by(|a, b| (&a.target, &a.check).cmp(&(&b.target, &b.check)));
    Ok(matrix)
}

/// The checks that a verification was to run on a target, as the configuration says now.
fn expected(desk: &Desk, whole: &WholeVerification, target: &TargetName) -> Vec<CheckName> {
    let lane = &whole.lane;
    let service = desk.catalog().services.get(&lane.service);
    let found = service.and_then(|service| Some((service, service.target(&lane.target(target))?)));
    let Some((service, place)) = found else { return Vec::new() };
    service
        .expected_checks(&lane.environment, target, place)
        .map(|(name, _)| name.clone())
        .filter(|name| whole.checks.contains(name))
        .collect()
}

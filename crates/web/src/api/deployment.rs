//! `/deployments`: having plimsoll deploy where there is no gate, saying what somebody else deployed,
//! and looking at what was.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use plimsoll_core::ids::{DeploymentId, EnvironmentName, ReleaseId, TargetName};
use plimsoll_core::record::Permission;
use plimsoll_core::say;
use plimsoll_engine::desk::Request;
use plimsoll_engine::tasks::AdoptRequest;
use plimsoll_wire::{
    DeploymentView, NothingToDoView, PlanView, PromotionView, ReportedDeploymentView,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::site::Web;

use super::etag::Position;
use super::shape::{self, Asked, Named, Nothing, Sent};
use super::{Route, RouteDoc, lane, schema};

/// How what somebody else deployed came there.
const BY_ANOTHER: &str =
    "how it was put there: it was observed, somebody else's deployer deployed it";

pub(super) fn routes() -> Vec<Route> {
    let words = (
        "startDeployment",
        "Puts a release on an environment without a gate. It goes on by itself; look at it where Location says.",
    );
    let start_doc = RouteDoc::new("post", "/deployments", words, Some(Permission::Deploy))
        .json_body::<DeploymentRequest>(json!({ "release": "planet4@1.23", "to": "staging" }))
        .answers::<PromotionView>(201, "It has begun.")
        .answers::<PlanView>(200, "With dry-run: the plan.")
        .answers::<NothingToDoView>(200, "Every target runs the release already.");
    let words = (
        "reportDeployment",
        "Says that somebody else's deployer put a release there. It is believed only when it is observed: every target must answer with that version.",
    );
    let report_doc =
        RouteDoc::new("post", "/deployments/reported", words, Some(Permission::Report))
            .json_body::<DeploymentReport>(json!({ "release": "planet4@1.23", "on": "staging" }))
            .answers::<ReportedDeploymentView>(201, "It was observed, and is written down.");
    let words = ("getDeployment", "A deployment, however old.");
    let show_doc = RouteDoc::new("get", "/deployments/{deployment}", words, Some(Permission::Read))
        .path("deployment", "Its number.", "d-17")
        .query("target", false, "Which target, where it was reported of several.", "nl-vm")
        .answers::<DeploymentView>(200, "The deployment.");
    vec![
        Route { handler: post(start), doc: start_doc },
        Route { handler: post(report), doc: report_doc },
        Route { handler: get(show), doc: show_doc },
    ]
}

/// A deployment that is asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct DeploymentRequest {
    /// `service@version`.
    #[schemars(with = "schema::Release")]
    release: ReleaseId,
    /// The environment; it has no gate.
    #[schemars(with = "schema::Name")]
    to: EnvironmentName,
    /// Only these targets; all when empty.
    #[serde(default)]
    #[schemars(with = "Vec<schema::Name>")]
    targets: BTreeSet<TargetName>,
    /// Answer the plan, and change nothing.
    #[serde(default)]
    dry_run: bool,
}

async fn start(
    State(site): State<Web>,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Sent(asked): Sent<DeploymentRequest>,
) -> Result<Response, Problem> {
    caller.may(Permission::Deploy, Some(&asked.release.service))?;
    let driver = site.works.driver(&site.desk());
    let desk = driver.desk();
    let lane = desk.known_lane(&asked.release.service, &asked.to)?;
    desk.known_targets(&lane.service, Some(&lane.environment), &asked.targets)?;
    let release = desk.known_release(&asked.release).await?;
    let request = Request { lane: &lane, only: &asked.targets, by: caller.person()? };
    let plan = match desk.plan_deployment(&request, &release).await {
        Ok(plan) => plan,
        Err(error) => return lane::unless_done(desk, &asked.release, error),
    };
    if asked.dry_run {
        return lane::plan(desk, &plan);
    }
    let id = desk.start(&plan, Vec::new()).await?;
    lane::begun(&site, driver, id, &lane).await
}

/// A deployment that somebody else made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct DeploymentReport {
    /// `service@version`.
    #[schemars(with = "schema::Release")]
    release: ReleaseId,
    /// The environment.
    #[schemars(with = "schema::Name")]
    on: EnvironmentName,
    /// On these targets; on all when empty.
    #[serde(default)]
    #[schemars(with = "Vec<schema::Name>")]
    targets: BTreeSet<TargetName>,
}

async fn report(
    State(site): State<Web>,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Sent(asked): Sent<DeploymentReport>,
) -> Result<Response, Problem> {
    caller.may(Permission::Report, Some(&asked.release.service))?;
    let desk = site.desk();
    let lane = desk.known_lane(&asked.release.service, &asked.on)?;
    let request = AdoptRequest {
        release: asked.release.clone(),
        lane: lane.clone(),
        targets: asked.targets,
        by: caller.person()?.clone(),
    };
    let taken = desk.take_in(&request, Some(BY_ANOTHER)).await?;
    let count = say::count(taken.targets.len(), "target");
    let view = ReportedDeploymentView {
        id: taken.id.to_string(),
        release: asked.release.to_string(),
        environment: asked.on.to_string(),
        targets: taken.targets.iter().map(ToString::to_string).collect(),
        unknown: taken.unknown,
        summary: format!(
            "Observed: {} runs on {count} of {lane}, put there by somebody else's deployer.",
            asked.release
        ),
    };
    shape::made(&desk, StatusCode::CREATED, &format!("deployments/{}", taken.id), &view)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct On {
    target: Option<TargetName>,
}

async fn show(
    State(site): State<Web>,
    caller: Caller,
    Named(id): Named<DeploymentId>,
    Asked(On { target }): Asked<On>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let desk = site.desk();
    let event = desk.event(id.0, &format!("deployment {id}")).await?;
    caller.may(Permission::Read, event.stream.service())?;
    let position = Position::of(&desk, &caller).await?;
    if let Some(unchanged) = position.unchanged(&headers) {
        return Ok(unchanged);
    }
    let (on, found) = desk.whole_deployment(&event, target.as_ref()).await?;
    let output = found.report.as_ref().and_then(|report| report.output.as_ref());
    let printed = desk.printed(output).await?;
    position.answer(&desk, &DeploymentView::of(&found, &on, printed.as_deref()))
}

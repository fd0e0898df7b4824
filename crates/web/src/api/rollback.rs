//! `/rollbacks`: the way back, and rehearsals of it.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use plimsoll_core::ids::{EnvironmentName, LaneId, PersonName, ServiceName, TargetName, Version};
use plimsoll_core::record::{Permission, PlanKind};
use plimsoll_engine::desk::{Desk, Request};
use plimsoll_engine::words::Typed;
use plimsoll_wire::{PlanView, PromotionView};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::site::Web;

use super::promotion::goes_back;
use super::shape::{Asked, Nothing, Sent};
use super::{Route, RouteDoc, lane, schema};

pub(super) fn routes() -> Vec<Route> {
    let words = (
        "startRollback",
        "Takes targets back to the last version that was verified good on each. No freeze or hold stops it. A promotion that is under way is ended first, by going back itself.",
    );
    let doc = RouteDoc::new("post", "/rollbacks", words, Some(Permission::Release))
        .json_body::<RollbackRequest>(json!({
            "service": "planet4", "environment": "production",
            "reason": "search is slow", "confirm": "planet4/production",
        }))
        .answers::<PromotionView>(201, "It has begun.")
        .answers::<PromotionView>(202, "What was under way was asked to end, and goes back itself.")
        .answers::<PlanView>(200, "With dry-run: the plan.");
    vec![Route { handler: post(start), doc }]
}

/// A way back that is asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct RollbackRequest {
    /// The service.
    #[schemars(with = "schema::Name")]
    service: ServiceName,
    /// The environment.
    #[schemars(with = "schema::Name")]
    environment: EnvironmentName,
    /// Only these targets; all when empty.
    #[serde(default)]
    #[schemars(with = "Vec<schema::Name>")]
    targets: BTreeSet<TargetName>,
    /// To this version instead; it must have been verified good there.
    #[serde(default)]
    #[schemars(with = "Option<schema::VersionText>")]
    to: Option<Version>,
    /// Why.
    #[schemars(with = "schema::Words")]
    reason: Typed,
    /// The name of what changes, SERVICE/ENVIRONMENT. It is needed to change anything.
    #[serde(default)]
    confirm: Option<String>,
    /// Answer the plan, and change nothing.
    #[serde(default)]
    dry_run: bool,
    /// Only try it: back and forward again, on an environment without a gate.
    #[serde(default)]
    rehearse: bool,
}

async fn start(
    State(site): State<Web>,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Sent(asked): Sent<RollbackRequest>,
) -> Result<Response, Problem> {
    caller.may(Permission::Release, Some(&asked.service))?;
    let by = caller.person()?;
    let driver = site.works.driver(&site.desk());
    let desk = driver.desk();
    let lane = desk.known_lane(&asked.service, &asked.environment)?;
    desk.known_targets(&lane.service, Some(&lane.environment), &asked.targets)?;
    let reason = desk.words("reason", &asked.reason)?;
    if asked.rehearse && asked.to.is_some() {
        return Err(Problem::wrong(
            "a rehearsal goes back to what was last verified good, not to a version that is named",
        ));
    }
    if !asked.dry_run {
        lane::confirmed(&lane, asked.confirm.as_deref())?;
    }
    if !asked.dry_run
        && !asked.rehearse
        && let Some(answer) =
            end_what_is_under_way(&site, desk, &lane, &asked, (by, &reason)).await?
    {
        return Ok(answer);
    }
    let request = Request { lane: &lane, only: &asked.targets, by };
    let plan = match asked.rehearse {
        true => desk.plan_rehearsal(&request).await?,
        false => desk.plan_rollback(&request, asked.to.as_ref(), &reason).await?,
    };
    if asked.dry_run {
        return lane::plan(desk, &plan);
    }
    let id = desk.start(&plan, Vec::new()).await?;
    lane::begun(&site, driver, id, &lane).await
}

/// A promotion that is under way goes back by itself when it is asked to end; that is then the way
/// back. One that goes back already goes on.
async fn end_what_is_under_way(
    site: &Web,
    desk: &Desk,
    lane: &LaneId,
    asked: &RollbackRequest,
    (by, reason): (&PersonName, &str),
) -> Result<Option<Response>, Problem> {
    let state = desk.load(&lane.service).await?;
    let Some(active) = state.active(&lane.environment) else { return Ok(None) };
    let id = active.id;
    if asked.to.is_some() {
        let words = format!("{id} is under way on {lane}");
        return Err(Problem::new(StatusCode::CONFLICT, "refused", words).hint(format!(
            "POST /api/v1/promotions/{id}/abort  ends it; then go back to that version"
        )));
    }
    if !matches!(active.plan.kind, PlanKind::Rollback { .. }) {
        desk.abort_promotion(lane, id, by, reason).await?;
    }
    goes_back(site, desk, id, lane).await.map(Some)
}

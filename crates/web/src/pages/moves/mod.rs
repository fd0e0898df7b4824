//! What moves targets or looks at them, asked for by forms: promote, roll back, abort, verify. Each
//! shows first what it will do, and asks for the name of what changes.

mod abort;
mod promote;
mod roll_back;
mod verify;

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use plimsoll_core::Timestamp;
use plimsoll_core::digest::Digest;
use plimsoll_core::ids::{EnvironmentName, LaneId, ServiceName};
use plimsoll_core::ledger::ServiceState;
use plimsoll_core::record::Plan;
use plimsoll_core::say::{self, Reader};

use crate::problem::Problem;
use crate::site::Web;

use super::Answer;

pub(super) fn router() -> Router<Web> {
    Router::new()
        .merge(promote::router())
        .merge(roll_back::router())
        .merge(abort::router())
        .merge(verify::router())
}

/// A plan as it is confirmed.
struct Shown {
    head: String,
    plan: Vec<(String, String)>,
    loud: Option<String>,
    /// What was looked at: when the plan is another one by the time it is confirmed, it is shown
    /// again.
    mark: String,
}

impl Shown {
    fn of(plan: &Plan, reader: &Reader) -> Self {
        Self {
            head: say::plan_head(plan),
            plan: say::plan_lines(plan, reader),
            loud: say::plan_loud(plan),
            mark: mark_of(plan),
        }
    }
}

/// What of a plan a person confirms: everything but the moments at which it was made and looked up,
/// and the number of the decision, which is another one for the same answer.
fn mark_of(plan: &Plan) -> String {
    let mut plain = plan.clone();
    plain.at = Timestamp::UNIX_EPOCH;
    plain.decision = None;
    for change in &mut plain.changes {
        if let Some(way_back) = &mut change.way_back {
            way_back.proven_at = way_back.proven_at.map(|_| Timestamp::UNIX_EPOCH);
        }
    }
    Digest::of_json(&plain).to_string()
}

/// Whether there is a way back that could be offered: nothing moves, and a target knows an earlier
/// version that was verified good there.
pub(super) fn can_go_back(state: &ServiceState, environment: &EnvironmentName) -> bool {
    let Some(lane) = state.lanes.get(environment).filter(|lane| lane.active.is_none()) else {
        return false;
    };
    lane.targets.values().any(|target| {
        let version = target.deployment.as_ref().map(|deployment| &deployment.version);
        version.is_some_and(|version| target.last_verified_good_but(version).is_some())
    })
}

/// The name that is typed must be that of what changes.
fn typed(given: &str, lane: &LaneId) -> Result<(), Problem> {
    if given.trim() == lane.to_string() {
        return Ok(());
    }
    let given = say::shorten(given, 60);
    Err(Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "not-confirmed",
        format!("`{given}` was typed, but this changes {lane}; nothing was changed"),
    )
    .hint(format!("go back and type  {lane}")))
}

fn lane(service: ServiceName, environment: EnvironmentName) -> LaneId {
    LaneId { service, environment }
}

/// On to the page that tells how it goes.
fn on_to(href: &str) -> Answer {
    Ok(Redirect::to(href).into_response())
}

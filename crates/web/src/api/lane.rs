//! What starting something on a lane has in common: whether it is confirmed, who drives it, and what
//! is answered.

use axum::http::StatusCode;
use axum::response::Response;
use plimsoll_core::ids::{LaneId, PromotionId, ReleaseId};
use plimsoll_core::promote::PlanError;
use plimsoll_core::record::Plan;
use plimsoll_engine::desk::{Desk, DeskError};
use plimsoll_engine::tasks::{Configuration, Driver};
use plimsoll_wire::{NothingToDoView, PlanView, PromotionView};

use crate::problem::Problem;
use crate::site::Web;

use super::shape;

/// Makes sure that whoever asks knows what changes.
pub(super) fn confirmed(lane: &LaneId, said: Option<&str>) -> Result<(), Problem> {
    if said == Some(lane.to_string().as_str()) {
        return Ok(());
    }
    let words = match said {
        None => format!("this changes {lane} and is not confirmed"),
        Some(_) => format!("this changes {lane}, and something else was confirmed"),
    };
    Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not-confirmed", words)
        .hint(format!("send  \"confirm\": \"{lane}\",  or  \"dry-run\": true  to see the plan")))
}

/// The plan, when only that was asked for.
pub(super) fn plan(desk: &Desk, plan: &Plan) -> Result<Response, Problem> {
    shape::answer(desk, StatusCode::OK, &PlanView::from(plan))
}

/// Drives what was begun, and answers where it is to be seen.
pub(super) async fn begun(
    site: &Web,
    driver: Driver,
    id: PromotionId,
    lane: &LaneId,
) -> Result<Response, Problem> {
    let desk = site.desk();
    site.works.drive(driver, lane, Configuration::AsPlanned);
    let view = one(&desk, id, lane).await?;
    shape::made(&desk, StatusCode::CREATED, &format!("promotions/{id}"), &view)
}

/// A promotion as it stands now.
pub(super) async fn one(
    desk: &Desk,
    id: PromotionId,
    lane: &LaneId,
) -> Result<PromotionView, Problem> {
    let state = desk.load(&lane.service).await?;
    let active = state.active(&lane.environment).filter(|active| active.id == id);
    if let Some(active) = active {
        return Ok(PromotionView::from(active));
    }
    let ended = state.lanes.get(&lane.environment);
    let ended = ended.and_then(|lane| lane.finished.iter().find(|one| one.id == id));
    let ended = ended.ok_or_else(|| Problem::not_found(format!("there is no promotion {id}")))?;
    Ok(PromotionView::from(ended))
}

/// The answer where every target runs the release already: that is what was wanted.
pub(super) fn unless_done(
    desk: &Desk,
    release: &ReleaseId,
    error: DeskError,
) -> Result<Response, Problem> {
    match error {
        DeskError::Plan(PlanError::NothingToDo(_)) => {
            let view = NothingToDoView::new(release, &error.to_string());
            shape::answer(desk, StatusCode::OK, &view)
        }
        other => Err(other.into()),
    }
}

//! `/decisions`: what the gate answered.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use plimsoll_core::ids::DecisionId;
use plimsoll_core::record::Permission;
use plimsoll_wire::DecisionView;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::site::Web;

use super::etag::Position;
use super::shape::{Asked, Named, Nothing};
use super::{Route, RouteDoc};

pub(super) fn routes() -> Vec<Route> {
    let words = ("getDecision", "A decision as it was made, with every requirement.");
    let doc = RouteDoc::new("get", "/decisions/{decision}", words, Some(Permission::Read))
        .path("decision", "Its number.", "g-118")
        .answers::<DecisionView>(200, "The decision.");
    vec![Route { handler: get(show), doc }]
}

async fn show(
    State(site): State<Web>,
    caller: Caller,
    Named(id): Named<DecisionId>,
    Asked(Nothing {}): Asked<Nothing>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let desk = site.desk();
    let event = desk.event(id.0, &format!("decision {id}")).await?;
    caller.may(Permission::Read, event.stream.service())?;
    let position = Position::of(&desk, &caller).await?;
    if let Some(unchanged) = position.unchanged(&headers) {
        return Ok(unchanged);
    }
    let whole = desk.whole_decision(&event).await?;
    position.answer(&desk, &DecisionView::from(&whole.decision).with_id(id))
}

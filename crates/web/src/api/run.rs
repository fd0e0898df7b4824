//! `/runs`: runs of checks, with everything they are bound to.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use plimsoll_core::ids::CheckRunId;
use plimsoll_core::record::Permission;
use plimsoll_core::say::Reader;
use plimsoll_wire::CheckRunView;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::site::Web;

use super::etag::Position;
use super::shape::{Asked, Named, Nothing};
use super::{Route, RouteDoc};

pub(super) fn routes() -> Vec<Route> {
    let words = ("getRun", "A run of a check: every try, what it printed, and why it is red.");
    let doc = RouteDoc::new("get", "/runs/{run}", words, Some(Permission::Read))
        .path("run", "Its number.", "r-42")
        .answers::<CheckRunView>(200, "The run.");
    vec![Route { handler: get(show), doc }]
}

async fn show(
    State(site): State<Web>,
    caller: Caller,
    Named(id): Named<CheckRunId>,
    Asked(Nothing {}): Asked<Nothing>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let desk = site.desk();
    let event = desk.event(id.0, &format!("check run {id}")).await?;
    caller.may(Permission::Read, event.stream.service())?;
    let position = Position::of(&desk, &caller).await?;
    if let Some(unchanged) = position.unchanged(&headers) {
        return Ok(unchanged);
    }
    let (result, control) = desk.whole_run(&event).await?;
    let printed = desk.printed(result.output.as_ref()).await?;
    let view = CheckRunView::of(id, &result, printed.as_deref())
        .controlled(control.as_ref(), &Reader::utc(desk.now()));
    position.answer(&desk, &view)
}

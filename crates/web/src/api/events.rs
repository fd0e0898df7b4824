//! `/events`: what happens, as it happens (server-sent events). A client that comes back goes on
//! where it was: `Last-Event-ID` is the position in the ledger.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use plimsoll_core::event::Event;
use plimsoll_core::ids::ServiceName;
use plimsoll_core::record::Permission;
use plimsoll_engine::desk::Desk;
use plimsoll_wire::EventView;
use serde::Deserialize;

use crate::caller::Caller;
use crate::listener::Listener;
use crate::problem::Problem;
use crate::site::Web;

use super::shape::{self, Asked, EventNumber};
use super::{Route, RouteDoc};

pub(super) fn routes() -> Vec<Route> {
    let words = (
        "listen",
        "Every event that you may see, as it is written: server-sent events whose id is the position in the ledger. Send Last-Event-ID to go on where you were.",
    );
    let doc = RouteDoc::new("get", "/events", words, Some(Permission::Read))
        .query("service", false, "Only of this service.", "planet4")
        .query("after", false, "Only after this event; from now on when absent.", "1200")
        .answers_as::<EventView>(
            200,
            "Events; the data of each is this shape.",
            "text/event-stream",
        );
    vec![Route { handler: get(listen), doc }]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct From {
    service: Option<ServiceName>,
    after: Option<EventNumber>,
}

async fn listen(
    State(site): State<Web>,
    caller: Caller,
    Asked(From { service, after }): Asked<From>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let after = after.map(|EventNumber(seq)| seq);
    Ok(Listener::new(site, caller, service, after, &headers).await?.stream(tell))
}

/// Each event as it is written; of those that are not seen nothing.
fn tell(listener: &Listener, desk: &Desk, events: &[Arc<Event>]) -> String {
    let mut text = String::new();
    for event in events.iter().filter(|event| listener.sees(event)) {
        let view = EventView::from(&**event);
        let kind = view.event.as_object().and_then(|kind| kind.keys().next()).cloned();
        let Ok(data) = shape::json(desk, &view) else { continue };
        let kind = kind.unwrap_or_else(|| "event".to_owned());
        let _ = write!(text, "id: {}\nevent: {kind}\ndata: {data}\n\n", event.seq);
    }
    text
}

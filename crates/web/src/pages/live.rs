//! Pages that follow what happens. A page on which something moves listens here, and loads itself
//! again when something was written; without a script it loads itself every few seconds.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use plimsoll_core::event::Event;
use plimsoll_core::ids::{Seq, ServiceName};
use plimsoll_engine::desk::Desk;
use serde::Deserialize;

use crate::caller::Caller;
use crate::listener::Listener;
use crate::problem::Problem;
use crate::site::Web;

use super::place::Wanted;

pub(super) fn router() -> Router<Web> {
    Router::new().route("/live", get(live))
}

#[derive(Deserialize)]
struct Asked {
    service: Option<ServiceName>,
    after: u64,
}

async fn live(
    State(site): State<Web>,
    caller: Caller,
    Wanted(Asked { service, after }): Wanted<Asked>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let listener = Listener::new(site, caller, service, Some(Seq(after)), &headers).await?;
    Ok(listener.skipping().stream(tell))
}

/// That something happened which they may see, and up to where: what it was, the page says.
fn tell(listener: &Listener, _: &Desk, events: &[Arc<Event>]) -> String {
    let last = events.iter().rev().find(|event| listener.sees(event)).map(|event| event.seq);
    last.map(|last| format!("id: {last}\ndata: {last}\n\n")).unwrap_or_default()
}

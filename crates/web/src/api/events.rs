//! `/events`: what happens, as it happens (server-sent events). A client that comes back goes on
//! where it was: `Last-Event-ID` is the position in the ledger.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use plimsoll_core::event::Event;
use plimsoll_core::ids::{Seq, ServiceName};
use plimsoll_core::record::Permission;
use plimsoll_engine::desk::{Desk, DeskError};
use plimsoll_wire::EventView;
use serde::Deserialize;
use tokio::sync::OwnedSemaphorePermit;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::site::Web;

use super::shape::{self, Asked, EventNumber};
use super::{Route, RouteDoc};

/// After how long without an event a line is sent, so that both sides know of each other.
const HEARTBEAT: Duration = Duration::from_secs(15);

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

/// Somebody who listens.
struct Listener {
    site: Web,
    caller: Caller,
    service: Option<ServiceName>,
    after: Seq,
    greeted: bool,
    _place: OwnedSemaphorePermit,
}

async fn listen(
    State(site): State<Web>,
    caller: Caller,
    Asked(From { service, after }): Asked<From>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let desk = site.desk();
    if let Some(service) = &service {
        caller.may(Permission::Read, Some(service))?;
        desk.service(service)?;
    }
    let (head, _) = desk.parts().ledger.head().await.map_err(DeskError::from)?;
    let after = match headers.get("last-event-id") {
        Some(id) => {
            let id = id.to_str().ok().and_then(|id| id.trim().parse().ok());
            id.ok_or_else(|| Problem::wrong("Last-Event-ID is the number of an event"))?
        }
        None => after.map_or(head.0, |EventNumber(seq)| seq.0),
    };
    // A position that is not there yet is another ledger's, or a mistake.
    if after > head.0 {
        return Err(Problem::wrong(format!("the ledger is at event {head}, not yet at {after}")));
    }
    let place = site.feed.place().ok_or_else(|| {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "too many listen already")
            .hint("try again later, or ask /api/v1/history")
    })?;
    let greeted = false;
    let listener = Listener { site, caller, service, after: Seq(after), greeted, _place: place };
    let body = Body::from_stream(futures_util::stream::unfold(listener, next));
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    // A proxy must not wait for the end.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

type Chunk = Result<Bytes, std::convert::Infallible>;

/// What is sent next; nothing when it is over, because the server stops or the token is none any
/// more.
async fn next(mut listener: Listener) -> Option<(Chunk, Listener)> {
    if !listener.greeted {
        listener.greeted = true;
        let text = format!("retry: 3000\nid: {}\n\n", listener.after);
        return Some((Ok(Bytes::from(text)), listener));
    }
    let desk = listener.site.desk();
    let ledger = &*desk.parts().ledger;
    let came = listener.site.feed.after(ledger, listener.after, HEARTBEAT).await;
    if listener.site.feed.is_closed() || !listener.caller.is_still_known(&desk).await {
        return None;
    }
    let text = match came {
        Ok(events) => listener.told(&desk, &events),
        Err(error) => {
            tracing::warn!(%error, "events could not be read");
            tokio::time::sleep(Duration::from_secs(1)).await;
            ": the ledger is away\n\n".to_owned()
        }
    };
    Some((Ok(Bytes::from(text)), listener))
}

impl Listener {
    /// The events as they are sent. Of those that are not seen only the position is, so that a
    /// client that comes back does not look through them again.
    fn told(&mut self, desk: &Desk, events: &[Arc<Event>]) -> String {
        let Some(last) = events.last() else { return ": still here\n\n".to_owned() };
        self.after = last.seq;
        let mut text = String::new();
        let mut told = None;
        for event in events.iter().filter(|event| self.sees(event)) {
            let view = EventView::from(&**event);
            let kind = view.event.as_object().and_then(|kind| kind.keys().next()).cloned();
            let Ok(data) = shape::json(desk, &view) else { continue };
            let kind = kind.unwrap_or_else(|| "event".to_owned());
            let _ = write!(text, "id: {}\nevent: {kind}\ndata: {data}\n\n", event.seq);
            told = Some(event.seq);
        }
        if told != Some(last.seq) {
            let _ = write!(text, "id: {}\n\n", last.seq);
        }
        text
    }

    fn sees(&self, event: &Event) -> bool {
        let service = event.stream.service();
        let meant = self.service.as_ref().is_none_or(|wanted| service == Some(wanted));
        meant && event.stream.is_seen_by(&self.caller.scope)
    }
}

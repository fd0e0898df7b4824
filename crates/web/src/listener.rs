//! Who listens to what happens, as it happens (server-sent events). A client that comes back goes on
//! where it was: `Last-Event-ID` is the position in the ledger.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use plimsoll_core::event::Event;
use plimsoll_core::ids::{Seq, ServiceName};
use plimsoll_core::record::Permission;
use plimsoll_engine::desk::Desk;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use crate::caller::Caller;
use crate::feed;
use crate::problem::Problem;
use crate::site::Web;

/// After how long without an event a line is sent, so that both sides know of each other.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Somebody who listens.
pub(crate) struct Listener {
    site: Web,
    caller: Caller,
    service: Option<ServiceName>,
    after: Seq,
    head: Seq,
    greeted: bool,
    /// Whether events were left out that they might have seen.
    missed: bool,
    /// When a line is due.
    due: Instant,
    _place: OwnedSemaphorePermit,
}

/// What is sent of these events, of which there is one at least: lines of the format, ended by an
/// empty one; nothing of events that are not meant for them.
pub(crate) type Tell = fn(&Listener, &Desk, &[Arc<Event>]) -> String;

type Chunk = Result<Bytes, std::convert::Infallible>;

impl Listener {
    /// Somebody who listens to one service or to all, from where the headers say, else after an
    /// event, else from now on.
    ///
    /// # Errors
    /// They may not, the position is none, too many listen, or the ledger is away.
    pub(crate) async fn new(
        site: Web,
        caller: Caller,
        service: Option<ServiceName>,
        after: Option<Seq>,
        headers: &HeaderMap,
    ) -> Result<Self, Problem> {
        let desk = site.desk();
        if let Some(service) = &service {
            caller.may(Permission::Read, Some(service))?;
            desk.service(service)?;
        }
        let head = desk.head().await?;
        let after = match headers.get("last-event-id") {
            Some(id) => {
                let id = id.to_str().ok().and_then(|id| id.trim().parse().ok());
                Seq(id.ok_or_else(|| Problem::wrong("Last-Event-ID is the number of an event"))?)
            }
            None => after.unwrap_or(head),
        };
        // A position that is not there yet is another ledger's, or a mistake.
        if after > head {
            return Err(Problem::wrong(format!(
                "the ledger is at event {head}, not yet at {after}"
            )));
        }
        let place = site.feed.place().ok_or_else(|| {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "too many listen already")
                .hint("try again later, or ask /api/v1/history")
        })?;
        Ok(Self {
            site,
            caller,
            service,
            after,
            head,
            greeted: false,
            missed: false,
            due: Instant::now() + HEARTBEAT,
            _place: place,
        })
    }

    /// Leaves out what happened long ago, for who needs to hear only that something happened: it is
    /// said once, at the beginning.
    pub(crate) fn skipping(self) -> Self {
        let missed = self.head.0 - self.after.0 > u64::from(feed::BATCH);
        Self { after: if missed { self.head } else { self.after }, missed, ..self }
    }

    /// The answer that goes on.
    pub(crate) fn stream(self, tell: Tell) -> Response {
        let body = futures_util::stream::unfold(self, move |listener| next(listener, tell));
        let mut response = Body::from_stream(body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        // A proxy must not wait for the end.
        headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
        response
    }

    /// Whether an event is meant for them.
    pub(crate) fn sees(&self, event: &Event) -> bool {
        let service = event.stream.service();
        let meant = self.service.as_ref().is_none_or(|wanted| service == Some(wanted));
        meant && event.stream.is_seen_by(&self.caller.scope)
    }

    fn sends(mut self, text: String) -> Option<(Chunk, Self)> {
        self.due = Instant::now() + HEARTBEAT;
        Some((Ok(Bytes::from(text)), self))
    }
}

/// What is sent next; nothing when it is over, because the server stops or the token is none any
/// more.
async fn next(mut listener: Listener, tell: Tell) -> Option<(Chunk, Listener)> {
    if !listener.greeted {
        listener.greeted = true;
        let after = listener.after;
        let told = if listener.missed { format!("data: {after}\n") } else { String::new() };
        return listener.sends(format!("retry: 3000\nid: {after}\n{told}\n"));
    }
    loop {
        let desk = listener.site.desk();
        let ledger = &*desk.parts().ledger;
        let at_most = listener.due.saturating_duration_since(Instant::now());
        let came = listener.site.feed.after(ledger, listener.after, at_most).await;
        if listener.site.feed.is_closed() || !listener.caller.is_still_known(&desk).await {
            return None;
        }
        let text = match came {
            Ok(events) => match events.last() {
                Some(last) => {
                    listener.after = last.seq;
                    tell(&listener, &desk, &events)
                }
                None => String::new(),
            },
            Err(error) => {
                tracing::warn!(%error, "events could not be read");
                tokio::time::sleep(Duration::from_secs(1)).await;
                return listener.sends(": the ledger is away\n\n".to_owned());
            }
        };
        if !text.is_empty() {
            return listener.sends(text);
        }
        if Instant::now() >= listener.due {
            // With the position that was reached: so a client that comes back does not look through
            // what is not meant for it again, and is not told when each of that happened.
            let text = format!(": still here\nid: {}\n\n", listener.after);
            return listener.sends(text);
        }
    }
}

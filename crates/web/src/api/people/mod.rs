//! What people say of a service: a file for each sort. Each is listed, said, and taken back by the
//! number of its event.

mod follow_up;
mod freeze;
mod hold;
mod known_failure;
mod sign_off;
mod waiver;

use std::sync::Arc;

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use plimsoll_core::event::{Event, Stream};
use plimsoll_core::ids::{PersonName, Seq, ServiceName};
use plimsoll_core::ledger::PeopleState;
use plimsoll_core::record::Permission;
use plimsoll_core::say::{self, Reader};
use plimsoll_engine::desk::Desk;
use plimsoll_engine::words::Typed;
use plimsoll_wire::{SaidView, SayingsView};
use serde::Deserialize;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::site::Web;

use super::shape::{self, Asked, EventNumber, Named};
use super::{Route, RouteDoc, etag};

pub(super) fn routes() -> Vec<Route> {
    [
        waiver::routes(),
        known_failure::routes(),
        sign_off::routes(),
        hold::routes(),
        freeze::routes(),
        follow_up::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Of which service.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfService {
    service: ServiceName,
}

/// Why something is taken back. It stands in the query: many clients send no body with DELETE.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Because {
    reason: Typed,
}

/// One sort of what people said, as it is listed.
type Listing = fn(&ServiceName, &PeopleState, &Reader) -> SayingsView;

/// The route that lists one sort.
fn listed(path: &'static str, words: (&'static str, &'static str), listing: Listing) -> Route {
    let doc = RouteDoc::new("get", path, words, Some(Permission::Read))
        .query("service", true, "The service.", "planet4")
        .answers::<SayingsView>(200, "Newest first; what is over or was taken back included.");
    let handler = get(
        move |State(site): State<Web>,
              caller: Caller,
              Asked(OfService { service }): Asked<OfService>,
              headers: HeaderMap| async move {
            caller.may(Permission::Read, Some(&service))?;
            let desk = site.desk();
            desk.service(&service)?;
            let state = desk.load(&service).await?;
            let view = listing(&service, &state.people, &Reader::utc(desk.now()));
            etag::of(&desk, &headers, &view)
        },
    );
    Route { handler, doc }
}

fn back_doc(path: &'static str, words: (&'static str, &'static str)) -> RouteDoc {
    RouteDoc::new("delete", path, words, Some(Permission::Release))
        .path("event", "Its number.", "184")
        .query("reason", true, "Why.", "it was mended")
        .answers::<SaidView>(200, "It was taken back.")
}

/// Something that was said, and is taken back by somebody who may.
struct TakenBack {
    desk: Arc<Desk>,
    service: ServiceName,
    /// The number of its event.
    seq: Seq,
    reason: Typed,
    by: PersonName,
}

impl FromRequestParts<Web> for TakenBack {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, site: &Web) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, site).await?;
        let Named(EventNumber(seq)) = Named::from_request_parts(parts, site).await?;
        let Asked(Because { reason }) = Asked::from_request_parts(parts, site).await?;
        let desk = site.desk();
        let event = desk.event(seq, &format!("event {seq}")).await?;
        let Stream::People(service) = event.stream else {
            return Err(Problem::not_found(format!("event {seq} is nothing that a person said")));
        };
        caller.may(Permission::Release, Some(&service))?;
        let by = caller.person()?.clone();
        Ok(Self { desk, service, seq, reason, by })
    }
}

impl TakenBack {
    fn answer(&self, events: &[Event]) -> Result<Response, Problem> {
        said(&self.desk, StatusCode::OK, &self.service, events)
    }
}

/// The answer to something that was said, or taken back.
fn said(
    desk: &Desk,
    status: StatusCode,
    service: &ServiceName,
    events: &[Event],
) -> Result<Response, Problem> {
    let reader = Reader::utc(desk.now());
    let first = events.first().map(|event| &event.kind);
    let summary = first.map(|kind| say::said_of(service, kind, &reader)).unwrap_or_default();
    shape::answer(desk, status, &SaidView::of(events, &summary))
}

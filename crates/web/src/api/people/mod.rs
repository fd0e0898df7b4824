//! What people say of a service: a file for each sort. Each is listed, said, and taken back by the
//! number of its event.

mod follow_up;
mod freeze;
mod hold;
mod known_failure;
mod sign_off;
mod waiver;

use axum::http::StatusCode;
use axum::response::Response;
use plimsoll_core::event::{Event, Stream};
use plimsoll_core::ids::{Seq, ServiceName};
use plimsoll_core::record::Permission;
use plimsoll_core::say::{self, Reader};
use plimsoll_engine::desk::Desk;
use plimsoll_engine::words::Typed;
use plimsoll_wire::{SaidView, SayingsView};
use serde::Deserialize;

use crate::caller::Caller;
use crate::problem::Problem;

use super::{Route, RouteDoc, shape};

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

fn list_doc(path: &'static str, words: (&'static str, &'static str)) -> RouteDoc {
    RouteDoc::new("get", path, words, Some(Permission::Read))
        .query("service", true, "The service.", "planet4")
        .answers::<SayingsView>(200, "Newest first; what is over or was taken back included.")
}

fn back_doc(path: &'static str, words: (&'static str, &'static str)) -> RouteDoc {
    RouteDoc::new("delete", path, words, Some(Permission::Release))
        .path("event", "Its number.", "184")
        .query("reason", true, "Why.", "it was mended")
        .answers::<SaidView>(200, "It was taken back.")
}

/// The service of something that was said, which the caller must be allowed to take back.
async fn taken_back(desk: &Desk, caller: &Caller, seq: Seq) -> Result<ServiceName, Problem> {
    let event = desk.event(seq, &format!("event {seq}")).await?;
    let Stream::People(service) = event.stream else {
        return Err(Problem::not_found(format!("event {seq} is nothing that a person said")));
    };
    caller.may(Permission::Release, Some(&service))?;
    Ok(service)
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

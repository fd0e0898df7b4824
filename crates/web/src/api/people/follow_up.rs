//! `/follow-ups`: what break-glasses left open. They come into being by a break-glass, so they are
//! listed and closed here.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{delete, get};
use plimsoll_core::event::Stream;
use plimsoll_core::ids::ServiceName;
use plimsoll_core::record::{FollowUpId, Permission};
use plimsoll_engine::desk::Desk;
use plimsoll_wire::{FollowUpView, FollowUpsView, MootFollowUpView};

use crate::api::shape::{self, Asked, Named};
use crate::api::{Route, RouteDoc, etag};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::site::Web;

use super::{Because, OfService};

pub(super) fn routes() -> Vec<Route> {
    let words = ("listFollowUps", "What break-glasses of a service left open.");
    let list_doc = RouteDoc::new("get", "/follow-ups", words, Some(Permission::Read))
        .query("service", true, "The service.", "planet4")
        .answers::<FollowUpsView>(200, "What is open, and what is moot.");
    let words = ("closeFollowUp", "Closes a follow-up with a reason.");
    let close_doc =
        RouteDoc::new("delete", "/follow-ups/{follow-up}", words, Some(Permission::Release))
            .path("follow-up", "Its number.", "g-118.2")
            .query("reason", true, "Why.", "made up for in 1.23.1")
            .answers::<FollowUpsView>(200, "It is closed.");
    vec![
        Route { handler: get(list), doc: list_doc },
        Route { handler: delete(close), doc: close_doc },
    ]
}

async fn list(
    State(site): State<Web>,
    caller: Caller,
    Asked(OfService { service }): Asked<OfService>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.may(Permission::Read, Some(&service))?;
    let desk = site.desk();
    desk.service(&service)?;
    etag::of(&desk, &headers, &view(&desk, &service, Vec::new()).await?)
}

async fn close(
    State(site): State<Web>,
    caller: Caller,
    Named(id): Named<String>,
    Asked(Because { reason }): Asked<Because>,
) -> Result<Response, Problem> {
    let id: FollowUpId =
        id.parse().map_err(|_| Problem::wrong("a follow-up has a number like g-118.2"))?;
    let desk = site.desk();
    let event = desk.event(id.decision.0, &format!("follow-up {id}")).await?;
    let Stream::Gate(service) = event.stream else {
        return Err(Problem::not_found(format!("there is no follow-up {id}")));
    };
    caller.may(Permission::Release, Some(&service))?;
    desk.close_follow_up(&service, id, &reason, caller.person()?).await?;
    shape::answer(&desk, StatusCode::OK, &view(&desk, &service, vec![id.to_string()]).await?)
}

async fn view(
    desk: &Desk,
    service: &ServiceName,
    closed: Vec<String>,
) -> Result<FollowUpsView, Problem> {
    let state = desk.load(service).await?;
    Ok(FollowUpsView {
        service: service.to_string(),
        closed,
        open: state.follow_ups.iter().map(FollowUpView::from).collect(),
        moot: state.moot.iter().map(MootFollowUpView::from).collect(),
    })
}

//! `/services`, `/targets`: what runs where.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use plimsoll_core::ids::{EnvironmentName, ServiceName, TargetId, TargetName};
use plimsoll_core::record::Permission;
use plimsoll_core::say::{Reader, Seen};
use plimsoll_engine::desk::{Desk, DeskError};
use plimsoll_wire::{ServiceView, StatusView, TargetView};

use crate::caller::Caller;
use crate::problem::Problem;
use crate::site::Web;

use super::shape::{Asked, Named, Nothing};
use super::{Route, RouteDoc, etag};

pub(super) fn routes() -> Vec<Route> {
    let words =
        ("listServices", "Every service that you may see: what runs where, and what is not well.");
    let all = RouteDoc::new("get", "/services", words, Some(Permission::Read))
        .answers::<StatusView>(200, "The board.");
    let words = ("getService", "One service: its environments and targets.");
    let one = RouteDoc::new("get", "/services/{service}", words, Some(Permission::Read))
        .path("service", "The service.", "planet4")
        .answers::<ServiceView>(200, "The service.");
    let words = ("getTarget", "One target: what runs there, since when, and how it stands.");
    let path = "/targets/{service}/{environment}/{target}";
    let target = RouteDoc::new("get", path, words, Some(Permission::Read))
        .path("service", "The service.", "planet4")
        .path("environment", "The environment.", "staging")
        .path("target", "The target.", "nl-vm")
        .answers::<TargetView>(200, "The target.");
    vec![
        Route { handler: get(list), doc: all },
        Route { handler: get(show), doc: one },
        Route { handler: get(show_target), doc: target },
    ]
}

async fn list(
    State(site): State<Web>,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let desk = site.desk();
    let mut states = Vec::new();
    for service in desk.catalog().services.values().filter(|one| caller.sees(&one.name)) {
        let state = desk.load(&service.name).await?;
        let left = desk.left_lanes(service, &state).await?;
        states.push((service, state, left));
    }
    let seen: Vec<Seen<'_>> = states
        .iter()
        .map(|(service, state, left)| Seen { service, state, left: left.clone() })
        .collect();
    let view = StatusView::of(&seen, &Reader::utc(desk.now()));
    etag::of_content(&desk, &headers, &view, &StatusView { at: String::new(), ..view.clone() })
}

async fn show(
    State(site): State<Web>,
    caller: Caller,
    Named(service): Named<ServiceName>,
    Asked(Nothing {}): Asked<Nothing>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.may(Permission::Read, Some(&service))?;
    let desk = site.desk();
    etag::of(&desk, &headers, &view(&desk, &service).await?)
}

async fn show_target(
    State(site): State<Web>,
    caller: Caller,
    Named((service, environment, target)): Named<(ServiceName, EnvironmentName, TargetName)>,
    Asked(Nothing {}): Asked<Nothing>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.may(Permission::Read, Some(&service))?;
    let desk = site.desk();
    let ServiceView { environments, .. } = view(&desk, &service).await?;
    let found: Option<TargetView> = environments
        .into_iter()
        .filter(|lane| lane.environment == environment.as_str())
        .flat_map(|lane| lane.targets)
        .find(|view| view.target == target.as_str());
    let id = TargetId { service, environment, target };
    let found = found.ok_or(DeskError::NoTarget(id))?;
    etag::of(&desk, &headers, &found)
}

async fn view(desk: &Desk, name: &ServiceName) -> Result<ServiceView, Problem> {
    let service = desk.service(name)?;
    let state = desk.load(name).await?;
    let left = desk.left_lanes(service, &state).await?;
    Ok(ServiceView::of(&Seen { service, state: &state, left }, &Reader::utc(desk.now())))
}

//! `/holds`: holding a service where it is, and letting go.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{delete, get, post};
use plimsoll_core::ids::{EnvironmentName, ServiceName};
use plimsoll_core::record::Permission;
use plimsoll_core::say::Reader;
use plimsoll_engine::words::Typed;
use plimsoll_wire::{SaidView, SayingsView};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::api::shape::{Asked, EventNumber, Named, Nothing, Sent};
use crate::api::{Route, RouteDoc, etag, schema};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::site::Web;

use super::{Because, OfService};

pub(super) fn routes() -> Vec<Route> {
    let words = ("listHolds", "What holds a service where it is.");
    let list_doc = super::list_doc("/holds", words);
    let words =
        ("hold", "Holds a service where it is until somebody lets go. It never stops a way back.");
    let hold_doc = RouteDoc::new("post", "/holds", words, Some(Permission::Release))
        .json_body::<HoldRequest>(json!({
            "service": "planet4", "environment": "production", "reason": "we look at the search first",
        }))
        .answers::<SaidView>(201, "It is held.");
    let words = ("letGo", "Lets go.");
    let back_doc = super::back_doc("/holds/{event}", words);
    vec![
        Route { handler: get(list), doc: list_doc },
        Route { handler: post(hold), doc: hold_doc },
        Route { handler: delete(let_go), doc: back_doc },
    ]
}

/// A hold.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct HoldRequest {
    /// The service.
    #[schemars(with = "schema::Name")]
    service: ServiceName,
    /// Only in this environment; in all when absent.
    #[serde(default)]
    #[schemars(with = "Option<schema::Name>")]
    environment: Option<EnvironmentName>,
    /// Why.
    #[schemars(with = "schema::Words")]
    reason: Typed,
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
    let state = desk.load(&service).await?;
    let view = SayingsView::holds(&service, &state.people, &Reader::utc(desk.now()));
    etag::of(&desk, &headers, &view)
}

async fn hold(
    State(site): State<Web>,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Sent(asked): Sent<HoldRequest>,
) -> Result<Response, Problem> {
    let HoldRequest { service, environment, reason } = asked;
    caller.may(Permission::Release, Some(&service))?;
    let desk = site.desk();
    let event = desk.hold(&service, environment.as_ref(), &reason, caller.person()?).await?;
    super::said(&desk, StatusCode::CREATED, &service, &[event])
}

async fn let_go(
    State(site): State<Web>,
    caller: Caller,
    Named(EventNumber(seq)): Named<EventNumber>,
    Asked(Because { reason }): Asked<Because>,
) -> Result<Response, Problem> {
    let desk = site.desk();
    let service = super::taken_back(&desk, &caller, seq).await?;
    let events = desk.let_go(&service, Some(seq), &reason, caller.person()?).await?;
    super::said(&desk, StatusCode::OK, &service, &events)
}

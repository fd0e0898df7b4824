//! `/holds`: holding a service where it is, and letting go.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{delete, post};
use plimsoll_core::ids::{EnvironmentName, ServiceName};
use plimsoll_core::record::Permission;
use plimsoll_engine::words::Typed;
use plimsoll_wire::{SaidView, SayingsView};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::api::shape::{Asked, Nothing, Sent};
use crate::api::{Route, RouteDoc, schema};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::site::Web;

use super::TakenBack;

pub(super) fn routes() -> Vec<Route> {
    let words = ("listHolds", "What holds a service where it is.");
    let listed = super::listed("/holds", words, SayingsView::holds);
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
        listed,
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

async fn let_go(asked: TakenBack) -> Result<Response, Problem> {
    let TakenBack { desk, service, seq, reason, by } = &asked;
    asked.answer(&desk.let_go(service, Some(*seq), reason, by).await?)
}

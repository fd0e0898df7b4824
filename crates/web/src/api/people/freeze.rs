//! `/freezes`: freezes outside the configuration's windows.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{delete, post};
use plimsoll_core::Timestamp;
use plimsoll_core::ids::{EnvironmentName, ServiceName};
use plimsoll_core::record::Permission;
use plimsoll_engine::desk::people::Freeze;
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
    let words = (
        "listFreezes",
        "The declared freezes of a service; windows of the configuration are not among them.",
    );
    let listed = super::listed("/freezes", words, SayingsView::freezes);
    let words = (
        "declareFreeze",
        "Declares a freeze outside the configuration's windows. It never stops a way back.",
    );
    let declare_doc = RouteDoc::new("post", "/freezes", words, Some(Permission::Release))
        .json_body::<FreezeRequest>(json!({
            "service": "planet4", "environment": "production",
            "from": "2098-12-20T00:00:00Z", "until": "2099-01-06T00:00:00Z", "reason": "holidays",
        }))
        .answers::<SaidView>(201, "It is declared.");
    let words = ("liftFreeze", "Lifts a declared freeze.");
    let back_doc = super::back_doc("/freezes/{event}", words);
    vec![
        listed,
        Route { handler: post(declare), doc: declare_doc },
        Route { handler: delete(lift), doc: back_doc },
    ]
}

/// A freeze.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct FreezeRequest {
    /// The service.
    #[schemars(with = "schema::Name")]
    service: ServiceName,
    /// Only in this environment; in all with a gate when absent.
    #[serde(default)]
    #[schemars(with = "Option<schema::Name>")]
    environment: Option<EnvironmentName>,
    /// From when (RFC 3339); now when absent.
    #[serde(default)]
    #[schemars(with = "Option<schema::Moment>")]
    from: Option<Timestamp>,
    /// Until when (exclusive; RFC 3339).
    #[schemars(with = "schema::Moment")]
    until: Timestamp,
    /// Why.
    #[schemars(with = "schema::Words")]
    reason: Typed,
}

async fn declare(
    State(site): State<Web>,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Sent(asked): Sent<FreezeRequest>,
) -> Result<Response, Problem> {
    let FreezeRequest { service, environment, from, until, reason } = asked;
    caller.may(Permission::Release, Some(&service))?;
    let desk = site.desk();
    let name = service.clone();
    let freeze = Freeze { service, environment, from, until, reason };
    let event = desk.freeze(&freeze, caller.person()?).await?;
    super::said(&desk, StatusCode::CREATED, &name, &[event])
}

async fn lift(asked: TakenBack) -> Result<Response, Problem> {
    let TakenBack { desk, service, seq, reason, by } = &asked;
    asked.answer(&[desk.lift(service, *seq, reason, by).await?])
}

//! `/known-failures`: putting a failure off.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{delete, post};
use plimsoll_core::Timestamp;
use plimsoll_core::ids::{CheckName, ServiceName, TargetId, TargetName, Version};
use plimsoll_core::record::Permission;
use plimsoll_engine::desk::people::PutOff;
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
    let words = ("listKnownFailures", "The failures of a service that are known and put off.");
    let listed = super::listed("/known-failures", words, SayingsView::known_failures);
    let words = (
        "recordKnownFailure",
        "Puts a failure off: by check, test and signature, with a ticket and an end.",
    );
    let record_doc = RouteDoc::new("post", "/known-failures", words, Some(Permission::Release))
        .json_body::<KnownFailureRequest>(json!({
            "service": "planet4", "check": "suite", "test": "map.tiles",
            "signature": "tile N is grey", "ticket": "#4312", "until": "2099-12-31T00:00:00Z",
        }))
        .answers::<SaidView>(201, "It counts from now on.");
    let words =
        ("withdrawKnownFailure", "Takes a known failure back: it counts as a failure again.");
    let back_doc = super::back_doc("/known-failures/{event}", words);
    vec![
        listed,
        Route { handler: post(record), doc: record_doc },
        Route { handler: delete(withdraw), doc: back_doc },
    ]
}

/// A failure that is put off. Its signature is given, or taken from the last run of the check on a
/// target.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct KnownFailureRequest {
    /// The service.
    #[schemars(with = "schema::Name")]
    service: ServiceName,
    /// The check.
    #[schemars(with = "schema::Name")]
    check: CheckName,
    /// The single test, as the check names it; the check itself when absent.
    #[serde(default)]
    #[schemars(with = "Option<schema::Words>")]
    test: Option<Typed>,
    /// Take the signature from the last run there, SERVICE/ENVIRONMENT/TARGET.
    #[serde(default)]
    #[schemars(with = "Option<schema::TargetPath>")]
    from: Option<TargetId>,
    /// The signature, where there is no run to take it from.
    #[serde(default)]
    #[schemars(with = "Option<schema::Words>")]
    signature: Option<Typed>,
    /// Not one failure, but whatever the pictures of this release's pages say: its look is meant.
    #[serde(default)]
    #[schemars(with = "Option<schema::Name>")]
    look: Option<Version>,
    /// Only on these targets; everywhere when empty.
    #[serde(default)]
    #[schemars(with = "Vec<schema::Name>")]
    targets: Vec<TargetName>,
    /// Where it is worked on.
    #[schemars(with = "schema::Words")]
    ticket: Typed,
    /// Until when (exclusive; RFC 3339).
    #[schemars(with = "schema::Moment")]
    until: Timestamp,
}

async fn record(
    State(site): State<Web>,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Sent(asked): Sent<KnownFailureRequest>,
) -> Result<Response, Problem> {
    let KnownFailureRequest { service, check, test, from, signature, look, targets, ticket, until } =
        asked;
    caller.may(Permission::Release, Some(&service))?;
    if let Some(from) = &from
        && from.service != service
    {
        return Err(Problem::wrong(format!("{from} is a target of another service")));
    }
    let desk = site.desk();
    let name = service.clone();
    let asked = PutOff { service, check, test, from, signature, look, targets, ticket, until };
    let event = desk.put_off(&asked, caller.person()?).await?;
    super::said(&desk, StatusCode::CREATED, &name, &[event])
}

async fn withdraw(asked: TakenBack) -> Result<Response, Problem> {
    let TakenBack { desk, service, seq, reason, by } = &asked;
    asked.answer(&[desk.withdraw_known_failure(service, *seq, reason, by).await?])
}

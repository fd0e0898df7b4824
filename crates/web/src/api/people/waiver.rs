//! `/waivers`: accepting an unmet requirement.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{delete, post};
use plimsoll_core::Timestamp;
use plimsoll_core::catalog::RuleName;
use plimsoll_core::ids::{CheckName, EnvironmentName, ReleaseId, TargetName};
use plimsoll_core::record::Permission;
use plimsoll_engine::desk::people::Waive;
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
    let words = ("listWaivers", "The waivers of a service.");
    let listed = super::listed("/waivers", words, SayingsView::waivers);
    let words = (
        "giveWaiver",
        "Accepts an unmet requirement of one release for one environment, with a reason and an end.",
    );
    let give_doc = RouteDoc::new("post", "/waivers", words, Some(Permission::Release))
        .json_body::<WaiverRequest>(json!({
            "release": "planet4@1.23", "to": "production", "rule": "evidence",
            "checks": ["suite"], "targets": ["nl-vm"],
            "reason": "the codec moves next week", "until": "2099-12-31T00:00:00Z",
        }))
        .answers::<SaidView>(201, "It counts from now on.");
    let words = ("withdrawWaiver", "Takes a waiver back.");
    let back_doc = super::back_doc("/waivers/{event}", words);
    vec![
        listed,
        Route { handler: post(give), doc: give_doc },
        Route { handler: delete(withdraw), doc: back_doc },
    ]
}

/// A waiver that is given.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct WaiverRequest {
    /// `service@version`.
    #[schemars(with = "schema::Release")]
    release: ReleaseId,
    /// Into this environment; the only one with a gate when absent.
    #[serde(default)]
    #[schemars(with = "Option<schema::Name>")]
    to: Option<EnvironmentName>,
    /// The rule, as in the decision.
    #[schemars(with = "schema::Rule")]
    rule: RuleName,
    /// Only on these targets; everywhere when empty.
    #[serde(default)]
    #[schemars(with = "Vec<schema::Name>")]
    targets: Vec<TargetName>,
    /// Only these checks; all of the rule's when empty.
    #[serde(default)]
    #[schemars(with = "Vec<schema::Name>")]
    checks: Vec<CheckName>,
    /// Why.
    #[schemars(with = "schema::Words")]
    reason: Typed,
    /// Until when (exclusive; RFC 3339).
    #[schemars(with = "schema::Moment")]
    until: Timestamp,
}

async fn give(
    State(site): State<Web>,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Sent(asked): Sent<WaiverRequest>,
) -> Result<Response, Problem> {
    let WaiverRequest { release, to, rule, targets, checks, reason, until } = asked;
    let service = release.service.clone();
    caller.may(Permission::Release, Some(&service))?;
    let desk = site.desk();
    let waive = Waive { release, to, rule, targets, checks, reason, until };
    let event = desk.waive(&waive, caller.person()?).await?;
    super::said(&desk, StatusCode::CREATED, &service, &[event])
}

async fn withdraw(asked: TakenBack) -> Result<Response, Problem> {
    let TakenBack { desk, service, seq, reason, by } = &asked;
    asked.answer(&[desk.withdraw_waiver(service, *seq, reason, by).await?])
}

//! `/sign-offs`: signing for a release after having looked at it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use plimsoll_core::ids::{EnvironmentName, ReleaseId, RoleName, SiteName, TargetName};
use plimsoll_core::record::Permission;
use plimsoll_core::say;
use plimsoll_engine::desk::people::Signing;
use plimsoll_engine::words::Typed;
use plimsoll_wire::{SaidView, SayingsView};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::api::shape::{self, Asked, Nothing, Sent};
use crate::api::{Route, RouteDoc, schema};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::site::Web;

pub(super) fn routes() -> Vec<Route> {
    let words = ("listSignOffs", "The signatures for releases of a service.");
    let listed = super::listed("/sign-offs", words, SayingsView::sign_offs);
    let words = (
        "signOff",
        "Signs for a release, with what the signer had opened. A signature is not taken back: a hold stops what was signed.",
    );
    let sign_doc = RouteDoc::new("post", "/sign-offs", words, Some(Permission::Release))
        .json_body::<SignOffRequest>(json!({
            "release": "planet4@1.23", "to": "production", "sites": ["nl"], "note": "looks right",
        }))
        .answers::<SaidView>(201, "It is signed.");
    vec![listed, Route { handler: post(sign), doc: sign_doc }]
}

/// A signature that is given.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct SignOffRequest {
    /// `service@version`.
    #[schemars(with = "schema::Release")]
    release: ReleaseId,
    /// Into this environment; the only one with a gate when absent.
    #[serde(default)]
    #[schemars(with = "Option<schema::Name>")]
    to: Option<EnvironmentName>,
    /// For each of these sites.
    #[serde(default)]
    #[schemars(with = "Vec<schema::Name>")]
    sites: Vec<SiteName>,
    /// For each of these targets. For the release as a whole when neither is named.
    #[serde(default)]
    #[schemars(with = "Vec<schema::Name>")]
    targets: Vec<TargetName>,
    /// As which role; the only one that is held when absent.
    #[serde(default)]
    #[schemars(with = "Option<schema::Name>")]
    role: Option<RoleName>,
    /// Free words.
    #[serde(default)]
    #[schemars(with = "schema::Note")]
    note: Typed,
}

async fn sign(
    State(site): State<Web>,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Sent(asked): Sent<SignOffRequest>,
) -> Result<Response, Problem> {
    let SignOffRequest { release, to, sites, targets, role, note } = asked;
    caller.may(Permission::Release, Some(&release.service))?;
    let desk = site.desk();
    let signing = Signing { release, to, sites, targets, role, note };
    let by = caller.person()?;
    let signed = desk.sign_off(&signing, by).await?;
    let what = match (signing.sites.as_slice(), signing.targets.as_slice()) {
        ([], []) => "the release".to_owned(),
        ([], targets) => say::list(targets, 6),
        (sites, _) => say::list(sites, 6),
    };
    let mut summary =
        format!("Signed: {} for {what}, as {}, by {by}.", signing.release, signed.role);
    if !signed.not_opened.is_empty() {
        let places = say::list(&signed.not_opened, 6);
        summary.push_str(&format!(" Not opened: {places}; the gate does not count it there."));
    }
    shape::answer(&desk, StatusCode::CREATED, &SaidView::of(&signed.events, &summary))
}

//! Running the checks of a release where it is.

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use plimsoll_core::ids::{CheckName, EnvironmentName, ReleaseId, TargetName};
use plimsoll_core::record::Permission;
use plimsoll_engine::tasks::VerifyRequest;
use serde::Deserialize;

use crate::pages::Answer;
use crate::pages::form::Many;
use crate::pages::link;
use crate::pages::place::Place;
use crate::pages::visitor::Posted;
use crate::site::Web;

use super::on_to;

pub(super) fn router() -> Router<Web> {
    Router::new().route("/verify/{release}/{on}", post(verify))
}

#[derive(Deserialize)]
struct Form {
    #[serde(default)]
    target: Many<TargetName>,
    #[serde(default)]
    check: Many<CheckName>,
}

async fn verify(
    State(site): State<Web>,
    Place((id, on)): Place<(ReleaseId, EnvironmentName)>,
    Posted { visitor, form }: Posted<Form>,
) -> Answer {
    visitor.may(Permission::Deploy, &id.service)?;
    let desk = site.desk();
    let lane = visitor.asks(desk.known_lane(&id.service, &on))?;
    visitor.asks(desk.known_release(&id).await)?;
    visitor.asks(desk.known_targets(&id.service, Some(&on), &form.target.0))?;
    visitor.asks(desk.known_checks(&id.service, &form.check.0))?;
    let request = VerifyRequest {
        lane,
        version: id.version.clone(),
        targets: form.target.0.into_iter().collect(),
        checks: form.check.0.into_iter().collect(),
        marks_good: true,
    };
    visitor.asks(site.works.begin_verifying(&desk, request).await)?;
    on_to(&link::release_on(&id, &on))
}

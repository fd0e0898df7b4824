//! Holds and declared freezes of a service: placed and taken back from its page.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use axum::routing::post;
use plimsoll_core::ids::{EnvironmentName, Seq, ServiceName};
use plimsoll_core::record::Permission;
use plimsoll_engine::desk::people::Freeze;
use plimsoll_engine::words::Typed;
use serde::Deserialize;

use crate::pages::Answer;
use crate::pages::fault::unread;
use crate::pages::form::Maybe;
use crate::pages::frame::reader;
use crate::pages::gate::moment;
use crate::pages::link;
use crate::pages::visitor::Posted;
use crate::site::Web;

pub(super) fn router() -> Router<Web> {
    Router::new()
        .route("/services/{service}/hold", post(hold))
        .route("/services/{service}/let-go", post(let_go))
        .route("/services/{service}/freeze", post(freeze))
        .route("/services/{service}/lift", post(lift))
}

type ServicePath = Result<Path<ServiceName>, axum::extract::rejection::PathRejection>;

#[derive(Deserialize)]
struct Holding {
    #[serde(default)]
    environment: Maybe<EnvironmentName>,
    #[serde(default)]
    reason: Typed,
}

#[derive(Deserialize)]
struct Ending {
    event: Maybe<u64>,
    #[serde(default)]
    reason: Typed,
}

#[derive(Deserialize)]
struct Freezing {
    #[serde(default)]
    environment: Maybe<EnvironmentName>,
    #[serde(default)]
    from: Maybe<String>,
    #[serde(default)]
    until: String,
    #[serde(default)]
    reason: Typed,
}

fn back_to(service: &ServiceName, part: &str) -> Answer {
    Ok(Redirect::to(&format!("{}#{part}", link::service(service))).into_response())
}

async fn hold(
    State(site): State<Web>,
    path: ServicePath,
    Posted { visitor, form }: Posted<Holding>,
) -> Answer {
    let Path(service) = path.map_err(|error| visitor.fault(unread(&error)))?;
    visitor.may(Permission::Release, &service)?;
    let (desk, by) = (site.desk(), visitor.person()?);
    visitor.asks(desk.hold(&service, form.environment.0.as_ref(), &form.reason, by).await)?;
    back_to(&service, "holds")
}

async fn let_go(
    State(site): State<Web>,
    path: ServicePath,
    Posted { visitor, form }: Posted<Ending>,
) -> Answer {
    let Path(service) = path.map_err(|error| visitor.fault(unread(&error)))?;
    visitor.may(Permission::Release, &service)?;
    let (desk, by) = (site.desk(), visitor.person()?);
    let event = form.event.0.map(Seq);
    visitor.asks(desk.let_go(&service, event, &form.reason, by).await)?;
    back_to(&service, "holds")
}

async fn freeze(
    State(site): State<Web>,
    path: ServicePath,
    Posted { visitor, form }: Posted<Freezing>,
) -> Answer {
    let Path(service) = path.map_err(|error| visitor.fault(unread(&error)))?;
    visitor.may(Permission::Release, &service)?;
    let (desk, by) = (site.desk(), visitor.person()?);
    let reader = reader(desk.now());
    let from = form.from.0.map(|from| visitor.asks(moment(&from, &reader))).transpose()?;
    let until = visitor.asks(moment(&form.until, &reader))?;
    let (environment, reason) = (form.environment.0, form.reason);
    let asked = Freeze { service: service.clone(), environment, from, until, reason };
    visitor.asks(desk.freeze(&asked, by).await)?;
    back_to(&service, "freezes")
}

async fn lift(
    State(site): State<Web>,
    path: ServicePath,
    Posted { visitor, form }: Posted<Ending>,
) -> Answer {
    let Path(service) = path.map_err(|error| visitor.fault(unread(&error)))?;
    visitor.may(Permission::Release, &service)?;
    let (desk, by) = (site.desk(), visitor.person()?);
    let event = Seq(form.event.0.unwrap_or_default());
    visitor.asks(desk.lift(&service, event, &form.reason, by).await)?;
    back_to(&service, "freezes")
}

//! Holds and declared freezes of a service: placed and taken back from its page.

use axum::Router;
use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::response::{IntoResponse, Redirect};
use axum::routing::post;
use plimsoll_core::ids::{EnvironmentName, Seq, ServiceName};
use plimsoll_core::record::Permission;
use plimsoll_engine::desk::people::Freeze;
use plimsoll_engine::words::Typed;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::pages::Answer;
use crate::pages::fault::Fault;
use crate::pages::form::Maybe;
use crate::pages::frame::reader;
use crate::pages::gate::moment;
use crate::pages::link;
use crate::pages::place::Place;
use crate::pages::visitor::{Posted, Visitor};
use crate::site::Web;

pub(super) fn router() -> Router<Web> {
    Router::new()
        .route("/services/{service}/hold", post(hold))
        .route("/services/{service}/let-go", post(let_go))
        .route("/services/{service}/freeze", post(freeze))
        .route("/services/{service}/lift", post(lift))
}

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

/// What somebody who may says of a service.
struct Said<T> {
    visitor: Visitor,
    service: ServiceName,
    form: T,
}

impl<T: DeserializeOwned> FromRequest<Web> for Said<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, site: &Web) -> Result<Self, Fault> {
        let (mut parts, body) = request.into_parts();
        let Place(service) = Place::from_request_parts(&mut parts, site).await?;
        let request = Request::from_parts(parts, body);
        let Posted { visitor, form } = Posted::from_request(request, site).await?;
        visitor.may(Permission::Release, &service)?;
        Ok(Self { visitor, service, form })
    }
}

fn back_to(service: &ServiceName, part: &str) -> Answer {
    Ok(Redirect::to(&format!("{}#{part}", link::service(service))).into_response())
}

async fn hold(State(site): State<Web>, Said { visitor, service, form }: Said<Holding>) -> Answer {
    let (desk, by) = (site.desk(), visitor.person()?);
    visitor.asks(desk.hold(&service, form.environment.0.as_ref(), &form.reason, by).await)?;
    back_to(&service, "holds")
}

async fn let_go(State(site): State<Web>, Said { visitor, service, form }: Said<Ending>) -> Answer {
    let (desk, by) = (site.desk(), visitor.person()?);
    let event = form.event.0.map(Seq);
    visitor.asks(desk.let_go(&service, event, &form.reason, by).await)?;
    back_to(&service, "holds")
}

async fn freeze(
    State(site): State<Web>,
    Said { visitor, service, form }: Said<Freezing>,
) -> Answer {
    let (desk, by) = (site.desk(), visitor.person()?);
    let reader = reader(desk.now());
    let from = form.from.0.map(|from| visitor.asks(moment(&from, &reader))).transpose()?;
    let until = visitor.asks(moment(&form.until, &reader))?;
    let (environment, reason) = (form.environment.0, form.reason);
    let asked = Freeze { service: service.clone(), environment, from, until, reason };
    visitor.asks(desk.freeze(&asked, by).await)?;
    back_to(&service, "freezes")
}

async fn lift(State(site): State<Web>, Said { visitor, service, form }: Said<Ending>) -> Answer {
    let (desk, by) = (site.desk(), visitor.person()?);
    let event = Seq(form.event.0.unwrap_or_default());
    visitor.asks(desk.lift(&service, event, &form.reason, by).await)?;
    back_to(&service, "freezes")
}

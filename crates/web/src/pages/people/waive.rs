//! Accepting an unmet requirement, with a reason and an end.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::Uri;
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use plimsoll_core::catalog::RuleName;
use plimsoll_core::ids::{CheckName, EnvironmentName, ReleaseId, TargetName};
use plimsoll_core::record::Permission;
use plimsoll_core::say;
use plimsoll_core::units::Period;
use plimsoll_engine::desk::people::Waive;
use plimsoll_engine::words::Typed;
use serde::Deserialize;

use crate::pages::Answer;
use crate::pages::form::Many;
use crate::pages::frame::{Body, reader};
use crate::pages::gate::moment;
use crate::pages::link;
use crate::pages::parts::Link;
use crate::pages::place::Place;
use crate::pages::visitor::{Posted, Visitor, read};
use crate::problem::Problem;
use crate::site::Web;

/// How long a waiver lasts unless somebody says otherwise.
const USUAL: Period = Period::from_hours(7 * 24);

pub(super) fn router() -> Router<Web> {
    Router::new().route("/waive/{release}/{to}", get(show).post(waive))
}

type GatePath = Place<(ReleaseId, EnvironmentName)>;

#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    rule: String,
    #[serde(default)]
    check: Many<CheckName>,
    #[serde(default)]
    target: Many<TargetName>,
}

#[derive(Deserialize)]
struct Form {
    rule: String,
    #[serde(default)]
    check: Many<CheckName>,
    #[serde(default)]
    target: Many<TargetName>,
    #[serde(default)]
    reason: Typed,
    until: String,
}

#[derive(Template)]
#[template(path = "waive.html")]
struct Page {
    answer: String,
    rule: String,
    checks: Vec<CheckName>,
    targets: Vec<TargetName>,
    until: String,
    zone: String,
    action: String,
    form_token: String,
    person: String,
    back: Link,
}

fn rule(text: &str) -> Result<RuleName, Problem> {
    let found = RuleName::ALL.into_iter().find(|rule| rule.as_str() == text);
    found.ok_or_else(|| Problem::wrong(format!("`{}` is no rule", say::shorten(text, 40))))
}

async fn show(
    State(site): State<Web>,
    visitor: Visitor,
    Place((id, to)): GatePath,
    uri: Uri,
) -> Answer {
    visitor.may(Permission::Release, &id.service)?;
    let asked: Asked = visitor.asks(read(uri.query().unwrap_or_default().as_bytes()))?;
    let rule = visitor.asks(rule(&asked.rule))?;
    let desk = site.desk();
    visitor.asks(desk.gated(&id, Some(&to)))?;
    let reader = reader(desk.now());
    let until = USUAL.after(reader.now).to_zoned(reader.zone.clone());
    let page = Page {
        answer: say::confirm_waiver(rule, &id, &to),
        rule: rule.to_string(),
        checks: asked.check.0,
        targets: asked.target.0,
        until: until.strftime("%Y-%m-%dT%H:%M").to_string(),
        zone: until.strftime("%Z").to_string(),
        action: format!("/waive/{id}/{to}"),
        form_token: visitor.form_token(),
        person: visitor.person()?.to_string(),
        back: Link::new(link::gate(&id, &to), "Back to the gate"),
    };
    let crumbs = vec![
        Link::new("/", "Board"),
        Link::new(link::release(&id), id.to_string()),
        Link::new(link::gate(&id, &to), format!("gate to {to}")),
        Link::new("", "waive"),
    ];
    let body = visitor.asks(Body::new(page.answer.clone(), &page))?;
    visitor.page(body.under(crumbs).about(&id.service)).await
}

async fn waive(
    State(site): State<Web>,
    Place((id, to)): GatePath,
    Posted { visitor, form }: Posted<Form>,
) -> Answer {
    visitor.may(Permission::Release, &id.service)?;
    let desk = site.desk();
    let until = visitor.asks(moment(&form.until, &reader(desk.now())))?;
    if until <= desk.now() {
        return Err(visitor.fault(Problem::wrong("its end has passed already")));
    }
    let asked = Waive {
        release: id.clone(),
        to: Some(to.clone()),
        rule: visitor.asks(rule(&form.rule))?,
        targets: form.target.0,
        checks: form.check.0,
        reason: form.reason,
        until,
    };
    visitor.asks(desk.waive(&asked, visitor.person()?).await)?;
    Ok(Redirect::to(&link::gate(&id, &to)).into_response())
}

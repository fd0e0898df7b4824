//! Promoting: the gate is asked, the plan is shown, the name is typed.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use plimsoll_core::gate::Pass;
use plimsoll_core::ids::{DecisionId, EnvironmentName, ReleaseId};
use plimsoll_core::record::{Permission, Plan};
use plimsoll_core::say;
use plimsoll_engine::desk::{Desk, Request};
use plimsoll_engine::tasks::Configuration;
use serde::Deserialize;

use crate::pages::Answer;
use crate::pages::frame::{Body, reader};
use crate::pages::link;
use crate::pages::parts::Link;
use crate::pages::place::Place;
use crate::pages::visitor::{Posted, Visitor};
use crate::problem::Problem;
use crate::site::Web;

use super::{Shown, lane, mark_of, on_to, typed};

pub(super) fn router() -> Router<Web> {
    Router::new().route("/promote/{release}/{to}", get(show).post(promote))
}

#[derive(Deserialize)]
struct Form {
    #[serde(default)]
    name: String,
    #[serde(default)]
    plan: String,
}

#[derive(Template)]
#[template(path = "confirm.html")]
pub(super) struct Page {
    pub answer: String,
    pub lead: String,
    pub changed: bool,
    pub head: String,
    pub plan: Vec<(String, String)>,
    pub loud: Option<String>,
    pub mark: String,
    pub action: String,
    pub form_token: String,
    pub name: String,
    pub button: &'static str,
    pub is_danger: bool,
    pub asks_reason: bool,
    pub back: Link,
}

/// What the gate let through, and the plan that came of it.
struct Planned {
    plan: Plan,
    pass: Pass,
    decision: DecisionId,
}

async fn planned(
    desk: &Desk,
    visitor: &Visitor,
    (id, to): (&ReleaseId, &EnvironmentName),
) -> Result<Option<Planned>, Problem> {
    let lane = lane(id.service.clone(), to.clone());
    desk.gated(id, Some(to))?;
    let release = desk.known_release(id).await?;
    let asked = desk.ask_gate(id, to).await?;
    let (state, facts, decision) = (asked.state, asked.facts, asked.id);
    let Ok(allowed) = asked.ruling.pass() else { return Ok(None) };
    let pass = Pass::from(allowed);
    let only = std::collections::BTreeSet::new();
    let by = visitor.caller.person()?;
    let request = Request { lane: &lane, only: &only, by };
    let plan = desk.plan_promotion(&request, &release, (&pass, decision), (&state, &facts))?;
    Ok(Some(Planned { plan, pass, decision }))
}

async fn show(
    State(site): State<Web>,
    visitor: Visitor,
    Place((id, to)): Place<(ReleaseId, EnvironmentName)>,
) -> Answer {
    visitor.may(Permission::Release, &id.service)?;
    let desk = site.desk();
    // What is under way there is watched; another one can be asked for when it has ended.
    let state = visitor.asks(desk.load(&id.service).await)?;
    if let Some(active) = state.active(&to) {
        return on_to(&format!("/promotions/{}", active.id));
    }
    match visitor.asks(planned(&desk, &visitor, (&id, &to)).await)? {
        None => on_to(&link::gate(&id, &to)),
        Some(found) => confirm(&visitor, &desk, (&id, &to), &found.plan, false).await,
    }
}

async fn confirm(
    visitor: &Visitor,
    desk: &Desk,
    (id, to): (&ReleaseId, &EnvironmentName),
    plan: &Plan,
    changed: bool,
) -> Answer {
    let shown = Shown::of(plan, &reader(desk.now()));
    let page = Page {
        answer: say::confirm_promotion(plan),
        lead: say::CONFIRM_LEAD.to_owned(),
        changed,
        head: shown.head,
        plan: shown.plan,
        loud: shown.loud,
        mark: shown.mark,
        action: format!("/promote/{id}/{to}"),
        form_token: visitor.form_token(),
        name: plan.lane.to_string(),
        button: "Promote",
        is_danger: false,
        asks_reason: false,
        back: Link::new(link::gate(id, to), "Back to the gate"),
    };
    let body = visitor.asks(Body::new(page.answer.clone(), &page))?;
    let crumbs = vec![
        Link::new("/", "Board"),
        Link::new(link::release(id), id.to_string()),
        Link::new(link::gate(id, to), format!("gate to {to}")),
        Link::new("", "promote"),
    ];
    visitor.page(body.under(crumbs).about(&id.service)).await
}

async fn promote(
    State(site): State<Web>,
    Place((id, to)): Place<(ReleaseId, EnvironmentName)>,
    Posted { visitor, form }: Posted<Form>,
) -> Answer {
    visitor.may(Permission::Release, &id.service)?;
    let lane = lane(id.service.clone(), to.clone());
    visitor.asks(typed(&form.name, &lane))?;
    let desk = site.desk();
    let driver = site.works.driver(&desk);
    let found = visitor.asks(planned(driver.desk(), &visitor, (&id, &to)).await)?;
    let Some(Planned { plan, pass, decision }) = found else {
        return on_to(&link::gate(&id, &to));
    };
    if mark_of(&plan) != form.plan {
        return confirm(&visitor, &desk, (&id, &to), &plan, true).await;
    }
    let started = driver.desk().start_promotion(&plan, &pass, decision).await;
    let promotion = visitor.asks(started)?;
    site.works.drive(driver, &lane, Configuration::AsPlanned);
    on_to(&format!("/promotions/{promotion}"))
}

//! Rolling back to what was last verified good. No freeze and no hold stops it.

use std::collections::BTreeSet;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use plimsoll_core::ids::{EnvironmentName, LaneId, ServiceName};
use plimsoll_core::record::{Permission, Plan};
use plimsoll_core::say;
use plimsoll_engine::desk::{Desk, Request};
use plimsoll_engine::tasks::Configuration;
use plimsoll_engine::words::Typed;
use serde::Deserialize;

use crate::pages::Answer;
use crate::pages::frame::{Body, reader};
use crate::pages::link;
use crate::pages::parts::Link;
use crate::pages::place::Place;
use crate::pages::visitor::{Posted, Visitor};
use crate::problem::Problem;
use crate::site::Web;

use super::promote::Page;
use super::{Shown, lane, mark_of, on_to, typed};

pub(super) fn router() -> Router<Web> {
    Router::new().route("/roll-back/{service}/{environment}", get(show).post(roll_back))
}

#[derive(Deserialize)]
struct Form {
    #[serde(default)]
    name: String,
    #[serde(default)]
    plan: String,
    #[serde(default)]
    reason: Typed,
}

/// The words with which a plan is looked at before anybody has said why.
const NOT_SAID_YET: &str = "not said yet";

async fn planned(
    desk: &Desk,
    visitor: &Visitor,
    lane: &LaneId,
    reason: &str,
) -> Result<Plan, Problem> {
    desk.known_lane(&lane.service, &lane.environment)?;
    let only = BTreeSet::new();
    let request = Request { lane, only: &only, by: visitor.caller.person()? };
    Ok(desk.plan_rollback(&request, None, reason).await?)
}

async fn show(
    State(site): State<Web>,
    visitor: Visitor,
    Place((service, environment)): Place<(ServiceName, EnvironmentName)>,
) -> Answer {
    visitor.may(Permission::Release, &service)?;
    let lane = lane(service, environment);
    let desk = site.desk();
    let state = visitor.asks(desk.load(&lane.service).await)?;
    if let Some(active) = state.active(&lane.environment) {
        return on_to(&format!("/promotions/{}/abort", active.id));
    }
    let plan = visitor.asks(planned(&desk, &visitor, &lane, NOT_SAID_YET).await)?;
    confirm(&visitor, &desk, &plan, false).await
}

async fn confirm(visitor: &Visitor, desk: &Desk, plan: &Plan, changed: bool) -> Answer {
    let shown = Shown::of(plan, &reader(desk.now()));
    let lane = &plan.lane;
    let page = Page {
        answer: say::confirm_rollback(plan),
        lead: say::ROLLBACK_LEAD.to_owned(),
        changed,
        head: shown.head,
        plan: shown.plan,
        loud: None,
        mark: unreasoned(plan),
        action: format!("/roll-back/{lane}"),
        form_token: visitor.form_token(),
        name: lane.to_string(),
        button: "Roll back",
        is_danger: true,
        asks_reason: true,
        back: Link::new(link::service(&lane.service), format!("Back to {}", lane.service)),
    };
    let body = visitor.asks(Body::new(page.answer.clone(), &page))?;
    let crumbs = vec![
        Link::new("/", "Board"),
        Link::new(link::service(&lane.service), lane.service.to_string()),
        Link::new("", format!("roll {} back", lane.environment)),
    ];
    visitor.page(body.under(crumbs).about(&lane.service)).await
}

/// The plan's mark without the reason, which is said when it is confirmed.
fn unreasoned(plan: &Plan) -> String {
    let mut plain = plan.clone();
    plain.kind = plimsoll_core::record::PlanKind::Rollback { reason: NOT_SAID_YET.to_owned() };
    mark_of(&plain)
}

async fn roll_back(
    State(site): State<Web>,
    Place((service, environment)): Place<(ServiceName, EnvironmentName)>,
    Posted { visitor, form }: Posted<Form>,
) -> Answer {
    visitor.may(Permission::Release, &service)?;
    let lane = lane(service, environment);
    visitor.asks(typed(&form.name, &lane))?;
    let desk = site.desk();
    let reason = visitor.asks(desk.words("reason", &form.reason))?;
    let driver = site.works.driver(&desk);
    let plan = visitor.asks(planned(driver.desk(), &visitor, &lane, &reason).await)?;
    if unreasoned(&plan) != form.plan {
        return confirm(&visitor, &desk, &plan, true).await;
    }
    let promotion = visitor.asks(driver.desk().start(&plan, Vec::new()).await)?;
    site.works.drive(driver, &lane, Configuration::AsPlanned);
    on_to(&format!("/promotions/{promotion}"))
}

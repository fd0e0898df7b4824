//! Ending a promotion early: it goes back by itself.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use plimsoll_core::ids::PromotionId;
use plimsoll_core::record::Permission;
use plimsoll_core::say;
use plimsoll_engine::tasks::Configuration;
use plimsoll_engine::words::Typed;
use serde::Deserialize;

use crate::pages::Answer;
use crate::pages::frame::{Body, reader};
use crate::pages::link;
use crate::pages::parts::Link;
use crate::pages::place::Place;
use crate::pages::promotion::the_plan;
use crate::pages::visitor::{Posted, Visitor};
use crate::site::Web;

use super::{on_to, typed};

pub(super) fn router() -> Router<Web> {
    Router::new().route("/promotions/{promotion}/abort", get(show).post(abort))
}

#[derive(Deserialize)]
struct Form {
    #[serde(default)]
    name: String,
    #[serde(default)]
    reason: Typed,
}

#[derive(Template)]
#[template(path = "abort.html")]
struct Page {
    answer: String,
    sentence: String,
    action: String,
    form_token: String,
    name: String,
    back: Link,
}

async fn show(State(site): State<Web>, visitor: Visitor, Place(id): Place<PromotionId>) -> Answer {
    let desk = site.desk();
    let planned = visitor.asks(the_plan(&site, id).await)?;
    let plan = &planned.plan;
    visitor.may(Permission::Release, &plan.lane.service)?;
    let state = visitor.asks(desk.load(&plan.lane.service).await)?;
    let here = format!("/promotions/{id}");
    let Some(active) = state.active(&plan.lane.environment).filter(|active| active.id == id) else {
        return on_to(&here);
    };
    let page = Page {
        answer: say::confirm_abort(id, plan),
        sentence: say::going(active, &reader(desk.now())).1,
        action: format!("{here}/abort"),
        form_token: visitor.form_token(),
        name: plan.lane.to_string(),
        back: Link::new(here.clone(), "Back to the promotion"),
    };
    let crumbs = vec![
        Link::new("/", "Board"),
        Link::new(link::service(&plan.lane.service), plan.lane.service.to_string()),
        Link::new(here, id.to_string()),
        Link::new("", "end it"),
    ];
    let body = visitor.asks(Body::new(page.answer.clone(), &page))?;
    visitor.page(body.under(crumbs).about(&plan.lane.service)).await
}

async fn abort(
    State(site): State<Web>,
    Place(id): Place<PromotionId>,
    Posted { visitor, form }: Posted<Form>,
) -> Answer {
    let desk = site.desk();
    let planned = visitor.asks(the_plan(&site, id).await)?;
    let plan = &planned.plan;
    let lane = &plan.lane;
    visitor.may(Permission::Release, &lane.service)?;
    visitor.asks(typed(&form.name, lane))?;
    let reason = visitor.asks(desk.words("reason", &form.reason))?;
    visitor.asks(desk.abort_promotion(lane, id, visitor.person()?, &reason).await)?;
    // Whoever drives it sees it; where nobody does, it is driven back from here.
    if !visitor.asks(desk.is_driven(lane).await)? {
        site.works.drive(site.works.driver(&desk), lane, Configuration::AsItIsNow);
    }
    on_to(&format!("/promotions/{id}"))
}

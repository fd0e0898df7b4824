//! `/promotions`: moving a release through the gate, looking at it, and ending it.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use plimsoll_core::event::Stream;
use plimsoll_core::gate::{BreakGlass, Pass, Ruling};
use plimsoll_core::ids::{
    EnvironmentName, LaneId, PersonName, PromotionId, ReleaseId, ServiceName, TargetName,
};
use plimsoll_core::record::Permission;
use plimsoll_core::say::Reader;
use plimsoll_engine::desk::{Desk, Request};
use plimsoll_engine::tasks::Configuration;
use plimsoll_engine::words::Typed;
use plimsoll_wire::{
    DecisionView, EventView, NothingToDoView, PlanView, PromotionStoryView, PromotionView,
    PromotionsView,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::site::Web;

use super::shape::{self, Asked, EventNumber, Named, Nothing, Sent};
use super::{Route, RouteDoc, etag, lane, page, schema};

/// How many are listed when nobody says how many.
const LISTED: usize = 40;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route { handler: get(list), doc: list_doc() },
        Route { handler: post(start), doc: start_doc() },
        Route { handler: get(show), doc: show_doc() },
        Route { handler: post(abort), doc: abort_doc() },
    ]
}

fn list_doc() -> RouteDoc {
    let words = (
        "listPromotions",
        "What is under way for a service, and the last promotions, deployments and rollbacks that ended.",
    );
    RouteDoc::new("get", "/promotions", words, Some(Permission::Read))
        .query("service", true, "The service.", "planet4")
        .query("environment", false, "Only in this environment.", "production")
        .query("before", false, "Only those that began before this event.", "1200")
        .query("limit", false, "How many at most; 40 when absent.", "20")
        .answers::<PromotionsView>(
            200,
            "The promotions; the Link header says where older ones are.",
        )
}

fn start_doc() -> RouteDoc {
    let words = (
        "startPromotion",
        "Asks the gate and, when it allows, carries the promotion out: wave by wave, each checked and watched. It goes on by itself; look at it where Location says.",
    );
    RouteDoc::new("post", "/promotions", words, Some(Permission::Release))
        .json_body::<PromotionRequest>(json!({
            "release": "planet4@1.23", "to": "production", "confirm": "planet4/production",
        }))
        .answers::<PromotionView>(201, "It has begun.")
        .answers::<PlanView>(200, "With dry-run: the plan.")
        .answers::<NothingToDoView>(200, "Every target runs the release already.")
        .answers::<DecisionView>(
            409,
            "The gate refuses: every requirement, why, and who can do what.",
        )
}

fn show_doc() -> RouteDoc {
    let words = ("getPromotion", "A promotion with its plan and everything that happened in it.");
    RouteDoc::new("get", "/promotions/{promotion}", words, Some(Permission::Read))
        .path("promotion", "Its number.", "p-17")
        .answers::<PromotionStoryView>(200, "The promotion.")
}

fn abort_doc() -> RouteDoc {
    let words = (
        "abortPromotion",
        "Asks a promotion to end: what is being deployed is finished, then every target that was moved goes back.",
    );
    RouteDoc::new("post", "/promotions/{promotion}/abort", words, Some(Permission::Release))
        .path("promotion", "Its number.", "p-17")
        .json_body::<AbortRequest>(json!({ "reason": "search is slow" }))
        .answers::<PromotionView>(202, "It was asked to end, and goes back.")
}

/// A promotion that is asked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct PromotionRequest {
    /// `service@version`.
    #[schemars(with = "schema::Release")]
    release: ReleaseId,
    /// The environment.
    #[schemars(with = "schema::Name")]
    to: EnvironmentName,
    /// Only these targets; all when empty.
    #[serde(default)]
    #[schemars(with = "Vec<schema::Name>")]
    targets: BTreeSet<TargetName>,
    /// The name of what changes, SERVICE/ENVIRONMENT. It is needed to change anything.
    #[serde(default)]
    confirm: Option<String>,
    /// Answer the plan, and change nothing.
    #[serde(default)]
    dry_run: bool,
    /// Go ahead although the gate refuses, for this reason. It is written down, shown everywhere,
    /// and what is missing is asked for at the next gate.
    #[serde(default)]
    #[schemars(with = "Option<schema::Words>")]
    break_glass: Option<Typed>,
}

async fn start(
    State(site): State<Web>,
    caller: Caller,
    Asked(Nothing {}): Asked<Nothing>,
    Sent(asked): Sent<PromotionRequest>,
) -> Result<Response, Problem> {
    caller.may(Permission::Release, Some(&asked.release.service))?;
    let by = caller.person()?;
    let desk = site.desk();
    let glass = asked.break_glass.as_ref();
    let reason = glass.map(|typed| desk.words("break-glass", typed)).transpose()?;
    let lane = desk.known_lane(&asked.release.service, &asked.to)?;
    desk.known_targets(&lane.service, Some(&lane.environment), &asked.targets)?;
    let release = desk.known_release(&asked.release).await?;
    if !asked.dry_run {
        lane::confirmed(&lane, asked.confirm.as_deref())?;
    }
    let driver = site.works.driver(&desk);
    let desk = driver.desk();
    let answer = desk.ask_gate(&asked.release, &asked.to).await?;
    let (state, facts, decision) = (answer.state, answer.facts, answer.id);
    let pass = match pass(answer.ruling, reason.as_deref(), by) {
        Ok(pass) => pass,
        Err(refused) => {
            let view = DecisionView::from(refused.decision()).with_id(decision);
            return shape::answer(desk, StatusCode::CONFLICT, &view);
        }
    };
    let request = Request { lane: &lane, only: &asked.targets, by };
    let plan = match desk.plan_promotion(&request, &release, (&pass, decision), (&state, &facts)) {
        Ok(plan) => plan,
        Err(error) => return lane::unless_done(desk, &asked.release, error),
    };
    if asked.dry_run {
        return lane::plan(desk, &plan);
    }
    let id = desk.start_promotion(&plan, &pass, decision).await?;
    lane::begun(&site, driver, id, &lane).await
}

/// What lets it through: the gate, or a person who breaks the glass.
#[expect(clippy::result_large_err, reason = "the refusal is the value that is shown")]
fn pass(ruling: Ruling, reason: Option<&str>, by: &PersonName) -> Result<Pass, Ruling> {
    match (ruling.pass(), reason) {
        (Ok(allowed), _) => Ok(allowed.into()),
        (Err(refused), None) => Err(refused),
        (Err(refused), Some(reason)) => {
            let again = refused.clone();
            BreakGlass::new(refused, reason, by.clone()).map(Pass::from).map_err(|_| again)
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    service: ServiceName,
    environment: Option<EnvironmentName>,
    before: Option<EventNumber>,
    limit: Option<usize>,
}

async fn list(
    State(site): State<Web>,
    caller: Caller,
    Asked(which): Asked<Which>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Which { service, environment, before, limit } = which;
    caller.may(Permission::Read, Some(&service))?;
    let limit = page::limit(limit, LISTED)?;
    let desk = site.desk();
    desk.known_environment(&service, environment.as_ref())?;
    let state = desk.load(&service).await?;
    let lanes =
        state.lanes.iter().filter(|(name, _)| environment.as_ref().is_none_or(|e| e == *name));
    let mut found: Vec<(u64, PromotionView)> = Vec::new();
    for (_, lane) in lanes {
        found.extend(lane.active.iter().map(|one| (one.id.0.0, PromotionView::from(one))));
        found.extend(lane.finished.iter().map(|one| (one.id.0.0, PromotionView::from(one))));
    }
    found.retain(|(seq, _)| before.is_none_or(|EventNumber(before)| *seq < before.0));
    found.sort_by_key(|(seq, _)| std::cmp::Reverse(*seq));
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|(seq, _)| *seq);
    let promotions = found.into_iter().map(|(_, view)| view).collect();
    let view = PromotionsView { service: service.to_string(), promotions };
    let mut response = etag::of(&desk, &headers, &view)?;
    if let Some(next) = next {
        let of = environment.map(|name| format!("&environment={name}")).unwrap_or_default();
        let place = format!("/api/v1/promotions?service={service}&before={next}&limit={limit}{of}");
        page::link_next(&mut response, &place);
    }
    Ok(response)
}

async fn show(
    State(site): State<Web>,
    caller: Caller,
    Named(id): Named<PromotionId>,
    Asked(Nothing {}): Asked<Nothing>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let desk = site.desk();
    let event = desk.event(id.0, &format!("promotion {id}")).await?;
    caller.may(Permission::Read, event.stream.service())?;
    let whole = desk.whole_promotion(&event, &Reader::utc(desk.now())).await?;
    let view = PromotionStoryView {
        id: id.to_string(),
        standing: whole.standing.1,
        driven: whole.driven,
        plan: PlanView::from(&whole.plan),
        events: whole.events.iter().map(EventView::from).collect(),
    };
    etag::of(&desk, &headers, &view)
}

/// A promotion that is to end.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct AbortRequest {
    /// Why.
    #[schemars(with = "schema::Words")]
    reason: Typed,
}

async fn abort(
    State(site): State<Web>,
    caller: Caller,
    Named(id): Named<PromotionId>,
    Asked(Nothing {}): Asked<Nothing>,
    Sent(ending): Sent<AbortRequest>,
) -> Result<Response, Problem> {
    let desk = site.desk();
    let what = format!("promotion {id}");
    let event = desk.event(id.0, &what).await?;
    caller.may(Permission::Release, event.stream.service())?;
    let Stream::Lane(lane) = &event.stream else {
        return Err(Problem::not_found(format!("there is no {what}")));
    };
    let reason = desk.words("reason", &ending.reason)?;
    desk.abort_promotion(lane, id, caller.person()?, &reason).await?;
    goes_back(&site, &desk, id, lane).await
}

/// Makes sure that somebody drives what was asked to end, and answers where it is to be seen.
pub(super) async fn goes_back(
    site: &Web,
    desk: &Desk,
    id: PromotionId,
    lane: &LaneId,
) -> Result<Response, Problem> {
    if !desk.is_driven(lane).await? {
        site.works.drive(site.works.driver(desk), lane, Configuration::AsItIsNow);
    }
    let view = lane::one(desk, id, lane).await?;
    shape::made(desk, StatusCode::ACCEPTED, &format!("promotions/{id}"), &view)
}

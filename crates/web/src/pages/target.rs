//! One target: what runs there, what was found there, and where it goes back to.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use plimsoll_core::ids::{EnvironmentName, ReleaseId, ServiceName, TargetId, TargetName};
use plimsoll_core::ledger::TargetState;
use plimsoll_core::say::{self, Reader, cell};
use plimsoll_engine::desk::{Desk, DeskError};

use crate::problem::Problem;
use crate::site::Web;

use super::Answer;
use super::frame::{Body, reader};
use super::link;
use super::parts::{Badge, Link, Look, Moment};
use super::place::Place;
use super::visitor::Visitor;

pub(super) fn router() -> Router<Web> {
    Router::new().route("/targets/{service}/{environment}/{target}", get(target))
}

struct Found {
    check: String,
    run: Option<Link>,
    badge: Badge,
    version: String,
    at: Option<Moment>,
    finding: String,
}

#[derive(Template)]
#[template(path = "target.html")]
struct Page {
    look: Look,
    word: String,
    answer: String,
    meta: String,
    url: Option<String>,
    results: Vec<Found>,
    facts: Vec<(&'static str, String)>,
    deployment: Option<Link>,
    promotion: Option<Link>,
    release: Option<Link>,
    good: Vec<(String, Moment, bool)>,
    history: String,
}

async fn target(
    State(site): State<Web>,
    visitor: Visitor,
    Place((service, environment, target)): Place<(ServiceName, EnvironmentName, TargetName)>,
) -> Answer {
    visitor.may_see(&service)?;
    let id = TargetId { service, environment, target };
    let desk = site.desk();
    let body = visitor.asks(make(&desk, &id).await)?;
    visitor.page(body).await
}

async fn make(desk: &Desk, id: &TargetId) -> Result<Body, Problem> {
    let service = desk.service(&id.service)?;
    let Some(configured) = service.target(id) else {
        return Err(DeskError::NoTarget(id.clone()).into());
    };
    let state = desk.load(&id.service).await?;
    let known = state.target(id);
    let reader = reader(desk.now());
    let (stands, answer) = say::target_answer(id, known);
    let deployment = known.and_then(|known| known.deployment.as_ref());
    let release = deployment.map(|deployment| ReleaseId {
        service: id.service.clone(),
        version: deployment.version.clone(),
    });
    let expected = service.expected_checks(&id.environment, &id.target, configured);
    let page = Page {
        look: Look::of(stands),
        word: say::capital(super::parts::state_word(stands)),
        answer: answer.clone(),
        meta: format!("site {}, platform {}", configured.site, configured.platform),
        url: configured.url.as_deref().map(|url| say::shorten(url, 200)),
        results: expected.map(|(check, _)| result(id, check, known, &reader)).collect(),
        facts: facts(known, &reader),
        deployment: deployment
            .map(|one| Link::new(format!("/events/{}", one.id.0), one.id.to_string())),
        promotion: deployment
            .and_then(|one| one.promotion)
            .map(|p| Link::new(format!("/promotions/{p}"), p.to_string())),
        release: release
            .map(|one| Link::new(link::release_on(&one, &id.environment), one.to_string())),
        good: known
            .into_iter()
            .flat_map(|known| known.verified_good.iter().rev())
            .map(|good| {
                let at = Moment::clock(good.at, &reader);
                (good.version.to_string(), at, good.doubted_at.is_some())
            })
            .collect(),
        history: format!("/history?target={}", link::query(&id.to_string())),
    };
    let crumbs = vec![
        Link::new("/", "Board"),
        Link::new(link::service(&id.service), id.service.to_string()),
        Link::new("", format!("{}/{}", id.environment, id.target)),
    ];
    let title = format!("{} {answer}", id.service);
    Ok(Body::new(title, &page)?.under(crumbs).about(&id.service))
}

fn result(
    id: &TargetId,
    check: &plimsoll_core::ids::CheckName,
    known: Option<&TargetState>,
    reader: &Reader,
) -> Found {
    let run = known.and_then(|known| known.results.get(check));
    let stands = cell(&id.target, check, run.map(|run| (run.id, &run.result)));
    let stands = match run.and_then(|run| run.control.as_ref()) {
        Some(control) => stands.because(&control.cause, reader),
        None => stands,
    };
    Found {
        check: check.to_string(),
        run: run.map(|run| Link::new(format!("/runs/{}", run.id), run.id.to_string())),
        badge: Badge::of(stands.state),
        version: run.map(|run| run.result.version.to_string()).unwrap_or_default(),
        at: run.map(|run| Moment::clock(run.result.finished_at, reader)),
        finding: stands.finding,
    }
}

fn facts(known: Option<&TargetState>, reader: &Reader) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    let Some(known) = known else { return facts };
    if let Some(one) = &known.deployment {
        let how = match (&one.report, one.adopted) {
            (_, true) => "adopted as it was".to_owned(),
            (Some(report), _) => say::deploy_result(report),
            (None, false) => "under way".to_owned(),
        };
        facts.push(("Deployed", format!("{}, {how}", reader.whole(one.started_at))));
        if let Some(previous) = &one.previous {
            facts.push(("Before it", previous.to_string()));
        }
    }
    if let Some(drift) = &known.drift {
        let seen = say::observed(&drift.observed);
        facts.push(("Drifted", format!("{seen} runs, since {}", reader.clock(drift.at))));
    }
    let version = known.deployment.as_ref().map(|one| &one.version);
    let way_back = version.and_then(|version| known.last_verified_good_but(version));
    facts.push((
        "Way back",
        match way_back {
            Some(good) => format!("{}, verified good {}", good.version, reader.day(good.at)),
            None => "none is known".to_owned(),
        },
    ));
    if let Some((_, rehearsal)) = &known.rehearsal {
        let how = match &rehearsal.finding {
            None if rehearsal.effect_observed => "there and back observed".to_owned(),
            None => "its effect was not observed".to_owned(),
            Some(finding) => say::shorten(finding, 200),
        };
        facts.push(("Rehearsed", format!("{}, {how}", reader.clock(rehearsal.at))));
    }
    facts
}

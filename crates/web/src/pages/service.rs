//! One service: what waits, every target, its releases, what moved, and what holds it.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use plimsoll_core::ids::{EnvironmentName, ServiceName};
use plimsoll_core::ledger::ServiceState;
use plimsoll_core::record::Permission;
use plimsoll_core::say::{self, Reader, Seen};
use plimsoll_core::units::Period;
use plimsoll_engine::desk::Desk;

use crate::problem::Problem;
use crate::site::Web;

use super::Answer;
use super::board::fleet::{self, Fleet};
use super::frame::{Body, reader};
use super::link;
use super::parts::{Badge, Link, Look, Moment};
use super::place::Place;
use super::visitor::Visitor;

/// Releases that are listed, the newest first.
const MOST_RELEASES: usize = 20;

/// How long a freeze lasts unless somebody says otherwise.
const USUAL_FREEZE: Period = Period::from_hours(4);

pub(super) fn router() -> Router<Web> {
    Router::new().route("/services/{service}", get(service))
}

struct Waiting {
    look: Look,
    word: String,
    version: String,
    sentence: String,
    more: Option<Link>,
    command: String,
}

struct Named {
    link: Link,
    added: Moment,
    by: String,
    runs: String,
    gates: Vec<Link>,
}

struct Moved {
    link: Link,
    what: String,
    badge: Badge,
    began: Moment,
    by: String,
}

struct Said {
    title: String,
    words: String,
    seq: u64,
}

#[derive(Template)]
#[template(path = "service.html")]
struct Page {
    answer: String,
    name: ServiceName,
    tier: &'static str,
    waiting: Vec<Waiting>,
    fleets: Vec<Fleet>,
    releases: Vec<Named>,
    more_releases: usize,
    moves: Vec<Moved>,
    holds: Vec<Said>,
    freezes: Vec<Said>,
    follow_ups: Vec<String>,
    environments: Vec<EnvironmentName>,
    gated: Vec<EnvironmentName>,
    roll_back: Vec<Link>,
    may: bool,
    form_token: String,
    freeze_until: String,
    zone: String,
}

async fn service(
    State(site): State<Web>,
    visitor: Visitor,
    Place(name): Place<ServiceName>,
) -> Answer {
    visitor.may_see(&name)?;
    let desk = site.desk();
    let body = visitor.asks(make(&desk, &visitor, &name).await)?;
    visitor.page(body).await
}

async fn make(desk: &Desk, visitor: &Visitor, name: &ServiceName) -> Result<Body, Problem> {
    let service = desk.service(name)?;
    let state = desk.load(name).await?;
    let left = desk.left_lanes(service, &state).await?;
    let reader = reader(desk.now());
    let seen = Seen { service, state: &state, left };
    let unwell = say::board(&seen, &reader);
    let may = visitor.is_offered(Permission::Release, name);
    let until = USUAL_FREEZE.after(reader.now).to_zoned(reader.zone.clone());
    let moves = state.lanes.values().any(|lane| lane.active.is_some());
    let is_known =
        state.lanes.values().flat_map(|lane| lane.targets.values()).any(|t| t.deployment.is_some());
    let gated: Vec<EnvironmentName> = service
        .environments
        .iter()
        .filter(|environment| environment.after.is_some())
        .map(|environment| environment.name.clone())
        .collect();
    let page = Page {
        answer: say::service_answer(name, &unwell, is_known),
        name: name.clone(),
        tier: say::tier_word(service.tier),
        waiting: unwell
            .iter()
            .map(|row| Waiting {
                look: Look::of_mark(row.standing.mark()),
                word: say::capital(row.standing.word()),
                version: row.version.clone(),
                sentence: row.sentence.clone(),
                more: link::of_command(&row.command)
                    .filter(|href| *href != link::service(name))
                    .map(|href| Link::new(href, "See it")),
                command: row.command.clone(),
            })
            .collect(),
        fleets: fleet::of(service, &state),
        releases: releases(&state, &gated, &reader),
        more_releases: state.releases.len().saturating_sub(MOST_RELEASES),
        moves: moved(&state, &reader),
        holds: state
            .people
            .holds
            .iter()
            .filter(|said| said.withdrawn_at.is_none())
            .map(|one| said(&say::hold(one, &reader)))
            .collect(),
        freezes: state
            .people
            .freezes
            .iter()
            .filter(|said| said.withdrawn_at.is_none() && said.what.until > reader.now)
            .map(|one| said(&say::freeze(one, &reader)))
            .collect(),
        follow_ups: state.follow_ups.iter().map(say::follow_up).collect(),
        environments: service.environments.iter().map(|e| e.name.clone()).collect(),
        gated,
        roll_back: match may {
            true => service
                .environments
                .iter()
                .filter(|environment| super::moves::can_go_back(&state, &environment.name))
                .map(|environment| {
                    let href = format!("/roll-back/{name}/{}", environment.name);
                    Link::new(href, format!("Roll {} back", environment.name))
                })
                .collect(),
            false => Vec::new(),
        },
        may,
        form_token: visitor.form_token(),
        freeze_until: until.strftime("%Y-%m-%dT%H:%M").to_string(),
        zone: until.strftime("%Z").to_string(),
    };
    let crumbs = vec![Link::new("/", "Board"), Link::new("", name.to_string())];
    Ok(Body::new(page.answer.clone(), &page)?.under(crumbs).about(name).moving(moves))
}

fn said(one: &say::InForce) -> Said {
    Said { title: one.title.clone(), words: one.words.clone(), seq: one.seq.map_or(0, |seq| seq.0) }
}

fn releases(state: &ServiceState, gated: &[EnvironmentName], reader: &Reader) -> Vec<Named> {
    let mut all: Vec<_> = state.releases.values().collect();
    all.sort_by_key(|release| std::cmp::Reverse(release.added_at));
    let runs = |version: &plimsoll_core::ids::Version| {
        let places: Vec<_> = state
            .lanes
            .iter()
            .filter_map(|(environment, lane)| {
                let here = lane.targets.values().filter(|t| t.version() == Some(version)).count();
                (here > 0).then(|| format!("{environment} ({})", say::count(here, "target")))
            })
            .collect();
        if places.is_empty() { "nowhere".to_owned() } else { places.join(", ") }
    };
    all.into_iter()
        .take(MOST_RELEASES)
        .map(|release| Named {
            link: Link::new(link::release(&release.id), release.id.version.to_string()),
            added: Moment::clock(release.added_at, reader),
            by: release.added_by.to_string(),
            runs: runs(&release.id.version),
            gates: gated
                .iter()
                .map(|to| Link::new(link::gate(&release.id, to), format!("gate to {to}")))
                .collect(),
        })
        .collect()
}

fn moved(state: &ServiceState, reader: &Reader) -> Vec<Moved> {
    let mut all = Vec::new();
    for lane in state.lanes.values() {
        all.extend(lane.active.iter().map(|active| {
            let (standing, _) = say::going(active, reader);
            let badge = Badge::marked(standing.mark(), standing.word());
            let what = say::move_title(&active.plan.kind, &active.plan.release);
            let what = format!("{what} to {}", active.plan.lane.environment);
            (active.id, active.started_at, what, badge, active.plan.by.to_string())
        }));
    }
    for (environment, lane) in &state.lanes {
        all.extend(lane.finished.iter().map(|one| {
            let look = say::end_look(&one.end);
            let what = format!("{} to {environment}", say::move_title(&one.kind, &one.release));
            let badge = Badge::marked(look.mark, look.word);
            (one.id, one.started_at, what, badge, one.by.to_string())
        }));
    }
    all.sort_by_key(|(id, ..)| std::cmp::Reverse(*id));
    all.into_iter()
        .take(12)
        .map(|(id, at, what, badge, by)| Moved {
            link: Link::new(format!("/promotions/{id}"), id.to_string()),
            began: Moment::clock(at, reader),
            what,
            badge,
            by,
        })
        .collect()
}

//! A promotion: its plan, its waves, what happened. It is a fold over its events, so it survives a
//! reload of the page and a restart of the server.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use plimsoll_core::event::{Event, EventKind};
use plimsoll_core::ids::{LaneId, PromotionId};
use plimsoll_core::record::{Permission, Plan};
use plimsoll_core::say::{self, Course, Reader};
use plimsoll_engine::desk::{Desk, DeskError};

use crate::problem::Problem;
use crate::site::Web;

use super::Answer;
use super::frame::{Body, reader};
use super::link;
use super::parts::{Badge, Link, Look, Moment};
use super::place::Place;
use super::visitor::Visitor;

/// Events read at once.
const BATCH: u32 = 1_000;

/// Events of one promotion that are told; more only a machine reads.
const MOST_EVENTS: usize = 20_000;

/// Lines of what happened.
const MOST_LINES: usize = 200;

/// Targets of a wave that are listed, those that need a look first.
const MOST_TARGETS: usize = 100;

pub(super) fn router() -> Router<Web> {
    Router::new().route("/promotions/{promotion}", get(promotion))
}

struct Wave {
    number: usize,
    badge: Badge,
    words: String,
    targets: Vec<Host>,
    hidden: usize,
    is_next: bool,
}

struct Host {
    name: String,
    href: String,
    badge: Badge,
    detail: String,
    output: Option<Link>,
    is_loud: bool,
}

pub(super) struct Line {
    pub at: Moment,
    pub look: Look,
    pub word: String,
    pub what: String,
    pub detail: String,
    pub who: String,
    pub href: String,
}

#[derive(Template)]
#[template(path = "promotion.html")]
struct Page {
    look: Look,
    word: String,
    answer: String,
    by: String,
    began: Moment,
    decision: Option<Link>,
    done: usize,
    all: usize,
    goes_back: bool,
    moves: bool,
    is_left: Option<String>,
    abort: Option<String>,
    roll_back: Option<String>,
    waves: Vec<Wave>,
    head: String,
    plan: Vec<(String, String)>,
    loud: Option<String>,
    lines: Vec<Line>,
    hidden: usize,
    lane: LaneId,
}

async fn promotion(
    State(site): State<Web>,
    visitor: Visitor,
    Place(id): Place<PromotionId>,
) -> Answer {
    let desk = site.desk();
    let planned = visitor.asks(the_plan(&site, id).await)?;
    let service = &planned.plan.lane.service;
    visitor.may_see(service)?;
    let may = visitor.is_offered(Permission::Release, service);
    // Whether somebody still drives it is not in the ledger: it is looked at every few seconds.
    let tick = desk.now().as_second() / 5;
    let name = format!("promotion {id} {may} {tick}");
    let make = async || make(&desk, id, &planned, may).await;
    visitor.shared_page(name, &desk, make).await
}

/// The event that began a promotion, and its plan.
pub(super) struct Planned {
    started: Event,
    pub(super) plan: Plan,
}

/// The plans of promotions that were looked at: an event never changes.
#[derive(Default)]
pub(super) struct Plans(Mutex<HashMap<PromotionId, Arc<Planned>>>);

/// How many plans are kept. One of a thousand targets has some 500 kB.
const MOST_PLANS: usize = 32;

/// The plan of a promotion.
pub(super) async fn the_plan(site: &Web, id: PromotionId) -> Result<Arc<Planned>, Problem> {
    let known = || site.pages.plans.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(planned) = known().get(&id) {
        return Ok(planned.clone());
    }
    let none = || Problem::not_found(format!("there is no promotion {id}"));
    let started = site.desk().parts().ledger.event(id.0).await.map_err(DeskError::from)?;
    let started = started.ok_or_else(none)?;
    let EventKind::PromotionStarted { plan, .. } = &started.kind else { return Err(none()) };
    let planned = Arc::new(Planned { plan: (**plan).clone(), started });
    let mut known = known();
    if known.len() >= MOST_PLANS {
        known.clear();
    }
    known.insert(id, planned.clone());
    Ok(planned)
}

/// The lane's events from its beginning to its end.
async fn story(desk: &Desk, id: PromotionId, started: &Event) -> Result<Vec<Event>, Problem> {
    let mut events: Vec<Event> = Vec::new();
    let mut version = started.version.saturating_sub(1);
    loop {
        let page = desk.parts().ledger.stream_events(&started.stream, version, BATCH).await;
        let page = page.map_err(DeskError::from)?;
        let full = page.len() == BATCH as usize;
        for event in page {
            version = event.version;
            let ends = matches!(&event.kind, EventKind::PromotionFinished { promotion, .. } if *promotion == id);
            events.push(event);
            if ends {
                return Ok(events);
            }
        }
        if !full || events.len() >= MOST_EVENTS {
            return Ok(events);
        }
    }
}

async fn make(
    desk: &Desk,
    id: PromotionId,
    Planned { started, plan }: &Planned,
    may_release: bool,
) -> Result<Body, Problem> {
    let reader = reader(desk.now());
    let events = story(desk, id, started).await?;
    let course = Course::of(id, &events);
    let state = desk.load(&plan.lane.service).await?;
    let active = state.active(&plan.lane.environment).filter(|active| active.id == id);
    let driven = match active {
        Some(_) => desk.is_driven(&plan.lane).await?,
        None => false,
    };
    let (look, word, sentence) = match (&course.end, active) {
        (Some(end), _) => {
            let look = say::end_look(end);
            (Look::of_mark(look.mark), look.word, say::end(end))
        }
        (None, Some(active)) => {
            let (standing, sentence) = say::going(active, &reader);
            match driven {
                true => (Look::of_mark(standing.mark()), standing.word(), sentence),
                false => {
                    let left = say::Standing::Interrupted;
                    (Look::of_mark(left.mark()), left.word(), say::left_behind(&sentence))
                }
            }
        }
        (None, None) => (Look::WAITING, "not known", "its end is not known".to_owned()),
    };
    let moves = course.end.is_none() && active.is_some();
    let look = if course.goes_back() { look.shaped("rollback") } else { look };
    let answer = format!("{}: {sentence}.", plan.release);
    let (done, all) = course.progress(plan);
    let lane = &plan.lane;
    let page = Page {
        look,
        word: say::capital(word),
        answer: answer.clone(),
        by: plan.by.to_string(),
        began: Moment::clock(started.at, &reader),
        decision: plan.decision.map(|id| Link::new(format!("/decisions/{id}"), id.to_string())),
        done,
        all,
        goes_back: course.goes_back(),
        moves,
        is_left: (moves && !driven).then(|| format!("plimsoll resume {lane}")),
        abort: (moves && may_release && course.abort.is_none())
            .then(|| format!("/promotions/{id}/abort")),
        roll_back: (!moves && may_release && super::moves::can_go_back(&state, &lane.environment))
            .then(|| format!("/roll-back/{lane}")),
        waves: waves(plan, &course, &reader),
        head: say::plan_head(plan),
        plan: say::plan_lines(plan, &reader),
        loud: say::plan_loud(plan),
        hidden: events.len().saturating_sub(MOST_LINES),
        lines: events.iter().rev().take(MOST_LINES).map(|event| line(event, &reader)).collect(),
        lane: lane.clone(),
    };
    let crumbs = vec![
        Link::new("/", "Board"),
        Link::new(link::service(&lane.service), lane.service.to_string()),
        Link::new("", format!("{} {id} in {}", say::plan_kind(&plan.kind), lane.environment)),
    ];
    let title = format!("{}: {}", page.word, plan.release);
    Ok(Body::new(title, &page)?.under(crumbs).about(&lane.service).moving(moves))
}

fn waves(plan: &Plan, course: &Course, reader: &Reader) -> Vec<Wave> {
    let wave = |at: usize| {
        let (mark, word, words) = course.wave(plan, at, reader);
        let mut targets: Vec<_> = plan.waves[at]
            .targets
            .iter()
            .map(|target| course.target(plan, target, reader))
            .collect();
        // Red first, then what moves, then the rest as it is planned.
        targets.sort_by_key(|one| {
            let bad = Look::of_mark(one.mark).class == "is-failed";
            (!bad, !one.moves)
        });
        let hidden = targets.len().saturating_sub(MOST_TARGETS);
        let targets = targets.into_iter().take(MOST_TARGETS).map(|one| Host {
            href: link::target(&plan.lane.target(&one.target)),
            name: one.target.to_string(),
            is_loud: matches!(Look::of_mark(one.mark).class, "is-failed" | "is-wrong-version"),
            badge: Badge::marked(one.mark, one.word),
            output: one.deployment.map(|id| Link::new(format!("/events/{}", id.0), id.to_string())),
            detail: one.detail,
        });
        let is_next = word == say::NOT_BEGUN;
        let targets = if is_next { Vec::new() } else { targets.collect() };
        Wave { number: at + 1, badge: Badge::marked(mark, word), words, targets, hidden, is_next }
    };
    (0..plan.waves.len()).map(wave).collect()
}

/// An event, as a line.
pub(super) fn line(event: &Event, reader: &Reader) -> Line {
    let line = say::event(event, reader);
    Line {
        at: Moment::seconds(event.at, reader),
        look: Look::of_mark(line.mark),
        word: line.word,
        what: line.what,
        detail: line.detail,
        who: line.who,
        href: super::event::page_of(event),
    }
}

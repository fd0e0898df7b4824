//! What happened, newest first: by service, target, person and kind, a page at a time.

use std::collections::BTreeSet;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use plimsoll_core::event::{Actor, Event, EventKind, Stream};
use plimsoll_core::ids::{PersonName, Seq, ServiceName, TargetId};
use plimsoll_core::record::Permission;
use plimsoll_core::say::{self, Reader, Story, Told};
use plimsoll_engine::desk::{Desk, DeskError};
use plimsoll_engine::ports::HistoryFilter;
use serde::Deserialize;

use crate::problem::Problem;
use crate::site::Web;

use super::Answer;
use super::form::Maybe;
use super::frame::{Body, Section, reader};
use super::link;
use super::parts::{Link, Look, Moment};
use super::place::Wanted;
use super::visitor::Visitor;

/// Lines on a page.
const LINES: usize = 60;

/// Events read at once.
const PAGE: u32 = 1_000;

/// Events looked through for one page: where few are of the kind that is wanted, the next page goes
/// on where this one stopped.
const LOOKED_THROUGH: usize = 20_000;

pub(super) fn router() -> Router<Web> {
    Router::new().route("/history", get(history))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    service: Maybe<ServiceName>,
    #[serde(default)]
    target: Maybe<TargetId>,
    #[serde(default)]
    person: Maybe<PersonName>,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    before: Maybe<u64>,
    #[serde(default)]
    all: String,
}

/// Kinds that are looked at together.
struct Kind {
    name: &'static str,
    words: &'static str,
    tags: &'static [&'static str],
}

const KINDS: [Kind; 6] = [
    Kind { name: "", words: "Everything", tags: &[] },
    Kind {
        name: "moves",
        words: "promotions and rollbacks",
        tags: &[
            "promotion-started",
            "driver-claimed",
            "wave-held",
            "regression-found",
            "abort-requested",
            "rollback-started",
            "promotion-finished",
            "rehearsal-finished",
            "adopted",
            "gap-seen",
            "drift-found",
            "drift-ended",
        ],
    },
    Kind { name: "decisions", words: "decisions", tags: &["decision-made"] },
    Kind {
        name: "checks",
        words: "checks",
        tags: &["verify-started", "verify-finished", "check-finished", "check-controlled"],
    },
    Kind {
        name: "people",
        words: "what people said",
        tags: &[
            "waiver-given",
            "waiver-withdrawn",
            "known-failure-recorded",
            "known-failure-withdrawn",
            "pictures-opened",
            "signed-off",
            "hold-placed",
            "hold-released",
            "freeze-declared",
            "freeze-lifted",
            "follow-up-closed",
            "follow-up-became-moot",
            "abort-requested",
        ],
    },
    Kind { name: "releases", words: "releases", tags: &["release-added", "artifacts-named"] },
];

struct Line {
    at: Moment,
    look: Look,
    word: String,
    what: String,
    detail: String,
    who: String,
    href: String,
    seq: Seq,
}

struct Day {
    name: String,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "history.html")]
struct Page {
    answer: String,
    kinds: Vec<(Link, bool)>,
    services: Vec<ServiceName>,
    service: String,
    target: String,
    person: String,
    kind: String,
    all: bool,
    every: Link,
    days: Vec<Day>,
    older: Option<String>,
    zone: String,
}

async fn history(
    State(site): State<Web>,
    visitor: Visitor,
    Wanted(asked): Wanted<Asked>,
) -> Answer {
    let service = asked.service.0.as_ref().or(asked.target.0.as_ref().map(|id| &id.service));
    if let Some(service) = service {
        visitor.may_see(service)?;
    }
    let desk = site.desk();
    let body = visitor.asks(make(&desk, &visitor, &asked).await)?;
    visitor.page(body).await
}

async fn make(desk: &Desk, visitor: &Visitor, asked: &Asked) -> Result<Body, Problem> {
    let reader = reader(desk.now());
    let (told, older) = told(desk, visitor, asked, &reader).await?;
    let mut days: Vec<Day> = Vec::new();
    for one in &told {
        let name = reader.day(one.event.at);
        if days.last().is_none_or(|day| day.name != name) {
            days.push(Day { name, lines: Vec::new() });
        }
        if let Some(day) = days.last_mut() {
            day.lines.push(line(one, &reader));
        }
    }
    let page = Page {
        answer: say::history_answer(&told, older.is_some(), asked.before.0.is_some()),
        kinds: KINDS
            .iter()
            .map(|kind| {
                (Link::new(address(asked, kind.name, None), kind.words), kind.name == asked.kind)
            })
            .collect(),
        services: desk
            .catalog()
            .services
            .keys()
            .filter(|name| visitor.caller.sees(name))
            .cloned()
            .collect(),
        service: text(asked.service.0.as_ref()),
        target: text(asked.target.0.as_ref()),
        person: text(asked.person.0.as_ref()),
        kind: asked.kind.clone(),
        all: !asked.all.is_empty(),
        every: every(asked),
        days,
        older: older.map(|seq| address(asked, &asked.kind, Some(seq))),
        zone: reader.now.to_zoned(reader.zone.clone()).strftime("%Z").to_string(),
    };
    let body = Body::new(page.answer.clone(), &page)?.in_section(Section::History);
    Ok(match &asked.service.0 {
        Some(service) => body.about(service),
        None => body,
    })
}

fn text<T: std::fmt::Display>(value: Option<&T>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

fn line(told: &Told, reader: &Reader) -> Line {
    let line = &told.line;
    Line {
        at: Moment::says(line.at, reader.seconds(line.at)),
        look: Look::of_mark(line.mark),
        word: line.word.clone(),
        what: line.what.clone(),
        detail: line.detail.clone(),
        who: line.who.clone(),
        href: super::event::page_of(&told.event),
        seq: line.seq,
    }
}

/// The address of this history with another kind, from another event on.
fn address(asked: &Asked, kind: &str, before: Option<Seq>) -> String {
    let mut parts = Vec::new();
    let mut add = |key: &str, value: String| {
        if !value.is_empty() {
            parts.push(format!("{key}={}", link::query(&value)));
        }
    };
    add("service", text(asked.service.0.as_ref()));
    add("target", text(asked.target.0.as_ref()));
    add("person", text(asked.person.0.as_ref()));
    add("kind", kind.to_owned());
    add("all", if asked.all.is_empty() { String::new() } else { "1".to_owned() });
    add("before", before.map(|seq| seq.to_string()).unwrap_or_default());
    if parts.is_empty() { "/history".to_owned() } else { format!("/history?{}", parts.join("&")) }
}

/// The other amount of detail.
fn every(asked: &Asked) -> Link {
    let all = !asked.all.is_empty();
    let other = Asked {
        all: if all { String::new() } else { "1".to_owned() },
        service: asked.service.clone(),
        target: asked.target.clone(),
        person: asked.person.clone(),
        kind: asked.kind.clone(),
        before: Maybe(None),
    };
    let words = if all { "Headlines only" } else { "Every event" };
    Link::new(address(&other, &other.kind, None), words)
}

/// The lines of a page, and the event before which the next one goes on.
async fn told(
    desk: &Desk,
    visitor: &Visitor,
    asked: &Asked,
    reader: &Reader,
) -> Result<(Vec<Told>, Option<Seq>), Problem> {
    let kinds = KINDS.iter().find(|kind| kind.name == asked.kind);
    let service =
        asked.service.0.clone().or_else(|| asked.target.0.as_ref().map(|id| id.service.clone()));
    let mut filter = HistoryFilter {
        service,
        before: asked.before.0.map(Seq),
        kinds: kinds
            .map(|kind| kind.tags)
            .unwrap_or_default()
            .iter()
            .map(ToString::to_string)
            .collect(),
    };
    // The small steps are what happened on one target, or what one person did.
    let small = !asked.all.is_empty() || asked.target.0.is_some() || asked.person.0.is_some();
    let mut story = Story::new(reader, small);
    if asked.before.0.is_some() {
        story = story.without_the_newest(under_way(desk).await?);
    }
    let (mut seen, mut last, mut full) = (0, filter.before, false);
    loop {
        let page = desk.parts().ledger.recent(&filter, PAGE).await.map_err(DeskError::from)?;
        let Some(end) = page.last().map(|event| event.seq) else {
            return Ok((story.into_told(), last.filter(|_| full)));
        };
        filter.before = Some(end);
        for event in page.into_iter().filter(|event| is_wanted(event, visitor, asked)) {
            if full && story.is_complete() {
                return Ok((story.into_told(), last));
            }
            if !full && story.len() >= LINES {
                full = true;
                if story.is_complete() {
                    return Ok((story.into_told(), last));
                }
            }
            match full {
                true => story.complete(&event),
                false => {
                    last = Some(event.seq);
                    story.push(event);
                }
            }
        }
        seen += PAGE as usize;
        if seen >= LOOKED_THROUGH {
            let next = if full { last } else { Some(end) };
            return Ok((story.into_told(), next));
        }
    }
}

fn is_wanted(event: &Event, visitor: &Visitor, asked: &Asked) -> bool {
    let sees = match event.stream.service() {
        Some(service) => visitor.caller.sees(service),
        None => visitor.caller.may(Permission::Administer, None).is_ok(),
    };
    let by = |person: &PersonName| matches!(&event.actor, Actor::Person(one) if one == person);
    sees && asked.person.0.as_ref().is_none_or(by)
        && asked.target.0.as_ref().is_none_or(|target| concerns(event, target))
}

/// Whether an event is about this target.
fn concerns(event: &Event, id: &TargetId) -> bool {
    if let Stream::Lane(lane) | Stream::Evidence(lane) = &event.stream
        && *lane != id.lane()
    {
        return false;
    }
    let name = &id.target;
    match &event.kind {
        EventKind::CheckFinished { result } => result.target == *id,
        EventKind::DeploymentStarted { target, .. }
        | EventKind::GapSeen { target, .. }
        | EventKind::DriftFound { target, .. }
        | EventKind::DriftEnded { target }
        | EventKind::CheckControlled { target, .. } => target == name,
        EventKind::VerifiedGood { targets, .. }
        | EventKind::RollbackStarted { targets, .. }
        | EventKind::Adopted { targets, .. } => targets.contains(name),
        EventKind::PromotionStarted { plan, .. } => plan.change(name).is_some(),
        EventKind::RegressionFound { regressions, .. } => {
            regressions.iter().any(|one| one.target == *name)
        }
        EventKind::RehearsalFinished { rehearsal } => rehearsal.target == *id,
        EventKind::PicturesOpened { opened } => {
            opened.environment == id.environment && opened.targets.contains(name)
        }
        EventKind::WaiverGiven { waiver } => waiver.targets.contains(name),
        EventKind::SignedOff { sign_off } => sign_off.target.as_ref() == Some(name),
        _ => false,
    }
}

/// The verifications that have not ended.
async fn under_way(desk: &Desk) -> Result<BTreeSet<Seq>, Problem> {
    let mut found = BTreeSet::new();
    for service in desk.catalog().services.keys() {
        let state = desk.load(service).await?;
        let verifying = state.lanes.values().flat_map(|lane| &lane.verifying);
        found.extend(verifying.map(|one| one.started));
    }
    Ok(found)
}

//! What is on the calendar of a service.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::Timestamp;
use plimsoll_core::catalog::{CalendarRead, RuleKind, Service};
use plimsoll_core::gate::calendar::status;
use plimsoll_core::ledger::ServiceState;
use plimsoll_core::record::State;
use plimsoll_core::say::{self, Reader};
use plimsoll_core::units::Period;

use crate::pages::parts::Look;

/// How far ahead windows are listed.
const AHEAD: Period = Period::from_hours(14 * 24);

/// How far back ended ones are listed.
const BACK: Period = Period::from_hours(30 * 24);

/// How often one window is listed.
const MOST_OF_A_WINDOW: usize = 20;

/// What sort of entry it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Window,
    Freeze,
    Hold,
    Promotion,
}

impl Kind {
    pub(super) const fn look(self) -> Look {
        match self {
            Self::Window | Self::Freeze => Look::WAITING.shaped("freeze"),
            Self::Hold => Look::WAITING,
            Self::Promotion => Look::of(State::Running).shaped("deployed"),
        }
    }
}

/// Something with a beginning, and mostly an end.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The same for the same thing, always.
    pub uid: String,
    pub kind: Kind,
    pub from: Timestamp,
    pub until: Option<Timestamp>,
    pub title: String,
    pub words: String,
    pub href: Option<String>,
    /// The services that it is about.
    services: BTreeSet<String>,
}

/// Everything on the calendar of a service.
pub(super) fn of(
    service: &Service,
    state: &ServiceState,
    calendars: &BTreeMap<String, CalendarRead>,
    reader: &Reader,
) -> Vec<Entry> {
    let mut all = windows(service, calendars, reader);
    let name = service.name.to_string();
    let horizon = BACK.before(reader.now);
    for said in &state.people.freezes {
        let freeze = &said.what;
        let until = said.withdrawn_at.map_or(freeze.until, |lifted| lifted.min(freeze.until));
        let said = say::freeze(said, reader);
        all.push(Entry {
            uid: format!("freeze-{}", said.seq.map_or(0, |seq| seq.0)),
            kind: Kind::Freeze,
            from: freeze.from,
            until: Some(until),
            title: format!("Freeze of {name}"),
            words: said.words,
            href: said.seq.map(|seq| format!("/events/{seq}")),
            services: BTreeSet::new(),
        });
    }
    for said in state.people.holds.iter().filter(|said| said.withdrawn_at.is_none()) {
        let at = said.what.at;
        let said = say::hold(said, reader);
        all.push(Entry {
            uid: format!("hold-{}", said.seq.map_or(0, |seq| seq.0)),
            kind: Kind::Hold,
            from: at,
            until: None,
            title: format!("Hold of {name}"),
            words: said.words,
            href: Some(format!("/services/{name}#holds")),
            services: BTreeSet::new(),
        });
    }
    for lane in state.lanes.values() {
        for one in &lane.finished {
            all.push(Entry {
                uid: one.id.to_string(),
                kind: Kind::Promotion,
                from: one.started_at,
                until: Some(one.finished_at),
                title: say::move_title(&one.kind, &one.release),
                words: format!("{}; begun by {}", say::end_look(&one.end).word, one.by),
                href: Some(format!("/promotions/{}", one.id)),
                services: BTreeSet::new(),
            });
        }
        all.extend(lane.active.iter().map(|active| Entry {
            uid: active.id.to_string(),
            kind: Kind::Promotion,
            from: active.started_at,
            until: None,
            title: say::move_title(&active.plan.kind, &active.plan.release),
            words: say::going(active, reader).1,
            href: Some(format!("/promotions/{}", active.id)),
            services: BTreeSet::new(),
        }));
    }
    all.retain(|entry| entry.until.is_none_or(|until| until >= horizon));
    all
}

/// The freeze windows of a service, each time that they are on.
fn windows(
    service: &Service,
    calendars: &BTreeMap<String, CalendarRead>,
    reader: &Reader,
) -> Vec<Entry> {
    let mut all = Vec::new();
    let horizon = AHEAD.after(reader.now);
    for (environment, rules) in &service.gates {
        for rule in rules {
            let RuleKind::Freeze(window) = &rule.kind else { continue };
            let mut at = reader.now;
            for _ in 0..MOST_OF_A_WINDOW {
                let Ok(found) = status(window, calendars, at) else { break };
                let (from, until) = match (found.on, found.changes_at) {
                    (true, changes_at) => (at, changes_at),
                    (false, Some(next)) if next < horizon => {
                        let until =
                            status(window, calendars, next).ok().and_then(|found| found.until);
                        (next, until)
                    }
                    (false, _) => break,
                };
                all.push(Entry {
                    uid: format!(
                        "window-{}-{}-{}",
                        window.name,
                        environment,
                        until.unwrap_or(from).as_second()
                    ),
                    kind: Kind::Window,
                    from,
                    until,
                    title: format!("Freeze window {}", window.name),
                    words: format!("into {environment}"),
                    href: None,
                    services: [service.name.to_string()].into(),
                });
                let Some(next) = until else { break };
                at = next;
            }
        }
    }
    all
}

/// The same window of many services is one entry.
pub(super) fn joined(all: Vec<Entry>) -> Vec<Entry> {
    let mut joined: Vec<Entry> = Vec::new();
    for entry in all {
        let same = joined.iter_mut().rev().take_while(|one| one.from == entry.from).find(|one| {
            one.kind == Kind::Window && one.uid == entry.uid && one.until == entry.until
        });
        match same {
            Some(one) => one.services.extend(entry.services),
            None => joined.push(entry),
        }
    }
    for one in joined.iter_mut().filter(|one| one.kind == Kind::Window) {
        let services: Vec<_> = one.services.iter().collect();
        one.words = format!("{}, of {}", one.words, say::list(&services, 4));
    }
    joined
}

//! What a person said, as programs read it: waivers, known failures, signatures, holds, freezes.

use plimsoll_core::Timestamp;
use plimsoll_core::event::{Actor, Event, EventKind};
use plimsoll_core::ids::{Seq, ServiceName};
use plimsoll_core::ledger::{Declared, PeopleState, Said};
use plimsoll_core::record::{FollowUp, Hold, KnownFailure, MootFollowUp, SignOff, Waiver};
use plimsoll_core::say::{self, Reader};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a person said, and the events that keep it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct SaidView {
    /// `waived`, `waiver-withdrawn`, `known-failure`, `known-failure-withdrawn`, `signed-off`,
    /// `held`, `let-go`, `frozen`, `freeze-lifted`.
    pub said: String,
    /// The same in one sentence.
    pub summary: String,
    /// The service.
    pub service: String,
    /// The events that keep it; these numbers take it back.
    pub events: Vec<u64>,
    /// Who said it.
    pub by: String,
    /// When (RFC 3339, UTC).
    pub at: String,
    /// Why, or the note, where one was given; secrets are taken out.
    pub reason: Option<String>,
    /// The release.
    pub release: Option<String>,
    /// The environment; null for all of them.
    pub environment: Option<String>,
    /// The rule that is waived.
    pub rule: Option<String>,
    /// Only these targets; all when empty.
    pub targets: Vec<String>,
    /// Only these checks; all when empty.
    pub checks: Vec<String>,
    /// The sites that were signed for.
    pub sites: Vec<String>,
    /// As which role.
    pub role: Option<String>,
    /// The single test of a known failure.
    pub test: Option<String>,
    /// The signature of a known failure.
    pub signature: Option<String>,
    /// Where a known failure is worked on.
    pub ticket: Option<String>,
    /// From when (RFC 3339, UTC).
    pub from: Option<String>,
    /// Until when (RFC 3339, UTC).
    pub until: Option<String>,
    /// The event that is taken back.
    pub takes_back: Option<u64>,
}

impl SaidView {
    /// The view of what was just said, in one or several events of the same kind.
    #[must_use]
    pub fn of(events: &[Event], summary: &str) -> Self {
        let Some(first) = events.first() else { return Self::default() };
        let mut view = Self {
            summary: summary.to_owned(),
            service: first.stream.service().map(ToString::to_string).unwrap_or_default(),
            events: events.iter().map(|event| event.seq.0).collect(),
            by: match &first.actor {
                Actor::Person(person) => person.to_string(),
                Actor::Plimsoll => "plimsoll".to_owned(),
            },
            at: first.at.to_string(),
            ..Self::default()
        };
        events.iter().for_each(|event| view.add(&event.kind));
        view
    }

    /// The view of something that was said before, as the state keeps it.
    #[must_use]
    pub fn kept(service: &ServiceName, seq: Seq, kind: &EventKind, reader: &Reader) -> Self {
        let mut view = Self {
            summary: say::said_of(service, kind, reader),
            service: service.to_string(),
            events: vec![seq.0],
            ..Self::default()
        };
        view.add(kind);
        view
    }

    fn add(&mut self, kind: &EventKind) {
        if let EventKind::WaiverGiven { waiver } = kind {
            self.word("waived", &waiver.reason);
            self.release = Some(waiver.release.to_string());
            self.environment = Some(waiver.to.to_string());
            self.rule = Some(waiver.rule.to_string());
            self.targets = waiver.targets.iter().map(ToString::to_string).collect();
            self.checks = waiver.checks.iter().map(ToString::to_string).collect();
            self.until = Some(waiver.until.to_string());
        } else if let EventKind::KnownFailureRecorded { known_failure: known } = kind {
            self.word("known-failure", "");
            self.checks = vec![known.check.to_string()];
            self.test.clone_from(&known.test);
            self.signature = Some(known.signature.clone());
            self.targets = known.targets.iter().map(ToString::to_string).collect();
            self.ticket = Some(known.ticket.clone());
            self.until = Some(known.until.to_string());
        } else if let EventKind::SignedOff { sign_off } = kind {
            self.word("signed-off", &sign_off.note);
            self.release = Some(sign_off.release.to_string());
            self.environment = Some(sign_off.to.to_string());
            self.role = Some(sign_off.role.to_string());
            self.sites.extend(sign_off.site.iter().map(ToString::to_string));
            self.targets.extend(sign_off.target.iter().map(ToString::to_string));
        } else if let EventKind::HoldPlaced { hold } = kind {
            self.word("held", &hold.reason);
            self.environment = hold.environment.as_ref().map(ToString::to_string);
        } else if let EventKind::FreezeDeclared { environment, from, until, reason } = kind {
            self.word("frozen", reason);
            self.environment = environment.as_ref().map(ToString::to_string);
            self.from = Some(from.to_string());
            self.until = Some(until.to_string());
        } else {
            self.add_taken_back(kind);
        }
    }

    fn add_taken_back(&mut self, kind: &EventKind) {
        let (word, event, reason) = match kind {
            EventKind::WaiverWithdrawn { waiver, reason } => ("waiver-withdrawn", waiver, reason),
            EventKind::KnownFailureWithdrawn { known_failure, reason } => {
                ("known-failure-withdrawn", known_failure, reason)
            }
            EventKind::HoldReleased { hold, reason } => ("let-go", hold, reason),
            EventKind::FreezeLifted { freeze, reason } => ("freeze-lifted", freeze, reason),
            _ => return,
        };
        self.word(word, reason);
        self.takes_back = Some(event.0);
    }

    fn word(&mut self, word: &str, reason: &str) {
        self.said = word.to_owned();
        self.reason = (!reason.is_empty()).then(|| reason.to_owned());
    }
}

/// What people said of a service that the state still knows: one sort of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct SayingsView {
    /// The service.
    pub service: String,
    /// Newest first; those that are over or were taken back included.
    pub said: Vec<SayingView>,
}

/// Something that a person said, and whether it still counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct SayingView {
    /// Its number: the event that keeps it. This takes it back.
    pub id: u64,
    /// Whether it counts now.
    pub in_force: bool,
    /// When it was taken back (RFC 3339, UTC).
    pub withdrawn_at: Option<String>,
    /// What was said.
    pub said: SaidView,
}

impl SayingsView {
    /// The waivers of a service.
    #[must_use]
    pub fn waivers(service: &ServiceName, people: &PeopleState, reader: &Reader) -> Self {
        Self::of(
            service,
            &people.waivers,
            |said| {
                let Waiver { by, at, .. } = &said.what;
                let kind = EventKind::WaiverGiven { waiver: said.what.clone() };
                (kind, Some(by.to_string()), Some(*at), said.in_force(reader.now))
            },
            reader,
        )
    }

    /// The known failures of a service.
    #[must_use]
    pub fn known_failures(service: &ServiceName, people: &PeopleState, reader: &Reader) -> Self {
        Self::of(
            service,
            &people.known_failures,
            |said| {
                let KnownFailure { by, at, .. } = &said.what;
                let kind = EventKind::KnownFailureRecorded { known_failure: said.what.clone() };
                (kind, Some(by.to_string()), Some(*at), said.in_force(reader.now))
            },
            reader,
        )
    }

    /// The signatures of a service.
    #[must_use]
    pub fn sign_offs(service: &ServiceName, people: &PeopleState, reader: &Reader) -> Self {
        Self::of(
            service,
            &people.sign_offs,
            |said| {
                let SignOff { by, at, .. } = &said.what;
                let kind = EventKind::SignedOff { sign_off: said.what.clone() };
                (kind, Some(by.to_string()), Some(*at), said.withdrawn_at.is_none())
            },
            reader,
        )
    }

    /// The holds of a service; one that was let go is none.
    #[must_use]
    pub fn holds(service: &ServiceName, people: &PeopleState, reader: &Reader) -> Self {
        Self::of(
            service,
            &people.holds,
            |said| {
                let Hold { by, at, .. } = &said.what;
                let kind = EventKind::HoldPlaced { hold: said.what.clone() };
                (kind, Some(by.to_string()), Some(*at), said.withdrawn_at.is_none())
            },
            reader,
        )
    }

    /// The declared freezes of a service.
    #[must_use]
    pub fn freezes(service: &ServiceName, people: &PeopleState, reader: &Reader) -> Self {
        Self::of(
            service,
            &people.freezes,
            |said| {
                let Declared { environment, from, until, reason, by } = said.what.clone();
                let kind = EventKind::FreezeDeclared { environment, from, until, reason };
                (kind, by.map(|by| by.to_string()), None, said.in_force(reader.now))
            },
            reader,
        )
    }

    fn of<T>(
        service: &ServiceName,
        kept: &[Said<T>],
        told: impl Fn(&Said<T>) -> (EventKind, Option<String>, Option<Timestamp>, bool),
        reader: &Reader,
    ) -> Self {
        let view = |one: &Said<T>| {
            let (kind, by, at, in_force) = told(one);
            let mut said = SaidView::kept(service, one.seq, &kind, reader);
            said.by = by.unwrap_or_default();
            said.at = at.map(|at| at.to_string()).unwrap_or_default();
            let withdrawn_at = one.withdrawn_at.map(|at| at.to_string());
            SayingView { id: one.seq.0, in_force, withdrawn_at, said }
        };
        Self { service: service.to_string(), said: kept.iter().rev().map(view).collect() }
    }
}

/// What break-glasses of a service left open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct FollowUpsView {
    /// The service.
    pub service: String,
    /// Those that were closed just now.
    pub closed: Vec<String>,
    /// Those that are open.
    pub open: Vec<FollowUpView>,
    /// Those that ask for nothing any more: the release that went ahead is gone.
    pub moot: Vec<MootFollowUpView>,
}

/// A requirement that was unmet when somebody went ahead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct FollowUpView {
    /// Its number, `g-118.2`: what `--close` takes.
    pub id: String,
    /// The release that went ahead.
    pub release: String,
    /// Where.
    pub to: String,
    /// The rule that was unmet.
    pub rule: String,
    /// On which target: `service/environment/target`.
    pub target: Option<String>,
    /// Which check.
    pub check: Option<String>,
    /// Of which site, where one of it was to sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Since when (RFC 3339, UTC).
    pub since: String,
}

/// A follow-up that can not be made up for any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct MootFollowUpView {
    /// What was left open.
    pub what: FollowUpView,
    /// The event that says so.
    pub event: u64,
    /// Since when it is moot (RFC 3339, UTC).
    pub at: String,
    /// What became of the release.
    pub reason: String,
}

impl From<&MootFollowUp> for MootFollowUpView {
    fn from(moot: &MootFollowUp) -> Self {
        Self {
            what: FollowUpView::from(&moot.what),
            event: moot.seq.0,
            at: moot.at.to_string(),
            reason: moot.reason.clone(),
        }
    }
}

impl From<&FollowUp> for FollowUpView {
    fn from(open: &FollowUp) -> Self {
        Self {
            id: format!("{}.{}", open.id.decision, open.id.index),
            release: open.release.to_string(),
            to: open.to.to_string(),
            rule: open.rule.to_string(),
            target: open.target.as_ref().map(ToString::to_string),
            check: open.check.as_ref().map(ToString::to_string),
            site: open.site.as_ref().map(ToString::to_string),
            since: open.since.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_core::digest::Digest;

    use super::*;

    fn event(seq: u64, kind: EventKind) -> Event {
        Event {
            seq: Seq(seq),
            stream: "people/shop".parse().expect("a stream"),
            version: seq,
            at: "2026-11-18T22:32:00Z".parse().expect("a moment"),
            actor: Actor::Person("ada".parse().expect("a handle")),
            kind,
            prev: Digest::ZERO,
            hash: Digest::ZERO,
        }
    }

    #[test]
    fn a_hold_and_its_end_say_who_why_and_which_event() {
        let hold = Hold {
            environment: None,
            reason: "disk full".to_owned(),
            by: "ada".parse().expect("a handle"),
            at: "2026-11-18T22:32:00Z".parse().expect("a moment"),
        };
        let held = SaidView::of(&[event(7, EventKind::HoldPlaced { hold })], "Held: shop.");
        assert_eq!((held.said.as_str(), held.events.as_slice()), ("held", &[7][..]));
        assert_eq!(held.reason.as_deref(), Some("disk full"));
        assert_eq!((held.by.as_str(), held.environment), ("ada", None));
        let kind = EventKind::HoldReleased { hold: Seq(7), reason: "done".to_owned() };
        let gone = SaidView::of(&[event(8, kind)], "Let go: shop.");
        assert_eq!((gone.said.as_str(), gone.takes_back), ("let-go", Some(7)));
    }
}

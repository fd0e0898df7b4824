//! An answer of the gate as a page tells it: the sentence, and what people have put in force.

use crate::Timestamp;
use crate::ids::{EnvironmentName, ReleaseId, Seq};
use crate::ledger::{Declared, PeopleState, Said};
use crate::record::{Decision, FreezeStatus, Hold, KnownFailure, Verdict, Waiver};

use super::Reader;
use super::summary::brief;
use super::text::{list, safe, shorten};

/// The answer in one sentence that names release and environment.
#[must_use]
pub fn verdict_line(decision: &Decision, reader: &Reader) -> String {
    let (release, to) = (&decision.release, &decision.to);
    match decision.verdict {
        Verdict::Allowed => format!("{release} may enter {to}."),
        Verdict::Refused => format!("{release} may not enter {to}: {}.", brief(decision, reader)),
    }
}

/// The verdict as a word.
#[must_use]
pub const fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "Allowed",
        Verdict::Refused => "Refused",
    }
}

/// How long an allowing answer holds.
#[must_use]
pub fn good_until(decision: &Decision, reader: &Reader) -> Option<String> {
    match (decision.verdict, decision.good_until) {
        (Verdict::Refused, _) => None,
        (Verdict::Allowed, Some(until)) => {
            Some(format!("Good until {}, or the next deployment before it.", reader.clock(until)))
        }
        (Verdict::Allowed, None) => Some("Good until something changes.".to_owned()),
    }
}

/// What of a release is kept in force by people or by the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    /// What it is.
    pub kind: InForceKind,
    /// In short: `Waiver: suite on in-vm, until Nov 28`.
    pub title: String,
    /// Why, who, and what it covers.
    pub words: String,
    /// The event that wrote it down, where one did.
    pub seq: Option<Seq>,
}

/// What is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum InForceKind {
    /// Nothing moves forward until somebody lets go.
    Hold,
    /// Declared by a person.
    Freeze,
    /// A window of the configuration.
    Window,
    /// A person accepts an unmet requirement.
    Waiver,
    /// A failure that is known and put off.
    KnownFailure,
}

/// What is in force at the gate of `to` for this release at the reader's moment.
#[must_use]
pub fn in_force(
    people: &PeopleState,
    windows: &[FreezeStatus],
    (release, to): (&ReleaseId, &EnvironmentName),
    reader: &Reader,
) -> Vec<InForce> {
    let here = |environment: Option<&EnvironmentName>| environment.is_none_or(|e| e == to);
    let mut all = Vec::new();
    let holds = people.holds.iter().filter(|hold| hold.withdrawn_at.is_none());
    all.extend(holds.filter(|h| here(h.what.environment.as_ref())).map(|h| hold(h, reader)));
    let freezes = people.freezes.iter().filter(|freeze| freeze.in_force(reader.now));
    all.extend(freezes.filter(|f| here(f.what.environment.as_ref())).map(|f| freeze(f, reader)));
    // A declared freeze stands among the windows as well; it is told with who and why.
    let declared =
        |name: &str| people.freezes.iter().any(|freeze| name == format!("declared-{}", freeze.seq));
    let on = windows.iter().filter(|window| window.on && !declared(window.window.as_str()));
    all.extend(on.map(|w| window(w, reader)));
    let waivers = people.waivers.iter().filter(|waiver| waiver.in_force(reader.now));
    let of_it = |w: &&Said<Waiver>| w.what.release == *release && w.what.to == *to;
    all.extend(waivers.filter(of_it).map(|w| waiver(w, reader)));
    let known = people.known_failures.iter().filter(|known| known.in_force(reader.now));
    all.extend(known.map(|k| known_failure(k, reader)));
    all.sort_by_key(|one| one.kind);
    all
}

fn until(at: Timestamp, reader: &Reader) -> String {
    format!("{}, {}", reader.clock(at), reader.distance(at))
}

/// A hold in words.
#[must_use]
pub fn hold(said: &Said<Hold>, reader: &Reader) -> InForce {
    let hold = &said.what;
    let place = hold.environment.as_ref().map_or("everywhere", |e| e.as_str());
    InForce {
        kind: InForceKind::Hold,
        title: format!("Hold: {place}, until somebody lets go"),
        words: format!(
            "“{}” By {}, {}. It does not stop a rollback.",
            shorten(&hold.reason, 400),
            hold.by,
            reader.clock(hold.at)
        ),
        seq: Some(said.seq),
    }
}

/// A declared freeze in words.
#[must_use]
pub fn freeze(said: &Said<Declared>, reader: &Reader) -> InForce {
    let freeze = &said.what;
    let place = freeze.environment.as_ref().map_or("every gate", |e| e.as_str());
    let by = freeze.by.as_ref().map(|by| format!(" By {by}.")).unwrap_or_default();
    let times = match freeze.from > reader.now {
        true => format!("from {} to {}", reader.clock(freeze.from), reader.clock(freeze.until)),
        false => format!("until {}", until(freeze.until, reader)),
    };
    InForce {
        kind: InForceKind::Freeze,
        title: format!("Freeze: {place}, {times}"),
        words: format!("“{}”{by} It does not stop a rollback.", shorten(&freeze.reason, 400)),
        seq: Some(said.seq),
    }
}

fn window(status: &FreezeStatus, reader: &Reader) -> InForce {
    let ends = match status.changes_at {
        Some(at) => format!("ends by itself {}", until(at, reader)),
        None => "no end is in sight".to_owned(),
    };
    InForce {
        kind: InForceKind::Window,
        title: format!("Freeze window: {}", status.window),
        words: format!("On now; {ends}. It does not stop a rollback."),
        seq: None,
    }
}

fn waiver(said: &Said<Waiver>, reader: &Reader) -> InForce {
    let waiver = &said.what;
    let mut scope = vec![waiver.rule.to_string()];
    if !waiver.checks.is_empty() {
        scope.push(list(&waiver.checks, 4));
    }
    if !waiver.targets.is_empty() {
        scope.push(format!("on {}", list(&waiver.targets, 4)));
    }
    InForce {
        kind: InForceKind::Waiver,
        title: format!("Waiver: {}, until {}", scope.join(" "), reader.clock(waiver.until)),
        words: format!(
            "“{}” By {}, {}. It covers this release only.",
            shorten(&waiver.reason, 400),
            waiver.by,
            reader.clock(waiver.at)
        ),
        seq: Some(said.seq),
    }
}

fn known_failure(said: &Said<KnownFailure>, reader: &Reader) -> InForce {
    let known = &said.what;
    let test = known.test.as_ref().map(|test| format!(" {}", shorten(test, 80)));
    let place = match known.targets.is_empty() {
        true => String::new(),
        false => format!(" on {}", list(&known.targets, 4)),
    };
    InForce {
        kind: InForceKind::KnownFailure,
        title: format!(
            "Known failure: {}{place}, until {}",
            known.check,
            reader.clock(known.until)
        ),
        words: format!(
            "{} with signature “{}”, ticket {}, by {}. Any other red test still counts.",
            test.map_or_else(|| "The check itself".to_owned(), |test| test.trim().to_owned()),
            shorten(&known.signature, 200),
            safe(&known.ticket),
            known.by
        ),
        seq: Some(said.seq),
    }
}

/// As of which moment something is told, and from what.
#[must_use]
pub fn as_of_then(then: Timestamp, facts_of: Option<(Timestamp, &str)>, reader: &Reader) -> String {
    let known = match facts_of {
        Some((at, decision)) => format!(
            "What ran where, and which artifacts were there, is known as {decision} saw it at {}.",
            reader.clock(at)
        ),
        None => "Nobody had asked the gate by then, so what really ran, and which artifacts were \
                 there, is not known: requirements about those read as not known."
            .to_owned(),
    };
    format!(
        "As of {}: decided again from what was written down by then, under today's configuration. \
         {known}",
        reader.whole(then)
    )
}

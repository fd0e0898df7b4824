//! The answer in one sentence that can be read out on the phone.

use crate::record::{Decision, State, Verdict, Why};

use super::Reader;
use super::group::{Group, groups, place};
use super::text::{list, number, shorten};

/// A sentence longer than this is not read out.
const LONGEST: usize = 159;

/// How much is said, from much to little: so many causes, findings cut to so many characters.
const DETAIL: [(usize, usize); 8] =
    [(3, 60), (3, 32), (2, 60), (2, 32), (3, 0), (2, 0), (1, 60), (1, 0)];

/// The answer in one sentence, shorter than 160 characters, likely cause first.
#[must_use]
pub fn summary(decision: &Decision, reader: &Reader) -> String {
    match decision.verdict {
        Verdict::Allowed => format!("Allowed: {} may enter {}.", decision.release, decision.to),
        Verdict::Refused => fit("Refused: ", ".", decision, reader),
    }
}

/// What keeps the release out, without the verdict: for rows that name it themselves.
#[must_use]
pub fn brief(decision: &Decision, reader: &Reader) -> String {
    match decision.verdict {
        Verdict::Allowed => format!("may enter {}", decision.to),
        Verdict::Refused => fit("", "", decision, reader),
    }
}

fn fit(before: &str, after: &str, decision: &Decision, reader: &Reader) -> String {
    let mut rows = groups(decision, reader);
    rows.sort_by_key(|row| match row.state {
        State::Failed => 0,
        State::Uncovered => 1,
        State::Unmet
        | State::Flaky
        | State::Errored
        | State::NotRun
        | State::Running
        | State::Stale
        | State::WrongVersion
        | State::KnownFailure
        | State::Waived
        | State::NotApplicable
        | State::Satisfied => 2,
    });
    if rows.is_empty() {
        return format!("{before}nothing was asked, so nothing can be allowed{after}");
    }
    let mut shortest = String::new();
    for (causes, finding) in DETAIL {
        shortest = format!("{before}{}{after}", said(&rows, causes, finding, decision));
        if shortest.chars().count() <= LONGEST {
            return shortest;
        }
    }
    shorten(&shortest, LONGEST)
}

fn said(rows: &[Group<'_>], causes: usize, finding: usize, decision: &Decision) -> String {
    let shown = rows.len().min(causes);
    let mut clauses: Vec<_> =
        rows[..shown].iter().map(|row| clause(row, finding, decision)).collect();
    let more: usize = rows[shown..].iter().map(|row| row.requirements.len()).sum();
    match more {
        0 => {}
        1 => clauses.push("one more is unmet".to_owned()),
        more => clauses.push(format!("{} more are unmet", number(more))),
    }
    clauses.join("; ")
}

fn clause(row: &Group<'_>, finding: usize, decision: &Decision) -> String {
    if let (State::Failed, Why::WentBack { promotion, reason, same_as, .. }) =
        (row.state, &row.requirements[0].why)
    {
        let it = match same_as {
            Some(other) => format!("its content, then {other},"),
            None => "it".to_owned(),
        };
        let because = match finding {
            0 => String::new(),
            most => format!(": {}", shorten(reason, most)),
        };
        return format!("{it} failed on {} before ({promotion}{because})", decision.to);
    }
    let (label, place) = (&row.label, place_words(row, decision));
    let because = match finding {
        0 => String::new(),
        most => format!(" ({})", shorten(&row.sentence, most)),
    };
    match row.state {
        State::Failed => format!("{label} failed on {place}{because}"),
        State::Flaky => format!("{label} was flaky on {place}"),
        State::Errored => format!("{label} could not be judged on {place}{because}"),
        State::Uncovered => uncovered(row, decision),
        State::NotRun => format!("{label} has not run on {place}"),
        State::Running => format!("{label} still runs on {place}"),
        State::Stale => format!("{label} is stale on {place}"),
        State::WrongVersion => format!("{label} saw another version on {place}"),
        State::Unmet => unmet(row, &place, finding),
        State::KnownFailure | State::Waived | State::NotApplicable | State::Satisfied => {
            format!("{label} is {}", row.state.word())
        }
    }
}

fn unmet(row: &Group<'_>, place: &str, finding: usize) -> String {
    if let Why::SignedUnopened { by, .. } = &row.requirements[0].why {
        return format!("{by} signed for {place} without having opened all of it");
    }
    if let Why::NotSigned { role, .. } = &row.requirements[0].why {
        return format!("{role} sign-off is missing for {place}");
    }
    if let Why::Held { by, .. } = &row.requirements[0].why {
        return format!("{by} holds it");
    }
    let most = if finding == 0 { 40 } else { finding + 20 };
    format!("{} {}: {}", row.label, row.look.word, shorten(&row.sentence, most))
}

fn uncovered(row: &Group<'_>, decision: &Decision) -> String {
    let place = place_words(row, decision);
    if let Why::NoStandIn { from, .. } = &row.requirements[0].why {
        return format!("nothing on {from} stands for {place}");
    }
    if matches!(row.requirements[0].why, Why::NoTargets) {
        return "it has no targets".to_owned();
    }
    format!("nothing checks {place}")
}

fn place_words(row: &Group<'_>, decision: &Decision) -> String {
    let mut names = Vec::new();
    for target in row.requirements.iter().filter_map(|r| r.target.as_ref()) {
        if !names.contains(&&target.target) {
            names.push(&target.target);
        }
    }
    match names.len() {
        0 => place(&row.requirements, decision, 2),
        1..=3 => list(&names, 3),
        n => format!("{} targets ({})", number(n), list(&names, 3)),
    }
}

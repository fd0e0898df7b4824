//! What a decision met, in short.

use std::collections::BTreeSet;

use crate::catalog::RuleName;
use crate::record::{Decision, Requirement, State, Why};

use super::Reader;
use super::group::accepted;
use super::text::{count, list};
use super::why::sentence;

/// How many requirements stand how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Those that keep the release out.
    pub unmet: usize,
    /// Satisfied ones.
    pub met: usize,
    /// Accepted by a person.
    pub waived: usize,
    /// Put off.
    pub known_failures: usize,
    /// Not asked.
    pub not_applicable: usize,
}

/// Counts the requirements.
#[must_use]
pub fn counts(decision: &Decision) -> Counts {
    let mut counts = Counts::default();
    for requirement in &decision.requirements {
        match requirement.state {
            State::Satisfied => counts.met += 1,
            State::Waived => counts.waived += 1,
            State::KnownFailure => counts.known_failures += 1,
            State::NotApplicable => counts.not_applicable += 1,
            State::Failed
            | State::Unmet
            | State::Flaky
            | State::Errored
            | State::Uncovered
            | State::NotRun
            | State::Running
            | State::Stale
            | State::WrongVersion => counts.unmet += 1,
        }
    }
    counts
}

impl Counts {
    /// `11 unmet, 10 met, 1 waived, 1 known failure`.
    #[must_use]
    pub fn words(&self) -> String {
        let mut parts = vec![format!("{} unmet", self.unmet), format!("{} met", self.met)];
        if self.waived > 0 {
            parts.push(format!("{} waived", self.waived));
        }
        if self.known_failures > 0 {
            parts.push(count(self.known_failures, "known failure"));
        }
        parts.join(", ")
    }
}

/// What an allowing decision stands on, a few sentences: evidence, soak, way back, what was
/// accepted and what was not asked.
#[must_use]
pub fn met_lines(decision: &Decision, reader: &Reader) -> Vec<String> {
    let of = |rule| -> Vec<&Requirement> {
        decision.requirements.iter().filter(|r| r.rule == rule).collect()
    };
    let mut lines = Vec::new();
    lines.extend(evidence(&of(RuleName::Evidence), reader));
    lines.extend(way_back(&of(RuleName::WayBack), reader));
    lines.extend(signed(&of(RuleName::SignOff)));
    for row in accepted(decision, reader) {
        let word = if row.state == State::Waived { "Waived" } else { "Known failure" };
        lines.push(format!("{word}: {} on {}, {}.", row.label, row.place, row.sentence));
    }
    lines.extend(skipped(decision, reader));
    lines
}

fn evidence(all: &[&Requirement], reader: &Reader) -> Option<String> {
    let passed: Vec<_> = all.iter().filter(|r| r.state == State::Satisfied).collect();
    let newest = passed
        .iter()
        .filter_map(|r| if let Why::CheckPassed { at, .. } = &r.why { Some(*at) } else { None })
        .max()?;
    let stages: BTreeSet<_> =
        passed.iter().filter_map(|r| r.target.as_ref()).map(|t| &t.environment).collect();
    let stages: Vec<_> = stages.into_iter().collect();
    Some(format!(
        "{} of {} passed on {}, the newest at {}.",
        passed.len(),
        count(all.len(), "result"),
        list(&stages, 3),
        reader.clock(newest)
    ))
}

fn way_back(all: &[&Requirement], reader: &Reader) -> Option<String> {
    let mut targets = 0;
    let mut versions = BTreeSet::new();
    let mut others = BTreeSet::new();
    for requirement in all.iter().filter(|r| r.state == State::Satisfied) {
        if let Why::WayBackReady { version, .. } = &requirement.why {
            targets += 1;
            versions.insert(version);
        } else if !matches!(requirement.why, Why::Reversible) {
            others.insert(sentence(&requirement.why, requirement.target.as_ref(), reader));
        }
    }
    if targets == 0 {
        return None;
    }
    let versions: Vec<_> = versions.into_iter().collect();
    let mut line = format!(
        "Way back: {} on {}, artifacts there",
        list(&versions, 3),
        count(targets, "target")
    );
    for other in others.iter().take(3) {
        line.push_str(", ");
        line.push_str(other);
    }
    Some(line + ".")
}

fn signed(all: &[&Requirement]) -> Option<String> {
    let mut people = BTreeSet::new();
    for requirement in all {
        if let Why::Signed { by, .. } = &requirement.why {
            people.extend(by);
        }
    }
    let people: Vec<_> = people.into_iter().collect();
    (!people.is_empty()).then(|| format!("Signed by {}.", list(&people, 5)))
}

fn skipped(decision: &Decision, reader: &Reader) -> Option<String> {
    let skipped: BTreeSet<_> = decision
        .requirements
        .iter()
        .filter(|r| r.state == State::NotApplicable)
        .map(|r| (r.rule, sentence(&r.why, r.target.as_ref(), reader)))
        .collect();
    let skipped: Vec<_> = skipped.iter().map(|(rule, why)| format!("{rule} ({why})")).collect();
    (!skipped.is_empty()).then(|| format!("Skipped by policy: {}.", list(&skipped, 5)))
}

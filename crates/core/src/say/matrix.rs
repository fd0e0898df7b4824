//! What checks found, target by target and check by check.

use std::collections::BTreeMap;

use crate::catalog::ReportedCheck;
use crate::ids::{CheckName, CheckRunId, EnvironmentName, LaneId, ReleaseId, TargetName};
use crate::record::{Cause, CheckResult, Outcome, Requirement, State};

use super::cause::with_cause;
use super::remedy::report_command;
use super::text::{number, plural, safe, shorten};
use super::{Reader, observed, why};

/// One result that was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Where.
    pub target: TargetName,
    /// Which check.
    pub check: CheckName,
    /// How it stands.
    pub state: State,
    /// What was found, in one sentence.
    pub finding: String,
    /// The run it comes from, if there is one.
    pub run: Option<CheckRunId>,
    /// Why it is red, where control runs found it out, and when that was.
    pub cause: Option<(Cause, crate::Timestamp)>,
    /// Who is waited for, where it is for others to report and nobody has.
    pub awaited: Option<Awaited>,
}

/// Who reports a check that plimsoll does not run, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaited {
    /// Who, in words.
    pub who: String,
    /// Whether only a JUnit file is a result.
    pub as_junit: bool,
}

impl Awaited {
    /// Who reports this check.
    #[must_use]
    pub fn of(reported: &ReportedCheck) -> Self {
        Self { who: reported.who(), as_junit: reported.junit.is_some() }
    }
}

/// What checks found of a release in an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    /// The release.
    pub release: ReleaseId,
    /// Where.
    pub environment: EnvironmentName,
    /// Every expected result.
    pub cells: Vec<Cell>,
    /// Targets of this environment that nothing looks at, and why.
    pub uncovered: Vec<(String, String)>,
    /// Targets of the next environment that nothing here stands for, and why. They say nothing
    /// about this environment; the gate to the next one refuses for them.
    pub ahead: Vec<(String, String)>,
}

/// The cell of a result, or of its absence: another version than the one that was to be checked is
/// no pass, whatever the check found.
#[must_use]
pub fn cell(
    target: &TargetName,
    check: &CheckName,
    run: Option<(CheckRunId, &CheckResult)>,
) -> Cell {
    let (state, finding) = match run {
        None => (State::NotRun, "it was not run".to_owned()),
        Some((_, result)) => stands(result),
    };
    let run = run.map(|(id, _)| id);
    let (target, check) = (target.clone(), check.clone());
    Cell { target, check, state, finding, run, cause: None, awaited: None }
}

pub(super) fn stands(result: &CheckResult) -> (State, String) {
    for seen in [&result.observed_before, &result.observed_after] {
        if seen.is_other_than(&result.version) {
            let words = format!("{} answered, not {}", observed(seen), result.version);
            return (State::WrongVersion, words);
        }
    }
    if result.outcome == Outcome::Passed
        && let Some(unseen) = [&result.observed_before, &result.observed_after]
            .into_iter()
            .find(|seen| !seen.is(&result.version))
    {
        // A pass on nobody knows which version is no pass, here as at the gate.
        let words = format!("green on {}", observed(unseen));
        return (State::Errored, shorten(&words, 200));
    }
    if result.is_flaky() {
        let first = result.first_red().map_or("", |attempt| attempt.finding.as_str());
        let words =
            format!("red, then green on try {}: {}", result.attempts.len(), shorten(first, 160));
        return (State::Flaky, words);
    }
    (result.outcome.into(), shorten(result.finding(), 200))
}

impl Cell {
    /// The same, with what control runs found out.
    #[must_use]
    pub fn because(mut self, cause: &Cause, reader: &Reader) -> Self {
        if self.state != State::Failed {
            return self;
        }
        if matches!(cause, Cause::Flaky { .. }) {
            self.state = State::Flaky;
        }
        self.finding = with_cause(&self.finding, cause, reader);
        self.cause = Some((cause.clone(), reader.now));
        self
    }

    /// The same, where people know of every failure of it and have put it off.
    #[must_use]
    pub fn known(mut self) -> Self {
        if self.state == State::Failed {
            self.state = State::KnownFailure;
        }
        self
    }

    /// The same, where somebody else has to report it.
    #[must_use]
    pub fn awaited(mut self, awaited: Awaited) -> Self {
        self.finding = format!("not reported yet; it comes from {}", safe(&awaited.who));
        self.awaited = Some(awaited);
        self
    }

    /// The cell of a requirement of the rule *evidence*; nothing for another one.
    #[must_use]
    pub fn of(requirement: &Requirement, reader: &Reader) -> Option<Self> {
        let run = match requirement.evidence {
            Some(crate::record::EvidenceRef::Run(id)) => Some(id),
            Some(
                crate::record::EvidenceRef::Event(_) | crate::record::EvidenceRef::Deployment(_),
            )
            | None => None,
        };
        Some(Self {
            target: requirement.target.as_ref()?.target.clone(),
            check: requirement.check.clone()?,
            state: requirement.state,
            finding: why(requirement, reader),
            run,
            cause: None,
            awaited: None,
        })
    }
}

impl Matrix {
    /// Whether every expected result is there and lets the release pass. Nothing expected is no
    /// pass.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        !self.cells.is_empty()
            && self.uncovered.is_empty()
            && self.cells.iter().all(|cell| cell.state.lets_pass())
    }

    /// Who does what next, where not all is well and nothing that ran says why: whoever reports what is
    /// missing, once nothing else is.
    #[must_use]
    pub fn next(&self) -> String {
        let (release, environment) = (&self.release, &self.environment);
        let unwell = || self.cells.iter().filter(|cell| !cell.state.lets_pass());
        if let Some(worst) =
            unwell().filter(|cell| cell.run.is_some()).min_by_key(|cell| cell.state)
            && let Some(run) = worst.run
        {
            return format!("plimsoll show {run}");
        }
        let first = unwell().find_map(|cell| Some((cell, cell.awaited.as_ref()?)));
        match first.filter(|_| unwell().all(|cell| cell.awaited.is_some())) {
            Some((cell, awaited)) => {
                let same = unwell().filter(|other| other.check == cell.check).count();
                let service = release.service.clone();
                let lane = LaneId { service, environment: environment.clone() };
                let place = (&lane.target(&cell.target), same);
                let command = report_command(place, &cell.check, release, awaited.as_junit);
                format!("{}: {command}", safe(&awaited.who))
            }
            None => format!("plimsoll verify {release} --on {environment}"),
        }
    }

    /// How many results stand how, worst first.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<State, usize> {
        let mut counts = BTreeMap::new();
        for cell in &self.cells {
            *counts.entry(cell.state).or_default() += 1;
        }
        counts
    }

    /// The answer in one sentence.
    #[must_use]
    pub fn summary(&self) -> String {
        let expected = self.cells.len();
        let passed = self.cells.iter().filter(|c| c.state == State::Satisfied).count();
        let results = plural(expected, "result");
        if self.is_verified() {
            let ahead = match self.ahead.len() {
                0 => String::new(),
                n => format!("; nothing stands for {} {} ahead", number(n), plural(n, "target")),
            };
            let known = self.cells.iter().filter(|c| c.state == State::KnownFailure).count();
            let known = match known {
                0 => String::new(),
                1 => ", one is a known failure".to_owned(),
                n => format!(", {} are known failures", number(n)),
            };
            return format!(
                "Verified: {} is well on {}; {passed} of {expected} {results} passed{known}{ahead}.",
                self.release, self.environment
            );
        }
        if self.cells.is_empty() {
            return format!("Not verified: no check is expected of {} there.", self.release);
        }
        let mut targets: BTreeMap<&TargetName, bool> = BTreeMap::new();
        for cell in &self.cells {
            *targets.entry(&cell.target).or_default() |= !cell.state.lets_pass();
        }
        let unwell = targets.values().filter(|unwell| **unwell).count();
        let uncovered = match self.uncovered.len() + self.ahead.len() {
            0 => String::new(),
            n => format!("; nothing covers {} {}", number(n), plural(n, "target")),
        };
        format!(
            "Not verified: {unwell} of {} {} not well; {passed} of {expected} {results} \
             passed{uncovered}.",
            targets.len(),
            match (targets.len(), unwell) {
                (1, _) => "target is",
                (_, 1) => "targets is",
                (_, _) => "targets are",
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(cells: Vec<Cell>) -> Matrix {
        let release = "shop@1.1".parse().expect("a release");
        let environment = "staging".parse().expect("a name");
        Matrix { release, environment, cells, uncovered: vec![], ahead: vec![] }
    }

    fn missing(target: &str, check: &str) -> Cell {
        cell(&target.parse().expect("a name"), &check.parse().expect("a name"), None)
    }

    fn waits(target: &str, check: &str, as_junit: bool) -> Cell {
        missing(target, check).awaited(Awaited { who: "the testers".to_owned(), as_junit })
    }

    #[test]
    fn what_only_others_can_tell_is_asked_of_them_and_not_run_again() {
        let one = matrix(vec![waits("nl", "suite", true)]);
        let asked = "the testers: plimsoll report shop/staging/nl suite --version 1.1 --junit FILE";
        assert_eq!(one.next(), asked);
        assert_eq!(one.cells[0].finding, "not reported yet; it comes from the testers");
        let two = matrix(vec![waits("nl", "by-hand", false), waits("in", "by-hand", false)]);
        let asked = "the testers: plimsoll report shop/staging/TARGET by-hand --version 1.1 \
                     --outcome passed|failed, for each of 2 targets";
        assert_eq!(two.next(), asked);
    }

    #[test]
    fn what_plimsoll_can_run_itself_comes_first() {
        let both = matrix(vec![waits("nl", "suite", true), missing("nl", "home")]);
        assert_eq!(both.next(), "plimsoll verify shop@1.1 --on staging");
    }
}

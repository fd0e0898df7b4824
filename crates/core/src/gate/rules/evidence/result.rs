//! What the last result is worth.

use crate::gate::known::KnownFailures;
use crate::gate::scene::Scene;
use crate::ids::Version;
use crate::ledger::{DeploymentState, RunState};
use crate::record::{Aspect, Cause, CheckResult, EvidenceRef, Observed, Outcome, State, Why};
use crate::units::Period;

use super::{Found, Pair};

/// How many failed tests a reason names; the others are counted.
const NAMED_TESTS: usize = 10;

impl Pair<'_> {
    /// Holds a result of the candidate against everything that it is bound to.
    pub(super) fn judge(
        &self,
        scene: &Scene<'_>,
        run: &RunState,
        max_age: Period,
        known: &KnownFailures<'_>,
    ) -> Found {
        let result = &run.result;
        let evidence = Some(EvidenceRef::Run(run.id));
        let deployment = self.target.and_then(|target| target.deployment.as_ref());
        let came_up = deployment
            .and_then(|deployment| deployment.report.as_ref())
            .is_some_and(|report| report.observed.is(scene.version()));
        let bound = self
            .unbound(result, deployment)
            .or_else(|| unseen(result, scene.version(), came_up))
            .unwrap_or_else(|| outcome(result));
        let mut found = Found::plain(bound.0, bound.1, evidence);
        let seen = |observed: &Observed| observed.is(scene.version());
        if found.state == State::Failed
            && seen(&result.observed_before)
            && seen(&result.observed_after)
            && let Some(cover) = known.cover(self.name, self.stands_for, self.check, result)
        {
            let why = Why::KnownAs { tickets: cover.tickets, by: cover.by, until: cover.until };
            found.without = Some(Box::new((found.state, std::mem::replace(&mut found.why, why))));
            found.state = State::KnownFailure;
            found.ends.push(cover.until);
        }
        if let Why::CheckFailed { finding, .. } = &mut found.why
            && let Some(words) = known.led_by_new(self.name, self.stands_for, self.check, result)
        {
            *finding = words;
        }
        if found.state == State::Failed
            && let Some(control) = &run.control
        {
            if matches!(control.cause, Cause::Flaky { .. }) {
                found.state = State::Flaky;
            }
            found.cause = Some(Box::new(control.cause.clone()));
        }
        if found.state.lets_pass() {
            if let Some(why) = aged(scene, result, max_age) {
                return Found::plain(State::Stale, why, found.evidence);
            }
            found.ends.push(max_age.after(result.finished_at));
        }
        found
    }

    /// Of another deployment, or of another definition of the check.
    fn unbound(
        &self,
        result: &CheckResult,
        deployment: Option<&DeploymentState>,
    ) -> Option<(State, Why)> {
        let deployment = deployment?;
        let at = result.finished_at;
        if result.deployment != Some(deployment.id) {
            let deployed_at = deployment.finished_at.unwrap_or(deployment.started_at);
            return Some((State::Stale, Why::DeployedAgain { checked_at: at, deployed_at }));
        }
        (result.check_digest != self.digest).then_some((State::Stale, Why::CheckChanged { at }))
    }
}

/// Another version ran before or after, or nobody knows which. A failure on a target that ran the
/// candidate before, or since it was deployed there, and that is not to be seen now is the
/// candidate's: it may have died.
fn unseen(result: &CheckResult, version: &Version, came_up: bool) -> Option<(State, Why)> {
    let seen = [(&result.observed_before, Aspect::Before), (&result.observed_after, Aspect::After)];
    let other = seen.iter().find(|(observed, _)| observed.is_other_than(version));
    if let Some((observed, when)) = other {
        let (expected, observed) = (version.clone(), (*observed).clone());
        return Some((State::WrongVersion, Why::ObservedOther { expected, observed, when: *when }));
    }
    let ran = came_up || result.observed_before.is(version);
    let died = result.outcome == Outcome::Failed && ran;
    seen.into_iter().filter(|_| !died).find_map(|(observed, when)| match observed {
        Observed::Version(_) | Observed::Altered { .. } => None,
        Observed::Unknown(reason) => {
            Some((State::Errored, Why::NotObserved { reason: reason.clone(), when }))
        }
    })
}

fn outcome(result: &CheckResult) -> (State, Why) {
    let finding = result.finding().to_owned();
    match result.outcome {
        Outcome::Failed => (State::Failed, failed(result, finding)),
        Outcome::Errored => (State::Errored, Why::CheckErrored { finding }),
        Outcome::NotRun => (State::NotRun, Why::CheckNotRun { finding }),
        Outcome::Passed => passed(result, finding),
    }
}

fn failed(result: &CheckResult, finding: String) -> Why {
    // What a page was found to be is told by the finding, with how much more there is.
    let tests = result.attempts.last().filter(|attempt| attempt.page.is_none());
    let cases = tests.and_then(|attempt| attempt.cases.as_ref());
    let (names, more) = cases.map_or((&[][..], 0), |cases| (&cases.failed, cases.more_failed));
    let unnamed = u32::try_from(names.len().saturating_sub(NAMED_TESTS)).unwrap_or(u32::MAX);
    Why::CheckFailed {
        finding,
        failed_tests: names.iter().take(NAMED_TESTS).map(|case| case.test.clone()).collect(),
        more: more.saturating_add(unnamed),
    }
}

/// A pass is one only if every attempt was, and nothing in the last one contradicts it.
fn passed(result: &CheckResult, finding: String) -> (State, Why) {
    let Some(last) = result.attempts.last() else {
        return (State::Errored, Why::CheckErrored { finding });
    };
    if let Some(red) = result.first_red() {
        let attempts = u32::try_from(result.attempts.len()).unwrap_or(u32::MAX);
        let why = Why::CheckFlaky { finding: red.finding.clone(), attempts };
        return (State::Flaky, why);
    }
    if let Some(cases) = &last.cases {
        if !cases.failed.is_empty() || cases.more_failed > 0 {
            return (State::Failed, failed(result, finding));
        }
        if !cases.missing.is_empty() || !cases.wrong.is_empty() {
            return (State::NotRun, Why::CheckNotRun { finding });
        }
    }
    (State::Satisfied, Why::CheckPassed { at: result.finished_at, finding })
}

fn aged(scene: &Scene<'_>, result: &CheckResult, max_age: Period) -> Option<Why> {
    let at = result.finished_at;
    if scene.is_future(at) {
        return Some(Why::FromTheFuture { at });
    }
    (max_age.after(at) <= scene.now).then_some(Why::TooOld { at, max_age })
}

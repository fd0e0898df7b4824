//! Every expected check has passed where it counts (rules 1 and 2 of the design).
//!
//! The expected pairs of target and check are listed first; then, for each, the last result is
//! looked for and held against everything that it is bound to: the deployment, the check's
//! definition, the version observed, the time.

mod place;
mod result;

use crate::catalog::{ReportedCheck, RuleKind, RuleName};
use crate::digest::Digest;
use crate::gate::answer::Answer;
use crate::gate::known::KnownFailures;
use crate::gate::scene::{Scene, requirement};
use crate::ids::{CheckName, TargetName};
use crate::ledger::TargetState;
use crate::record::{Cause, EvidenceRef, Requirement, State, Why};
use crate::units::Period;

/// How old a result may be where the configuration does not say.
const DEFAULT_MAX_AGE: Period = Period::from_hours(24);

pub(super) fn ask(scene: &Scene<'_>, answer: &mut Answer) {
    let (asked, not_asked) = scene.asked(RuleName::Evidence);
    let strictest = asked.iter().filter_map(|kind| match kind {
        RuleKind::Evidence { max_age } => Some(*max_age),
        RuleKind::Soak { .. }
        | RuleKind::Freeze(_)
        | RuleKind::WayBack { .. }
        | RuleKind::SignOff { .. }
        | RuleKind::Condition { .. } => None,
    });
    let max_age = strictest.min().unwrap_or(DEFAULT_MAX_AGE);
    let known = KnownFailures::of(scene);
    for (name, stands_for) in &scene.stands_for {
        let target = scene.checked_target(name);
        let trouble = place::trouble(scene, name, target);
        let expected =
            scene.service.expected_checks(&scene.after.name, name, &scene.after.targets[*name]);
        for (check, defined) in expected {
            let reported = defined.reported();
            let digest = scene.digests[check];
            let pair = Pair { name, stands_for, check, digest, reported, target };
            let found = pair.look(scene, trouble.as_ref(), max_age, &known);
            found.ends.into_iter().for_each(|end| answer.holds_until(end));
            answer.add(Requirement {
                target: Some(scene.id_after(name)),
                check: Some(check.clone()),
                evidence: found.evidence,
                without: found.without,
                cause: found.cause,
                reported_by: reported.map(ReportedCheck::who),
                reported_as_junit: reported.is_some_and(|reported| reported.junit.is_some()),
                ..requirement(RuleName::Evidence, found.state, found.why)
            });
        }
    }
    answer.not_asked(RuleName::Evidence, not_asked);
}

/// An expected pair of target and check.
struct Pair<'a> {
    name: &'a TargetName,
    stands_for: &'a [&'a TargetName],
    check: &'a CheckName,
    digest: Digest,
    /// Who runs it, if it is not plimsoll.
    reported: Option<&'a ReportedCheck>,
    target: Option<&'a TargetState>,
}

/// How a pair stands.
struct Found {
    state: State,
    why: Why,
    evidence: Option<EvidenceRef>,
    without: Option<Box<(State, Why)>>,
    /// Why it is red, as far as control runs could tell.
    cause: Option<Box<Cause>>,
    /// When what lets pass ends.
    ends: Vec<crate::Timestamp>,
}

impl Found {
    const fn plain(state: State, why: Why, evidence: Option<EvidenceRef>) -> Self {
        Self { state, why, evidence, without: None, cause: None, ends: Vec::new() }
    }
}

impl Pair<'_> {
    fn no_result(&self) -> Why {
        match self.reported {
            Some(reported) => Why::NotReported { from: reported.expected_from() },
            None => Why::NoResult,
        }
    }

    fn look(
        &self,
        scene: &Scene<'_>,
        trouble: Option<&place::Trouble>,
        max_age: Period,
        known: &KnownFailures<'_>,
    ) -> Found {
        if let Some(trouble) = trouble.filter(|trouble| trouble.comes_first) {
            return trouble.found();
        }
        let run = self.target.and_then(|target| target.results.get(self.check));
        let run = run.filter(|run| run.result.version == *scene.version());
        let pending = scene.verifications.pending(self.name, self.check, run.map(|run| run.id.0));
        let found = match run {
            Some(run) => self.judge(scene, run, max_age, known),
            None => Found::plain(State::NotRun, self.no_result(), None),
        };
        match (found.state.lets_pass(), pending) {
            // What is being looked at anew is not known, whatever the look before it found.
            (_, Some(since)) => {
                Found::plain(State::Running, Why::CheckRunning { since }, found.evidence)
            }
            (false, None) => found,
            // A pass says nothing about a target that is not to be seen now (DH.1).
            (true, None) => trouble.map_or(found, place::Trouble::found),
        }
    }
}

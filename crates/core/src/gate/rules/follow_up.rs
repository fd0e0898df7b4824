//! What an earlier break-glass left open has been made up for: by evidence that was missing then,
//! or by a person who closed it.

use crate::catalog::{RuleName, Service};
use crate::gate::answer::Answer;
use crate::gate::scene::{Scene, requirement};
use crate::ids::{CheckRunId, TargetId};
use crate::ledger::{RunState, ServiceState, TargetState};
use crate::record::{CheckResult, EvidenceRef, FollowUp, Outcome, Requirement, State, Why};

pub(super) fn ask(scene: &Scene<'_>, answer: &mut Answer) {
    let open: Vec<_> =
        scene.state.follow_ups.iter().filter(|one| one.to == scene.to.name).collect();
    if open.is_empty() {
        answer.say(RuleName::FollowUp, State::Satisfied, Why::NoFollowUps);
    }
    for one in open {
        let made_up = made_up(scene, one);
        let (state, why) = stands(scene, one, made_up);
        answer.add(Requirement {
            target: one.target.clone(),
            check: one.check.clone(),
            evidence: made_up.map(|run| EvidenceRef::Run(run.id)),
            ..requirement(RuleName::FollowUp, state, why)
        });
    }
}

fn stands(scene: &Scene<'_>, one: &FollowUp, made_up: Option<&RunState>) -> (State, Why) {
    let (id, of, rule) = (one.id, one.release.clone(), one.rule);
    let (target, check) = (one.target.clone(), one.check.clone());
    match made_up {
        Some(run) => {
            let at = run.result.finished_at;
            (State::Satisfied, Why::FollowUpMet { id, of, rule, target, check, at })
        }
        None => {
            let since = one.since;
            let verify_on = verify_on(scene.service, scene.state, one);
            (State::Unmet, Why::FollowUpOpen { id, of, rule, target, check, since, verify_on })
        }
    }
}

/// The run that makes up for missing evidence: of the release that went ahead, later than that,
/// where it was missing. What the forced promotion found in production is not what was missing.
fn made_up<'a>(scene: &Scene<'a>, one: &FollowUp) -> Option<&'a RunState> {
    let (target, check) = (one.target.as_ref()?, one.check.as_ref()?);
    let run = scene.state.target(target)?.results.get(check)?;
    let result = &run.result;
    let passed = makes_up(one, result)
        && !scene.is_future(result.finished_at)
        && scene.digests.get(check) == Some(&result.check_digest);
    passed.then_some(run)
}

/// The run among those that a person asked for which closes a follow-up: the missing check where
/// it was missing, or the same check on every target of the environment entered that this one
/// stands for.
#[must_use]
pub fn made_up_by(
    service: &Service,
    one: &FollowUp,
    results: &[(CheckRunId, CheckResult)],
) -> Option<CheckRunId> {
    let (missing_on, check) = (one.target.as_ref()?, one.check.as_ref()?);
    let passed = |place: &TargetId| {
        let mut runs = results.iter();
        let found = runs.find(|(_, r)| r.target == *place && r.check == *check)?;
        makes_up(one, &found.1).then_some(found.0)
    };
    passed(missing_on).or_else(|| {
        let runs: Option<Vec<_>> = stood_for(service, one, missing_on).iter().map(passed).collect();
        runs?.first().copied()
    })
}

/// Where the check that a follow-up misses can be run now: where it was missing while the release
/// that went ahead is there, else where it went, if it is there still.
#[must_use]
pub fn verify_on(service: &Service, state: &ServiceState, one: &FollowUp) -> Vec<TargetId> {
    let (Some(missing_on), Some(name)) = (&one.target, &one.check) else { return Vec::new() };
    let Some(check) = service.checks.get(name).filter(|_| one.rule == RuleName::Evidence) else {
        return Vec::new();
    };
    let can_run = |id: &TargetId| {
        let there = state.target(id).and_then(TargetState::version);
        let covers = |target| check.only.covers(&id.environment, &id.target, target);
        there == Some(&one.release.version) && service.target(id).is_some_and(covers)
    };
    if can_run(missing_on) {
        return vec![missing_on.clone()];
    }
    let places = stood_for(service, one, missing_on);
    if places.iter().all(can_run) { places } else { Vec::new() }
}

/// The targets of the environment entered that the target stands for.
fn stood_for(service: &Service, one: &FollowUp, target: &TargetId) -> Vec<TargetId> {
    let to = service.environment(&one.to);
    let Some(to) = to.filter(|to| to.after.as_ref() == Some(&target.environment)) else {
        return Vec::new();
    };
    let lane = service.lane(&to.name);
    to.targets
        .iter()
        .filter(|(_, other)| service.stand_ins(&target.environment, other).contains(&target.target))
        .map(|(name, _)| lane.target(name))
        .collect()
}

/// Whether a result is what was missing when the glass was broken: a clean pass of the release that
/// went ahead, later than that. Of which check it is, and where, is for the caller to compare.
fn makes_up(one: &FollowUp, result: &CheckResult) -> bool {
    let version = &one.release.version;
    one.rule == RuleName::Evidence
        && result.outcome == Outcome::Passed
        && !result.is_flaky()
        && !result.attempts.is_empty()
        && result.version == *version
        && result.observed_before.is(version)
        && result.observed_after.is(version)
        && result.finished_at > one.since
}

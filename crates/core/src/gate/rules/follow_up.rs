//! What an earlier break-glass left open has been made up for: by evidence that was missing then,
//! or by a person who closed it.

use crate::catalog::RuleName;
use crate::gate::answer::Answer;
use crate::gate::scene::{Scene, requirement};
use crate::ids::{CheckName, TargetId};
use crate::ledger::RunState;
use crate::record::{CheckResult, EvidenceRef, FollowUp, Outcome, Requirement, State, Why};

pub(super) fn ask(scene: &Scene<'_>, answer: &mut Answer) {
    let open: Vec<_> =
        scene.state.follow_ups.iter().filter(|one| one.to == scene.to.name).collect();
    if open.is_empty() {
        answer.say(RuleName::FollowUp, State::Satisfied, Why::NoFollowUps);
    }
    for one in open {
        let made_up = made_up(scene, one);
        let (state, why) = stands(one, made_up);
        answer.add(Requirement {
            target: one.target.clone(),
            check: one.check.clone(),
            evidence: made_up.map(|run| EvidenceRef::Run(run.id)),
            ..requirement(RuleName::FollowUp, state, why)
        });
    }
}

fn stands(one: &FollowUp, made_up: Option<&RunState>) -> (State, Why) {
    let (id, of, rule) = (one.id, one.release.clone(), one.rule);
    let (target, check) = (one.target.clone(), one.check.clone());
    match made_up {
        Some(run) => {
            let at = run.result.finished_at;
            (State::Satisfied, Why::FollowUpMet { id, of, rule, target, check, at })
        }
        None => {
            let since = one.since;
            (State::Unmet, Why::FollowUpOpen { id, of, rule, target, check, since })
        }
    }
}

/// The run that makes up for missing evidence: of the release that went ahead, later than that,
/// on the same target or on one that it stands for.
fn made_up<'a>(scene: &Scene<'a>, one: &FollowUp) -> Option<&'a RunState> {
    match one.rule {
        RuleName::Evidence => {}
        RuleName::Release
        | RuleName::Coverage
        | RuleName::Soak
        | RuleName::Freeze
        | RuleName::Hold
        | RuleName::WayBack
        | RuleName::SignOff
        | RuleName::FollowUp
        | RuleName::Condition => return None,
    }
    let (target, check) = (one.target.as_ref()?, one.check.as_ref()?);
    let passed = |place: &TargetId| passed_since(scene, one, place, check);
    let stood_for = scene
        .stands_for
        .get(&target.target)
        .filter(|_| target.environment == scene.after.name)
        .into_iter()
        .flatten()
        .map(|name| scene.id_to(name));
    passed(target).or_else(|| stood_for.into_iter().find_map(|place| passed(&place)))
}

fn passed_since<'a>(
    scene: &Scene<'a>,
    one: &FollowUp,
    place: &TargetId,
    check: &CheckName,
) -> Option<&'a RunState> {
    let run = scene.state.target(place)?.results.get(check)?;
    let result = &run.result;
    let passed = makes_up(one, result)
        && !scene.is_future(result.finished_at)
        && scene.digests.get(check) == Some(&result.check_digest);
    passed.then_some(run)
}

/// Whether a result is what was missing when the glass was broken: a clean pass of the release that
/// went ahead, later than that. Of which check it is, and where, is for the caller to compare.
#[must_use]
pub fn makes_up(one: &FollowUp, result: &CheckResult) -> bool {
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

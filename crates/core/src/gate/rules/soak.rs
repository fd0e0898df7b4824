//! The candidate has run on every stand-in for long enough. What failed meanwhile is for
//! evidence to say.

use crate::Timestamp;
use crate::catalog::{RuleKind, RuleName};
use crate::gate::answer::Answer;
use crate::gate::scene::{Scene, requirement};
use crate::ids::{TargetName, Version};
use crate::ledger::TargetState;
use crate::record::{EvidenceRef, Requirement, State, Why};
use crate::units::Period;

pub(super) fn ask(scene: &Scene<'_>, answer: &mut Answer) {
    let (asked, not_asked) = scene.asked(RuleName::Soak);
    for kind in asked {
        match kind {
            RuleKind::Soak { period } => each(scene, answer, *period),
            RuleKind::Evidence { .. }
            | RuleKind::Freeze(_)
            | RuleKind::WayBack { .. }
            | RuleKind::SignOff { .. }
            | RuleKind::Condition { .. } => {}
        }
    }
    answer.not_asked(RuleName::Soak, not_asked);
}

fn each(scene: &Scene<'_>, answer: &mut Answer, of: Period) {
    if scene.stands_for.is_empty() {
        answer.say(RuleName::Soak, State::Unmet, Why::NotSoaking);
    }
    for name in scene.stands_for.keys() {
        let since = since(scene, name);
        let (state, why) = match since {
            None => (State::Unmet, Why::NotSoaking),
            Some(since) => {
                let soaked = Period::between(since, scene.now);
                if soaked < of {
                    (State::Unmet, Why::Soaking { since, soaked, of })
                } else {
                    (State::Satisfied, Why::Soaked { soaked, of })
                }
            }
        };
        let deployment = scene.checked_target(name).and_then(|target| target.deployment.as_ref());
        answer.add(Requirement {
            target: Some(scene.id_after(name)),
            evidence: deployment.map(|deployment| EvidenceRef::Deployment(deployment.id)),
            ..requirement(RuleName::Soak, state, why)
        });
    }
}

fn since(scene: &Scene<'_>, name: &TargetName) -> Option<Timestamp> {
    deployed_at(scene.checked_target(name)?, scene.version())
}

/// When the version came to the target, if it is there now and nothing else was seen since.
pub(in crate::gate) fn deployed_at(target: &TargetState, version: &Version) -> Option<Timestamp> {
    if target.drift.is_some() || target.version() != Some(version) {
        return None;
    }
    target.deployment.as_ref().map(|one| one.finished_at.unwrap_or(one.started_at))
}

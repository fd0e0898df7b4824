//! Conditions of the user's. One that cannot be read or evaluated refuses.

use crate::catalog::{RuleKind, RuleName};
use crate::gate::answer::Answer;
use crate::gate::condition::{Inputs, compile};
use crate::gate::scene::{Scene, requirement};
use crate::record::{Requirement, State, Why};

pub(super) fn ask(scene: &Scene<'_>, answer: &mut Answer) {
    let (asked, not_asked) = scene.asked(RuleName::Condition);
    let mut found = Vec::new();
    for kind in asked {
        match kind {
            RuleKind::Condition { expression, message } => {
                let (state, why) =
                    stands(scene, &answer.requirements, expression, message.as_ref());
                found.push(requirement(RuleName::Condition, state, why));
            }
            RuleKind::Evidence { .. }
            | RuleKind::Soak { .. }
            | RuleKind::Freeze(_)
            | RuleKind::WayBack { .. }
            | RuleKind::SignOff { .. } => {}
        }
    }
    answer.requirements.append(&mut found);
    answer.not_asked(RuleName::Condition, not_asked);
}

fn stands(
    scene: &Scene<'_>,
    others: &[Requirement],
    expression: &str,
    message: Option<&String>,
) -> (State, Why) {
    let expression = expression.to_owned();
    match value(scene, others, &expression) {
        Ok(true) => (State::Satisfied, Why::ConditionTrue { expression }),
        Ok(false) => (State::Unmet, Why::ConditionFalse { expression, message: message.cloned() }),
        Err(error) => (State::Unmet, Why::ConditionBroken { expression, error }),
    }
}

fn value(scene: &Scene<'_>, others: &[Requirement], expression: &str) -> Result<bool, String> {
    let release = scene.release.ok_or("nobody has named the release")?;
    let condition = compile(expression).map_err(|error| error.to_string())?;
    let inputs = Inputs {
        release,
        service: scene.service,
        environment: &scene.to.name,
        now: scene.now,
        current: scene
            .to
            .targets
            .keys()
            .map(|name| (name, scene.target(name).and_then(|target| target.version())))
            .collect(),
        requirements: others,
    };
    condition.evaluate(&inputs).map_err(|error| error.to_string())
}

//! Every target that would change is stood for by one that is checked (P4.3). A production target
//! without a stand-in is the site that nobody looked at.

use crate::catalog::RuleName;
use crate::gate::answer::Answer;
use crate::gate::scene::{Scene, requirement};
use crate::ids::TargetName;
use crate::record::{Requirement, State, Why};

pub(super) fn ask(scene: &Scene<'_>, answer: &mut Answer) {
    if scene.to.targets.is_empty() {
        answer.say(RuleName::Coverage, State::Unmet, Why::NoTargets);
    }
    for (name, stand_ins) in &scene.stand_ins {
        let (state, why) = covered(scene, name, stand_ins);
        let target = Some(scene.id_to(name));
        answer.add(Requirement { target, ..requirement(RuleName::Coverage, state, why) });
    }
}

fn covered(scene: &Scene<'_>, name: &TargetName, stand_ins: &[&TargetName]) -> (State, Why) {
    let Some(first) = stand_ins.first() else {
        let target = &scene.to.targets[name];
        let why = Why::NoStandIn {
            site: target.site.clone(),
            platform: target.platform.clone(),
            from: scene.after.name.clone(),
        };
        return (State::Uncovered, why);
    };
    let environment = &scene.after.name;
    let expected = |name: &TargetName| {
        scene.service.expected_checks(environment, name, &scene.after.targets[name]).count()
    };
    let checks: usize = stand_ins.iter().map(|name| expected(name)).sum();
    if checks == 0 {
        return (State::Uncovered, Why::NothingExpected { stand_in: scene.id_after(first) });
    }
    let by = stand_ins.iter().map(|name| scene.id_after(name)).collect();
    let checks = u32::try_from(checks).unwrap_or(u32::MAX);
    (State::Satisfied, Why::StoodFor { by, checks })
}

//! Nobody holds the service.

use crate::catalog::RuleName;
use crate::gate::answer::Answer;
use crate::gate::scene::{Scene, requirement};
use crate::record::{EvidenceRef, Requirement, State, Why};

pub(super) fn ask(scene: &Scene<'_>, answer: &mut Answer) {
    let here = |environment: &Option<_>| match environment {
        None => true,
        Some(name) => *name == scene.to.name,
    };
    let holds = scene.people().holds.iter();
    let holds: Vec<_> =
        holds.filter(|said| said.withdrawn_at.is_none() && here(&said.what.environment)).collect();
    if holds.is_empty() {
        answer.say(RuleName::Hold, State::Satisfied, Why::NotHeld);
    }
    for said in holds {
        let hold = &said.what;
        let why = Why::Held { by: hold.by.clone(), reason: hold.reason.clone(), since: hold.at };
        answer.add(Requirement {
            evidence: Some(EvidenceRef::Event(said.seq)),
            ..requirement(RuleName::Hold, State::Unmet, why)
        });
    }
}

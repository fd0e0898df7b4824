//! The release has not failed before where it wants to go (P4.7, DH.6).
//!
//! A release never changes, so what went wrong under it there is evidence that nothing that
//! staging says can take away: staging had been green before. It is mended in a new release, or a
//! person who knows that it was not the release says so by a waiver, given after it failed. What a
//! person took back, and what went back for a fault of ours, is said and asks for nothing.

use crate::catalog::RuleName;
use crate::gate::answer::Answer;
use crate::gate::scene::{Scene, requirement};
use crate::record::{BackCause, EvidenceRef, Requirement, State, Why};

pub(super) fn ask(scene: &Scene<'_>, answer: &mut Answer) {
    let lane = scene.state.lanes.get(&scene.to.name);
    let gone =
        lane.and_then(|lane| lane.went_back.iter().find(|one| one.version == *scene.version()));
    let Some(gone) = gone else {
        return answer.say(RuleName::RolledBack, State::Satisfied, Why::NeverWentBack);
    };
    let state = match gone.cause {
        BackCause::Failed => State::Failed,
        BackCause::Errored | BackCause::Asked => State::Satisfied,
    };
    let why = Why::WentBack {
        promotion: gone.promotion,
        at: gone.at,
        cause: gone.cause,
        reason: gone.reason.clone(),
    };
    answer.add(Requirement {
        evidence: Some(EvidenceRef::Event(gone.seq)),
        ..requirement(RuleName::RolledBack, state, why)
    });
}

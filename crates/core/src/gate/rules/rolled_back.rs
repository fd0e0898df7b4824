//! The release has not failed before where it wants to go (P4.7, DH.6).
//!
//! A release never changes, so what went wrong under it there is evidence that nothing that
//! staging says can take away: staging had been green before. It is mended in a new release, or a
//! person who knows that it was not the release says so by a waiver, given after it failed. What a
//! person took back, and what went back for a fault of ours, is said and asks for nothing.

use crate::catalog::RuleName;
use crate::gate::answer::Answer;
use crate::gate::scene::{Scene, requirement};
use crate::ledger::WentBack;
use crate::record::{BackCause, EvidenceRef, Requirement, State, Why};

pub(super) fn ask(scene: &Scene<'_>, answer: &mut Answer) {
    let Some(gone) = gone(scene) else {
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
        same_as: (gone.version != *scene.version()).then(|| gone.version.clone()),
    };
    answer.add(Requirement {
        evidence: Some(EvidenceRef::Event(gone.seq)),
        ..requirement(RuleName::RolledBack, state, why)
    });
}

/// What the release is asked about: that it went back itself, or that another one of the same
/// content did. A new name mends nothing; a failure comes before what says nothing about it.
fn gone<'a>(scene: &Scene<'a>) -> Option<&'a WentBack> {
    let lane = scene.state.lanes.get(&scene.to.name)?;
    let is_own = |one: &WentBack| one.version == *scene.version();
    let about = |one: &&WentBack| is_own(one) || (same_content(scene, one) && !stayed(scene, one));
    let rank = |one: &&WentBack| (one.cause == BackCause::Failed, is_own(one), one.seq);
    lane.went_back.iter().filter(about).max_by_key(rank)
}

fn same_content(scene: &Scene<'_>, gone: &WentBack) -> bool {
    let other = scene.state.releases.get(&gone.version);
    scene.release.zip(other).is_some_and(|(release, other)| release.same_content(other))
}

/// Whether the release was verified good on every target there after the other one went back.
fn stayed(scene: &Scene<'_>, gone: &WentBack) -> bool {
    let good_since = |name| {
        let mut good = scene.target(name).into_iter().flat_map(|target| &target.verified_good);
        good.any(|good| good.version == *scene.version() && good.seq > gone.seq)
    };
    !scene.to.targets.is_empty() && scene.to.targets.keys().all(good_since)
}

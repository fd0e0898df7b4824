//! The release exists as it was named, and is made of something.

use crate::catalog::RuleName;
use crate::gate::answer::Answer;
use crate::gate::scene::Scene;
use crate::record::{State, Why};

pub(super) fn ask(scene: &Scene<'_>, answer: &mut Answer) {
    let (state, why) = match scene.release {
        None => (State::Unmet, Why::ReleaseUnknown),
        Some(release) if release.artifacts.is_empty() => (State::Unmet, Why::ReleaseHasNoArtifacts),
        Some(release) => (State::Satisfied, Why::ReleaseNamed { digest: release.digest() }),
    };
    answer.say(RuleName::Release, state, why);
}

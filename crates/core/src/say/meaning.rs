//! What each state means, for who sees the marks for the first time.

use crate::record::State;

/// What a mark of waiting means.
pub const WAITING_MEANS: &str = "Only a person or a time is missing.";

/// What a state means, in one sentence.
#[must_use]
pub const fn meaning(state: State) -> &'static str {
    match state {
        State::Failed => "It ran, and the release is at fault.",
        State::Unmet => "It is asked for and not so.",
        State::Flaky => "Red, then green. Not a pass until someone looks.",
        State::Errored => "We could not find out: our fault, not the release's.",
        State::Uncovered => "No target or check exists for it.",
        State::NotRun => "Expected, and no result yet.",
        State::Running => "Under way.",
        State::Stale => "It was true of an earlier deployment, check or day.",
        State::WrongVersion => "Another version answered while it ran.",
        State::KnownFailure => "Red exactly as ticket and signature say. It counts as accepted.",
        State::Waived => "A person accepts it, with a reason and an end.",
        State::NotApplicable => "It is not asked of this release.",
        State::Satisfied => {
            "It ran on this deployment, on this version, and passed at the first try."
        }
    }
}

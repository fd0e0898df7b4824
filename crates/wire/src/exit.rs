//! Exit codes: documented, stable, and the same for every command.

use plimsoll_core::event::PromotionEnd;
use plimsoll_core::record::{Decision, State, Verdict};
use plimsoll_core::say::Matrix;

/// How a command ends. Whoever calls it may read everything but 0 as no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum ExitCode {
    /// Yes: allowed, verified, done.
    Yes = 0,
    /// The command line is wrong.
    Usage = 2,
    /// Refused: something is unmet.
    Refused = 10,
    /// Evidence is missing or stale, and nothing else is wrong.
    EvidenceMissing = 11,
    /// Nothing is wrong so far, but something still runs.
    StillRunning = 12,
    /// A promotion failed and was rolled back.
    RolledBack = 20,
    /// A promotion failed and needs a person.
    NeedsPerson = 21,
    /// Something that plimsoll depends on is unavailable.
    Unavailable = 69,
    /// A bug of plimsoll's.
    Bug = 70,
    /// The configuration is wrong.
    Configuration = 78,
}

impl ExitCode {
    /// All of them, for the reference.
    pub const ALL: [Self; 10] = [
        Self::Yes,
        Self::Usage,
        Self::Refused,
        Self::EvidenceMissing,
        Self::StillRunning,
        Self::RolledBack,
        Self::NeedsPerson,
        Self::Unavailable,
        Self::Bug,
        Self::Configuration,
    ];

    /// The number.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The one that is written as this number; one that nobody knows is a bug.
    #[must_use]
    pub fn of_code(code: u8) -> Self {
        Self::ALL.into_iter().find(|one| one.code() == code).unwrap_or(Self::Bug)
    }

    /// What it means, for the reference.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Usage => "usage",
            Self::Refused => "refused",
            Self::EvidenceMissing => "evidence missing or stale",
            Self::StillRunning => "still running",
            Self::RolledBack => "promotion failed and was rolled back",
            Self::NeedsPerson => "promotion failed and needs a person",
            Self::Unavailable => "something we depend on is unavailable",
            Self::Bug => "a bug of ours",
            Self::Configuration => "configuration",
        }
    }

    /// The exit code of a decision.
    #[must_use]
    pub fn of_decision(decision: &Decision) -> Self {
        match decision.verdict {
            Verdict::Allowed => Self::Yes,
            Verdict::Refused => match Self::of_states(decision.unmet().map(|r| r.state)) {
                // Refused without anything unmet (nothing was asked) is refused all the same.
                Self::Yes => Self::Refused,
                code => code,
            },
        }
    }

    /// The exit code of a verification.
    #[must_use]
    pub fn of_matrix(matrix: &Matrix) -> Self {
        if matrix.is_verified() {
            return Self::Yes;
        }
        match Self::of_states(matrix.cells.iter().map(|cell| cell.state)) {
            // Only uncovered targets, or nothing expected at all, keep it from being verified.
            Self::Yes => Self::Refused,
            code => code,
        }
    }

    /// The exit code of several states: refused before still running before evidence missing.
    #[must_use]
    pub fn of_states(states: impl Iterator<Item = State>) -> Self {
        let rank = |code: &Self| match code {
            Self::Refused => 3,
            Self::StillRunning => 2,
            Self::EvidenceMissing => 1,
            Self::Yes
            | Self::Usage
            | Self::RolledBack
            | Self::NeedsPerson
            | Self::Unavailable
            | Self::Bug
            | Self::Configuration => 0,
        };
        states.map(Self::of_state).max_by_key(rank).unwrap_or(Self::Yes)
    }

    const fn of_state(state: State) -> Self {
        match state {
            State::Failed
            | State::Errored
            | State::Flaky
            | State::WrongVersion
            | State::Uncovered
            | State::Unmet => Self::Refused,
            State::Running => Self::StillRunning,
            State::NotRun | State::Stale => Self::EvidenceMissing,
            State::KnownFailure | State::Waived | State::NotApplicable | State::Satisfied => {
                Self::Yes
            }
        }
    }

    /// The exit code of a promotion that ended.
    #[must_use]
    pub const fn of_end(end: &PromotionEnd) -> Self {
        match end {
            PromotionEnd::VerifiedGood | PromotionEnd::Deployed | PromotionEnd::Rehearsed => {
                Self::Yes
            }
            PromotionEnd::Withdrawn { .. } => Self::Refused,
            PromotionEnd::RolledBack { .. } => Self::RolledBack,
            PromotionEnd::NeedsPerson { .. } => Self::NeedsPerson,
        }
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        code.code().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_state_decides_the_code() {
        let of = |states: &[State]| ExitCode::of_states(states.iter().copied()).code();
        assert_eq!(of(&[State::NotRun, State::Stale, State::Satisfied]), 11);
        assert_eq!(of(&[State::NotRun, State::Running]), 12);
        assert_eq!(of(&[State::Running, State::Flaky, State::Stale]), 10);
        assert_eq!(of(&[State::Waived, State::KnownFailure, State::NotApplicable]), 0);
        for refusing in [
            State::Failed,
            State::Errored,
            State::Flaky,
            State::WrongVersion,
            State::Uncovered,
            State::Unmet,
        ] {
            assert_eq!(of(&[State::Running, refusing, State::NotRun]), 10, "{refusing:?}");
        }
    }

    #[test]
    fn the_numbers_are_the_documented_ones() {
        let numbers: Vec<_> = ExitCode::ALL.iter().map(|code| code.code()).collect();
        assert_eq!(numbers, [0, 2, 10, 11, 12, 20, 21, 69, 70, 78]);
    }

    #[test]
    fn ends_of_promotions_have_their_codes() {
        let reason = || "why".to_owned();
        for (end, code) in [
            (PromotionEnd::VerifiedGood, 0),
            (PromotionEnd::Deployed, 0),
            (PromotionEnd::Rehearsed, 0),
            (PromotionEnd::Withdrawn { reason: reason() }, 10),
            (PromotionEnd::RolledBack { reason: reason() }, 20),
            (PromotionEnd::NeedsPerson { reason: reason() }, 21),
        ] {
            assert_eq!(ExitCode::of_end(&end).code(), code);
        }
    }
}

//! States and verdicts, as programs read them.

use plimsoll_core::record::{State, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a requirement or a result stands. Only `satisfied`, `waived`, `known-failure` and
/// `not-applicable` let a release pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the words are explained in the glossary")]
pub enum StateView {
    Satisfied,
    Waived,
    KnownFailure,
    NotApplicable,
    NotRun,
    Running,
    Stale,
    Failed,
    Errored,
    Flaky,
    WrongVersion,
    Uncovered,
    Unmet,
}

impl From<State> for StateView {
    fn from(state: State) -> Self {
        match state {
            State::Satisfied => Self::Satisfied,
            State::Waived => Self::Waived,
            State::KnownFailure => Self::KnownFailure,
            State::NotApplicable => Self::NotApplicable,
            State::NotRun => Self::NotRun,
            State::Running => Self::Running,
            State::Stale => Self::Stale,
            State::Failed => Self::Failed,
            State::Errored => Self::Errored,
            State::Flaky => Self::Flaky,
            State::WrongVersion => Self::WrongVersion,
            State::Uncovered => Self::Uncovered,
            State::Unmet => Self::Unmet,
        }
    }
}

impl From<StateView> for State {
    fn from(view: StateView) -> Self {
        match view {
            StateView::Satisfied => Self::Satisfied,
            StateView::Waived => Self::Waived,
            StateView::KnownFailure => Self::KnownFailure,
            StateView::NotApplicable => Self::NotApplicable,
            StateView::NotRun => Self::NotRun,
            StateView::Running => Self::Running,
            StateView::Stale => Self::Stale,
            StateView::Failed => Self::Failed,
            StateView::Errored => Self::Errored,
            StateView::Flaky => Self::Flaky,
            StateView::WrongVersion => Self::WrongVersion,
            StateView::Uncovered => Self::Uncovered,
            StateView::Unmet => Self::Unmet,
        }
    }
}

/// The answer of a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VerdictView {
    /// It may enter.
    Allowed,
    /// It may not.
    Refused,
}

impl From<Verdict> for VerdictView {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Allowed => Self::Allowed,
            Verdict::Refused => Self::Refused,
        }
    }
}

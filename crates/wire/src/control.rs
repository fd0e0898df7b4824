//! Why a check is red, as programs read it.

use plimsoll_core::record::{Cause, Control, ControlRun, Question, State};
use plimsoll_core::say::{self, Reader, safe};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::StateView;

/// Why a check is red.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct CauseView {
    /// In a word.
    pub cause: CauseWord,
    /// What that rests on, in a clause.
    pub reason: String,
}

/// Why a check is red, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CauseWord {
    /// The release's fault.
    Regression,
    /// It cannot be said.
    Unclear,
    /// Something that this release shares with the last good one has changed.
    Environment,
    /// The check was changed, and is green as it was before.
    CheckChanged,
    /// Sometimes red.
    Flaky,
    /// Red in the same way before this release came.
    WasRedBefore,
}

/// What was found out about a red check, with the runs that say so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ControlView {
    /// Why it is red.
    #[serde(flatten)]
    pub cause: CauseView,
    /// The control runs, in order.
    pub runs: Vec<ControlRunView>,
}

/// One control run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ControlRunView {
    /// `again`, `last-good` or `before-the-change`.
    pub question: String,
    /// Where it ran: `service/environment/target`.
    pub target: String,
    /// The version that was seen there just before.
    pub version: Option<String>,
    /// When it began (RFC 3339, UTC).
    pub at: String,
    /// What it came to.
    pub state: StateView,
    /// What it found, in one sentence.
    pub finding: String,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// The digest of what it printed.
    pub output_digest: Option<String>,
}

impl CauseView {
    /// A cause, its moments told as `reader` reads them.
    #[must_use]
    pub fn of(cause: &Cause, reader: &Reader) -> Self {
        let word = match cause {
            Cause::Regression { .. } => CauseWord::Regression,
            Cause::Unclear { .. } => CauseWord::Unclear,
            Cause::Environment { .. } | Cause::Unreachable { .. } => CauseWord::Environment,
            Cause::Redefined => CauseWord::CheckChanged,
            Cause::Flaky { .. } => CauseWord::Flaky,
            Cause::RedBefore { .. } => CauseWord::WasRedBefore,
        };
        Self { cause: word, reason: say::because(cause, reader) }
    }
}

impl ControlView {
    /// What was found out, its moments told as `reader` reads them.
    #[must_use]
    pub fn of(control: &Control, reader: &Reader) -> Self {
        let runs = control.runs.iter().map(ControlRunView::from).collect();
        Self { cause: CauseView::of(&control.cause, reader), runs }
    }
}

impl From<&ControlRun> for ControlRunView {
    fn from(run: &ControlRun) -> Self {
        let question = match run.question {
            Question::Again => "again",
            Question::LastGood => "last-good",
            Question::BeforeTheChange => "before-the-change",
        };
        Self {
            question: question.to_owned(),
            target: run.target.to_string(),
            version: run.version.as_ref().map(ToString::to_string),
            at: run.at.to_string(),
            state: State::from(run.outcome).into(),
            finding: safe(&run.finding).into_owned(),
            took_ms: run.took_ms,
            output_digest: run.output.map(|blob| blob.digest.to_string()),
        }
    }
}

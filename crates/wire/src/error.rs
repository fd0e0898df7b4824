//! An error, as programs read it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What stands in place of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorView {
    /// The error.
    pub error: ErrorBody,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorBody {
    /// A word that does not change: `release-unknown`, `ledger-unavailable`.
    pub code: String,
    /// One sentence.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl ErrorView {
    /// An error of these words, made safe to show.
    #[must_use]
    pub fn new(code: &str, message: &str, hint: Option<&str>) -> Self {
        let safe = |text: &str| plimsoll_core::say::safe(text).into_owned();
        Self {
            error: ErrorBody {
                code: code.to_owned(),
                message: safe(message),
                hint: hint.map(safe),
            },
        }
    }
}

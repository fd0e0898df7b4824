//! An error of the HTTP API, as RFC 9457 shapes it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why a request was not done: `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ProblemView {
    /// Which kind of problem, as a URI: `urn:plimsoll:problem:not-found`.
    pub r#type: String,
    /// The status in words.
    pub title: String,
    /// The status.
    pub status: u16,
    /// One sentence about this very case.
    pub detail: String,
    /// A word that does not change: `not-found`.
    pub code: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl ProblemView {
    /// A problem of these words, made safe to show.
    #[must_use]
    pub fn new(status: u16, title: &str, code: &str, (detail, hint): (&str, Option<&str>)) -> Self {
        let safe = |text: &str| plimsoll_core::say::safe(text).into_owned();
        Self {
            r#type: format!("urn:plimsoll:problem:{code}"),
            title: title.to_owned(),
            status,
            detail: safe(detail),
            code: code.to_owned(),
            hint: hint.map(safe),
        }
    }
}

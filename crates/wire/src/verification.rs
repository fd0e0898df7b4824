//! A verification that was asked for, as programs read it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::VerifyView;

/// A run of checks, under way or ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct VerificationView {
    /// Its number: the event that began it.
    pub id: u64,
    /// Whether it has ended.
    pub ended: bool,
    /// How many results are expected.
    pub expected: usize,
    /// When it began (RFC 3339, UTC).
    pub started_at: String,
    /// When it ended (RFC 3339, UTC).
    pub finished_at: Option<String>,
    /// What it found so far.
    pub found: VerifyView,
}

//! What `plimsoll check` found, as programs read it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether the configuration is right.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct CheckView {
    /// Whether it can be loaded.
    pub valid: bool,
    /// The files that were read.
    pub files: Vec<String>,
    /// Everything that is wrong.
    pub diagnostics: Vec<DiagnosticView>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct DiagnosticView {
    /// `error` or `warning`.
    pub severity: String,
    /// The file.
    pub file: String,
    /// The line, from 1; 0 when the whole file is meant.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// How many characters are meant.
    pub length: usize,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

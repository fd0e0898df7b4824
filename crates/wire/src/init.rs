//! What `plimsoll init` wrote, as programs read it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A first configuration was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct InitView {
    /// The file.
    pub file: String,
    /// The service in it.
    pub service: String,
    /// What was guessed and should be looked at, in words.
    pub guessed: Vec<String>,
}

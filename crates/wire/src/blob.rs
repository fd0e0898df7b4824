//! Content that is kept, as programs read it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Content that is kept by its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct BlobView {
    /// Its digest, `sha256:…`.
    pub digest: String,
    /// How long it is, in bytes.
    pub bytes: u64,
}

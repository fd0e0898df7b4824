//! What somebody may ask a server for.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a token allows. Each but `Administer` is about the services that the token names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// To look, and to ask the gate.
    Read,
    /// To name releases, and to report results and deployments that others made.
    Report,
    /// To deploy to an environment without a gate, to adopt, and to verify.
    Deploy,
    /// To promote and to go back, and to say what a person says: waive, sign off, hold, freeze.
    Release,
    /// To make and revoke tokens, and to read the ledger whole.
    Administer,
}

impl Permission {
    /// All of them, the least first.
    pub const ALL: [Self; 5] =
        [Self::Read, Self::Report, Self::Deploy, Self::Release, Self::Administer];

    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Report => "report",
            Self::Deploy => "deploy",
            Self::Release => "release",
            Self::Administer => "administer",
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A text that is no permission.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not one of read, report, deploy, release, administer")]
pub struct PermissionError(String);

impl FromStr for Permission {
    type Err = PermissionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|one| one.as_str() == text);
        found.ok_or_else(|| PermissionError(text.chars().take(80).collect()))
    }
}

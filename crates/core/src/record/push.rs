//! Pushes that a person forced.

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::catalog::BranchRef;
use crate::ids::{DecisionId, PersonName, ReleaseId};

/// A commit that entered a protected branch although the gate refused its release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForcedPush {
    /// The branch.
    pub branch: BranchRef,
    /// The commit, by full object id.
    pub commit: String,
    /// The release that is made of it.
    pub release: ReleaseId,
    /// The decision that refused it.
    pub decision: DecisionId,
    /// Why the person went ahead.
    pub reason: String,
    /// Who, as whoever caused the event told.
    pub by: PersonName,
    /// When.
    pub at: Timestamp,
}

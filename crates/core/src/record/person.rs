//! What people said: waivers, known failures, sign-offs, holds.

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::catalog::RuleName;
use crate::ids::{
    CheckName, EnvironmentName, PersonName, ReleaseId, RoleName, SiteName, TargetName, Version,
};

/// A person accepts an unmet requirement. It never covers another release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiver {
    /// For this release only.
    pub release: ReleaseId,
    /// Into this environment only.
    pub to: EnvironmentName,
    /// The rule that is waived.
    pub rule: RuleName,
    /// Only on these targets; everywhere when empty. For evidence, names of the targets that the
    /// checks run on or of those they stand for.
    pub targets: Vec<TargetName>,
    /// Only these checks; all of the rule's when empty.
    pub checks: Vec<CheckName>,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: PersonName,
    /// When.
    pub at: Timestamp,
    /// Until when (exclusive).
    pub until: Timestamp,
}

/// A failure that is known and put off: by test and by signature, with ticket and end (RR.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownFailure {
    /// The check whose failure it is.
    pub check: CheckName,
    /// The single test inside the check; the check itself when absent.
    pub test: Option<String>,
    /// The signature that the failure must have.
    pub signature: String,
    /// Whatever pictures of this release's pages say: its look is meant. What style sheets lost, what
    /// is missing and what shows nothing are other failures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub look: Option<Version>,
    /// Only on these targets; everywhere when empty.
    pub targets: Vec<TargetName>,
    /// Where it is worked on.
    pub ticket: String,
    /// Who recorded it.
    pub by: PersonName,
    /// When.
    pub at: Timestamp,
    /// Until when (exclusive).
    pub until: Timestamp,
}

/// A person has looked and signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignOff {
    /// For this release only.
    pub release: ReleaseId,
    /// Into this environment.
    pub to: EnvironmentName,
    /// The site that was looked at; the whole release when absent.
    pub site: Option<SiteName>,
    /// The target that was looked at, for rules that ask per target.
    pub target: Option<TargetName>,
    /// As which role.
    pub role: RoleName,
    /// Who.
    pub by: PersonName,
    /// When.
    pub at: Timestamp,
    /// Free words.
    pub note: String,
    /// Targets of the environment before whose pictures of this release the signer had opened.
    /// The gate does not count the signature for a target that shows a picture and is not here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opened: Vec<TargetName>,
}

/// A person has opened what a target showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// What was checked.
    pub release: ReleaseId,
    /// Where.
    pub environment: EnvironmentName,
    /// On these targets.
    pub targets: Vec<TargetName>,
    /// Who.
    pub by: PersonName,
    /// When.
    pub at: Timestamp,
}

/// Nothing of this service moves forward until somebody lets go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// In this environment; in all when absent.
    pub environment: Option<EnvironmentName>,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: PersonName,
    /// When.
    pub at: Timestamp,
}

//! Deployments, what they came to, and what really runs.

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::digest::Digest;
use crate::ids::{PromotionId, TargetId, Version};

use super::BlobRef;

/// Why a release is put on a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MoveReason {
    /// It goes forward as planned.
    Forward,
    /// It goes back to what was verified good.
    Back,
}

/// What really runs on a target.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Observed {
    /// This version answered.
    Version(Version),
    /// It calls itself this version, and what is there is not what was deployed: files were
    /// changed, removed or added since. It is not the release that was decided about.
    Altered {
        /// What it calls itself.
        version: Version,
        /// What differs, in words, the first files by name.
        how: String,
    },
    /// An answer that names no version, or none at all, and why.
    Unknown(String),
}

impl Observed {
    /// The version that answered, altered or not, if one did.
    #[must_use]
    pub const fn version(&self) -> Option<&Version> {
        match self {
            Self::Version(seen) | Self::Altered { version: seen, .. } => Some(seen),
            Self::Unknown(_) => None,
        }
    }

    /// Whether it is this very version.
    #[must_use]
    pub fn is(&self, version: &Version) -> bool {
        match self {
            Self::Version(seen) => seen == version,
            Self::Altered { .. } | Self::Unknown(_) => false,
        }
    }

    /// Whether it is known to be something else than this version as it was deployed. Not knowing
    /// is no such knowledge.
    #[must_use]
    pub fn is_other_than(&self, version: &Version) -> bool {
        match self {
            Self::Version(seen) => seen != version,
            Self::Altered { .. } => true,
            Self::Unknown(_) => false,
        }
    }

    /// Whether it says the same of what runs; which files were altered may have grown meanwhile.
    #[must_use]
    pub fn says_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Altered { version, .. }, Self::Altered { version: seen, .. }) => version == seen,
            (Self::Version(_) | Self::Altered { .. } | Self::Unknown(_), _) => self == other,
        }
    }
}

/// An observation at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// Where.
    pub target: TargetId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub observed: Observed,
}

/// What became of putting a release on a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployReport {
    /// What it came to.
    pub result: DeployResult,
    /// What was observed right after.
    pub observed: Observed,
    /// How long it took.
    pub took_ms: u64,
    /// The whole output.
    pub output: Option<BlobRef>,
}

/// What a deployer says of its work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeployResult {
    /// It says it is done. Whether it is so, observation tells.
    Done,
    /// An executor that took over found the version running; nothing was run again.
    FoundDone,
    /// It aimed at another target than planned and was not run.
    Misaimed {
        /// What it would have acted on.
        aimed_at: String,
    },
    /// It failed.
    Failed {
        /// How it ended.
        ending: Ending,
        /// One sentence.
        finding: String,
    },
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// With this exit code.
    Exit(i32),
    /// Killed by this signal (7 is SIGBUS): the log may well be empty.
    Signal(i32),
    /// We ended it at its time limit.
    TimedOut,
    /// It could not be started, or was no process.
    NotStarted,
}

/// Whether what is needed to go (back) to a version is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// Where one would go back.
    pub target: TargetId,
    /// To which version.
    pub version: Version,
    /// When it was looked for.
    pub at: Timestamp,
    /// What was found.
    pub outcome: ProofOutcome,
}

/// What was found when the artifacts of a way back were looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProofOutcome {
    /// Everything is there; how that is known, in words.
    Present {
        /// `kept here, 214 files hashed`, `prove command exited 0`
        how: String,
    },
    /// Something is missing.
    Missing {
        /// What, in words.
        what: String,
        /// Its digest, where it has one.
        digest: Option<Digest>,
    },
    /// It could not be found out.
    Unknown {
        /// Why.
        why: String,
    },
}

/// A rehearsal of the way back on one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rehearsal {
    /// Where.
    pub target: TargetId,
    /// The version that ran before and after.
    pub from: Version,
    /// The version that was gone back to.
    pub to: Version,
    /// When it ended.
    pub at: Timestamp,
    /// The promotion (of kind rehearsal) that carried it out.
    pub promotion: PromotionId,
    /// Whether both effects were observed, not believed.
    pub effect_observed: bool,
    /// What went wrong, if anything.
    pub finding: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_altered_is_not_the_version_and_is_known_to_be_another() {
        let version: Version = "1.2".parse().expect("valid");
        let how = |text: &str| Observed::Altered { version: version.clone(), how: text.to_owned() };
        assert!(!how("x").is(&version) && how("x").is_other_than(&version));
        assert!(how("x").says_as(&how("x and y")));
        assert!(!how("x").says_as(&Observed::Version(version.clone())));
        let unknown = Observed::Unknown("no answer".to_owned());
        assert!(!unknown.is(&version) && !unknown.is_other_than(&version));
    }

    #[test]
    fn observations_of_older_ledgers_are_read_as_they_were() {
        for text in [r#"{"version":"1.2"}"#, r#"{"unknown":"refused"}"#] {
            let seen: Observed = serde_json::from_str(text).expect("known");
            assert_eq!(serde_json::to_string(&seen).expect("json"), text);
        }
    }
}

//! Control runs: why a check is red, found out by running it again where that tells something.

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::digest::Digest;
use crate::ids::{TargetId, Version};

use super::{BlobRef, Outcome};

/// What was found out about a red check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Control {
    /// Why it is red.
    pub cause: Cause,
    /// The runs that say so, in order; never more than [`Control::MOST_RUNS`].
    pub runs: Vec<ControlRun>,
}

impl Control {
    /// How many control runs one red check gets.
    pub const MOST_RUNS: usize = 4;
}

/// One control run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ControlRun {
    /// What it asks.
    pub question: Question,
    /// Where it ran.
    pub target: TargetId,
    /// The version that was seen there just before.
    pub version: Option<Version>,
    /// The definition of the check that was used.
    pub check_digest: Digest,
    /// When it began.
    pub at: Timestamp,
    /// What it came to.
    pub outcome: Outcome,
    /// What it found, in a sentence.
    pub finding: String,
    /// Its signature, when it is red.
    pub signature: Vec<String>,
    /// How long it took.
    pub took_ms: u64,
    /// Where its output is kept.
    pub output: Option<BlobRef>,
}

/// What a control run asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// Is it red again, in the same place?
    Again,
    /// Is it red where the last verified good version runs?
    LastGood,
    /// Is it red with the definition that it had when it last passed?
    BeforeTheChange,
}

/// Why a check is red.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub enum Cause {
    /// The release's fault.
    Regression {
        /// What it is compared with.
        against: Against,
    },
    /// It cannot be said, because there is nothing to compare with.
    Unclear {
        /// Why not.
        reason: Unclear,
    },
    /// Something that this release shares with the last good one has changed.
    Environment {
        /// Where that shows.
        target: TargetId,
        /// The version that runs there.
        version: Version,
        /// When the check was still green there with it.
        green_at: Timestamp,
    },
    /// Nothing answers where it runs, not even the question for its version.
    Unreachable {
        /// Where.
        target: TargetId,
        /// Why the version is not known.
        why: String,
    },
    /// The check was changed, and is green as it was before.
    Redefined,
    /// Sometimes red.
    Flaky {
        /// So many runs were red,
        red: u32,
        /// of so many.
        of: u32,
        /// So often it had turned from green to red or back before, with one and the same version.
        #[serde(default)]
        turns: u32,
    },
    /// Red in the same way before this release came.
    RedBefore {
        /// Where that shows.
        target: TargetId,
        /// Since when it is known.
        since: Timestamp,
        /// How many earlier releases were red in this way.
        releases: u32,
    },
}

/// What a regression shows against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub enum Against {
    /// It was green there with that version.
    Green {
        /// Where.
        target: TargetId,
        /// With which version.
        version: Version,
        /// When.
        at: Timestamp,
    },
    /// It is red there with that version in another way.
    OtherFailure {
        /// Where.
        target: TargetId,
        /// With which version.
        version: Version,
        /// What is found there.
        finding: String,
        /// The single tests that fail here and not there, with what they say; at most
        /// [`Against::MOST_NEW`].
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        new: Vec<String>,
    },
}

impl Against {
    /// How many new failures are named.
    pub const MOST_NEW: usize = 10;
}

/// Why nothing can be said about the cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub enum Unclear {
    /// No target runs another version that was verified good.
    NothingToCompare,
    /// The check gets too few control runs to compare.
    NoMoreRuns,
    /// It was green in the same place with the very same version: that does not last, or the place has
    /// changed.
    GreenBefore {
        /// Where.
        target: TargetId,
        /// The version.
        version: Version,
        /// When it was still green.
        green_at: Timestamp,
    },
    /// The only target that would do is in production, and the check is not known to be safe there.
    NotSafeThere {
        /// The target.
        target: TargetId,
    },
    /// The run that would have told could not be made.
    NotComparable {
        /// Where.
        target: TargetId,
        /// Why not.
        finding: String,
    },
}

impl Cause {
    /// The word for people.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Regression { .. } => "regression",
            Self::Unclear { .. } => "cause unclear",
            Self::Environment { .. } | Self::Unreachable { .. } => "environment",
            Self::Redefined => "check changed",
            Self::Flaky { .. } => "flaky",
            Self::RedBefore { .. } => "was red before",
        }
    }

    /// The more it is the release's fault, the earlier it is said.
    #[must_use]
    pub const fn rank(&self) -> u8 {
        match self {
            Self::Regression { .. } => 0,
            Self::Unclear { .. } => 1,
            Self::Environment { .. } | Self::Unreachable { .. } => 2,
            Self::Redefined => 3,
            Self::Flaky { .. } => 4,
            Self::RedBefore { .. } => 5,
        }
    }
}

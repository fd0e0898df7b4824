//! Results of checks.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::digest::Digest;
use crate::ids::{CheckName, DeploymentId, PersonName, TargetId, Version};

use super::{Observed, PageSummary};

/// What one run of one check on one target found, with everything it is bound to (rule 2).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckResult {
    /// Where it ran.
    pub target: TargetId,
    /// Which check.
    pub check: CheckName,
    /// The digest of the check's definition.
    pub check_digest: Digest,
    /// The version that was to be checked.
    pub version: Version,
    /// The deployment that was on the target when it began.
    pub deployment: Option<DeploymentId>,
    /// When the first attempt began.
    pub started_at: Timestamp,
    /// When the last attempt ended.
    pub finished_at: Timestamp,
    /// The version that ran just before.
    pub observed_before: Observed,
    /// The version that ran just after.
    pub observed_after: Observed,
    /// Every attempt, in order; the last one is the outcome. Empty when it could not begin.
    pub attempts: Vec<Attempt>,
    /// What it came to.
    pub outcome: Outcome,
    /// Where the whole output is kept.
    pub output: Option<BlobRef>,
    /// Who ran it, when it was not plimsoll.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported: Option<Box<Reported>>,
}

/// Who ran a check that plimsoll did not run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reported {
    /// Who reported the result.
    pub by: PersonName,
    /// Where it can be looked up: the address of a run.
    pub link: Option<String>,
}

/// What a check run came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// As expected.
    Passed,
    /// The release's fault.
    Failed,
    /// Ours: it says nothing about the release.
    Errored,
    /// What had to be looked at was not looked at: a suite that shrank, tests skipped, aborted.
    NotRun,
}

/// One attempt of a check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// What it came to.
    pub outcome: Outcome,
    /// One sentence about what was found: `/static/style.css answers 404`.
    pub finding: String,
    /// How long it took.
    pub took_ms: u64,
    /// Single tests, where the check has any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cases: Option<Cases>,
    /// How the time of an HTTP question was spent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timings: Option<Timings>,
    /// What a page looked like, for a check that looks at one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<Box<PageSummary>>,
}

impl Attempt {
    /// One without single tests, timings or a page.
    #[must_use]
    pub fn new(outcome: Outcome, finding: String, took: Duration) -> Self {
        let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        Self { outcome, finding, took_ms, cases: None, timings: None, page: None }
    }
}

/// The single tests of an attempt.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cases {
    /// Tests that were executed (passed or failed).
    pub executed: u32,
    /// Tests that were skipped.
    pub skipped: u32,
    /// Required tests that were not executed.
    pub missing: Vec<String>,
    /// Tests that failed, at most [`Cases::MOST_FAILURES`].
    pub failed: Vec<CaseFailure>,
    /// How many more failed than are listed.
    pub more_failed: u32,
    /// What else was wrong with the attempt, each in one clause: it was killed, it was cut off at
    /// its limit, too few tests were executed, its report contradicts itself. With anything here
    /// the failed tests are not all there is to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wrong: Vec<String>,
}

impl Cases {
    /// How many failures a result lists; the rest are in its output.
    pub const MOST_FAILURES: usize = 100;
}

/// A single test that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseFailure {
    /// `class.name` or `name`.
    pub test: String,
    /// The message with its variable parts (numbers, addresses, times, paths) taken out; another
    /// failure of the same test has another signature (OQ.3).
    pub signature: String,
    /// The message as it was, shortened.
    pub message: String,
}

/// How the time of an HTTP question was spent, in microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timings {
    /// Looking the name up.
    pub dns_us: u64,
    /// TCP connection.
    pub connect_us: u64,
    /// TLS handshake; 0 without TLS.
    pub tls_us: u64,
    /// From the request to the first byte of the answer.
    pub first_byte_us: u64,
    /// Everything.
    pub total_us: u64,
}

/// A text kept by its content hash beside the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobRef {
    /// The digest of its bytes.
    pub digest: Digest,
    /// Its length.
    pub bytes: u64,
}

impl CheckResult {
    /// Red first, then green: a pass that is none.
    #[must_use]
    pub fn is_flaky(&self) -> bool {
        self.outcome == Outcome::Passed
            && self.attempts.iter().any(|attempt| attempt.outcome != Outcome::Passed)
    }

    /// What the deciding (last) attempt found.
    #[must_use]
    pub fn finding(&self) -> &str {
        self.attempts.last().map_or("it never began", |attempt| attempt.finding.as_str())
    }

    /// What the first red attempt found, if any was red.
    #[must_use]
    pub fn first_red(&self) -> Option<&Attempt> {
        self.attempts.iter().find(|attempt| attempt.outcome != Outcome::Passed)
    }
}

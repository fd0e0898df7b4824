//! What makes two failures the same: the finding without what differs each time.

use std::sync::LazyLock;

use regex::Regex;

use super::{Attempt, CaseFailure, CheckResult};

static VARIABLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\b\d{4}-\d\d-\d\d[t ]\d\d:\d\d(:\d\d)?(\.\d+)?(z|[+-]\d\d:?\d\d)?",
        r"|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b",
        r"|\b0x[0-9a-f]+\b",
        r"|\b\d+(\.\d+)?\s?(ns|us|µs|ms|s|seconds?|milliseconds?)\b",
    ))
    .expect("the pattern is a constant")
});

/// A finding without what differs each time: moments, durations, addresses, long ids and runs of
/// white space. Status codes, counts and names stay, since another one is another failure.
#[must_use]
pub fn signature_of(finding: &str) -> String {
    let plain = VARIABLE.replace_all(finding, "#");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Attempt {
    /// What was wrong, one line for each single test, in order; the finding's signature where there
    /// are no single tests.
    #[must_use]
    pub fn signature(&self) -> Vec<String> {
        let Some(cases) = &self.cases else { return vec![signature_of(&self.finding)] };
        let mut lines: Vec<_> = cases
            .failed
            .iter()
            .map(CaseFailure::line)
            .chain(cases.missing.iter().map(|test| format!("{test}: not executed")))
            .chain(cases.wrong.iter().map(|wrong| signature_of(wrong)))
            .collect();
        if cases.more_failed > 0 {
            lines.push(format!("{} more", cases.more_failed));
        }
        if lines.is_empty() {
            lines.push(signature_of(&self.finding));
        }
        lines.sort();
        lines
    }
}

impl CaseFailure {
    /// The line of a signature that it is.
    #[must_use]
    pub fn line(&self) -> String {
        format!("{}: {}", self.test, signature_of(&self.signature))
    }

    /// The test and what it says; once where that is the same.
    #[must_use]
    pub fn words(&self) -> String {
        match signature_of(&self.signature) == signature_of(&self.test) {
            true => self.message.clone(),
            false => format!("{}: {}", self.test, self.message),
        }
    }
}

impl CheckResult {
    /// The signature of the deciding (last) attempt; empty when there was none.
    #[must_use]
    pub fn signature(&self) -> Vec<String> {
        self.attempts.last().map(Attempt::signature).unwrap_or_default()
    }
}

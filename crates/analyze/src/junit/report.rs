//! What a JUnit file says.

use std::collections::HashMap;
use std::fmt;

use super::promise::MOST_SHORTFALLS;

/// What a JUnit file, or several together, say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JunitReport {
    /// Every test once, in the order in which the names first occur.
    pub cases: Vec<Case>,
    /// How many tests the attributes promise, when that is more than there are cases: the run was
    /// cut short.
    pub claimed: Option<u32>,
    /// How many cases had the name of an earlier one (reruns, unnamed parameters, several files)
    /// and were joined with it: the worst outcome is kept, in the order failed, errored, flaky,
    /// skipped, passed. So failed and passed under one name are *failed*, not flaky: nothing says
    /// that they are attempts at the same thing.
    pub joined: u32,
    /// Suites that promise more than they hold: tests that are missing, or failures that no case
    /// carries. The first few.
    pub shortfalls: Vec<Shortfall>,
}

/// A suite that promises more of something than it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortfall {
    /// The suite; empty for the file as a whole.
    pub suite: String,
    /// What is counted.
    pub counted: Counted,
    /// How many its attributes promise.
    pub promised: u32,
    /// How many there are.
    pub held: u32,
}

/// What the attributes of a suite count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// `tests`
    Tests,
    /// `failures`
    Failures,
    /// `errors`
    Errors,
    /// `failures` and `errors` together.
    FailuresAndErrors,
}

impl Counted {
    /// Whether it counts what failed, not what was executed.
    #[must_use]
    pub fn is_red(self) -> bool {
        match self {
            Self::Tests => false,
            Self::Failures | Self::Errors | Self::FailuresAndErrors => true,
        }
    }

    fn noun(self, count: u32) -> &'static str {
        match (self, count) {
            (Self::Tests, 1) => "test",
            (Self::Tests, _) => "tests",
            (Self::Failures, 1) => "failure",
            (Self::Failures, _) => "failures",
            (Self::Errors, 1) => "error",
            (Self::Errors, _) => "errors",
            (Self::FailuresAndErrors, _) => "failures and errors",
        }
    }
}

impl fmt::Display for Shortfall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.suite.as_str() {
            "" => f.write_str("the file")?,
            suite => write!(f, "the suite {suite}")?,
        }
        let noun = self.counted.noun(self.promised);
        write!(f, " promises {} {noun} and holds ", self.promised)?;
        match self.held {
            0 => f.write_str("none"),
            held => write!(f, "{held}"),
        }
    }
}

/// One test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// `class.name`, or `name` where there is no class.
    pub name: String,
    /// What it came to.
    pub outcome: CaseOutcome,
    /// How long it took; 0 where the file does not say.
    pub took_ms: u64,
}

/// What a test came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseOutcome {
    /// It passed at the first try.
    Passed,
    /// An assertion did not hold.
    Failed {
        /// What it said.
        message: String,
    },
    /// It broke outside an assertion (`<error>`): an exception, a fixture, a build.
    Errored {
        /// What it said.
        message: String,
    },
    /// It was not executed.
    Skipped,
    /// It failed first and passed when it was run again.
    Flaky {
        /// What it said when it failed.
        message: String,
    },
}

impl CaseOutcome {
    /// What was said, where anything went wrong.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        match self {
            Self::Failed { message } | Self::Errored { message } | Self::Flaky { message } => {
                Some(message)
            }
            Self::Passed | Self::Skipped => None,
        }
    }

    /// How bad it is; the worst of several is kept.
    fn rank(&self) -> u8 {
        match self {
            Self::Failed { .. } => 4,
            Self::Errored { .. } => 3,
            Self::Flaky { .. } => 2,
            Self::Skipped => 1,
            Self::Passed => 0,
        }
    }
}

impl JunitReport {
    /// Makes a report of all cases in the order of the file, joining those of one name.
    #[must_use]
    pub(super) fn of(raw: Vec<Case>, claimed: Option<u32>, shortfalls: Vec<Shortfall>) -> Self {
        let found = u32::try_from(raw.len()).unwrap_or(u32::MAX);
        let mut report = Self {
            cases: Vec::new(),
            claimed: claimed.filter(|claimed| *claimed > found),
            joined: 0,
            shortfalls,
        };
        report.join(raw);
        report
    }

    /// Joins the reports of several files. What one promised and did not hold stays promised:
    /// `claimed` is then the sum over all files.
    #[must_use]
    pub fn merge(reports: impl IntoIterator<Item = Self>) -> Self {
        let (mut cases, mut joined, mut promised, mut short) = (Vec::new(), 0_u32, 0_u32, false);
        let mut shortfalls = Vec::new();
        for report in reports {
            let found =
                u32::try_from(report.cases.len()).unwrap_or(u32::MAX).saturating_add(report.joined);
            promised = promised.saturating_add(report.claimed.unwrap_or(found));
            short |= report.claimed.is_some();
            joined = joined.saturating_add(report.joined);
            cases.extend(report.cases);
            shortfalls.extend(report.shortfalls);
        }
        shortfalls.truncate(MOST_SHORTFALLS);
        let claimed = short.then_some(promised);
        let mut merged = Self { cases: Vec::new(), claimed, joined, shortfalls };
        merged.join(cases);
        merged
    }

    fn join(&mut self, raw: Vec<Case>) {
        let mut places: HashMap<String, usize> = HashMap::with_capacity(raw.len());
        let mut cases: Vec<Case> = Vec::with_capacity(raw.len());
        for case in raw {
            if let Some(&place) = places.get(&case.name) {
                let first = &mut cases[place];
                first.took_ms = first.took_ms.saturating_add(case.took_ms);
                if case.outcome.rank() > first.outcome.rank() {
                    first.outcome = case.outcome;
                }
                self.joined = self.joined.saturating_add(1);
            } else {
                places.insert(case.name.clone(), cases.len());
                cases.push(case);
            }
        }
        self.cases = cases;
    }
}

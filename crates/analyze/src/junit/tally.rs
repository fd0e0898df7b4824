//! What the cases of a report come to, held against what it must hold.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::catalog::ExpectedTests;
use plimsoll_core::record::{CaseFailure, Cases, Outcome};
use plimsoll_core::say;

use super::{Case, CaseOutcome, JunitReport, Shortfall};
use crate::signature;

/// The longest message that a result keeps; the whole is in the output.
const LONGEST_MESSAGE: usize = 500;

/// The longest message in a sentence.
const LONGEST_SAID: usize = 160;

/// What takes secrets out of texts.
pub type Redacting<'a> = &'a dyn Fn(&str) -> String;

/// What the cases of a report come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// The tests, with everything that is wrong beside those that failed.
    pub cases: Cases,
    /// Whether the file promises failures that no case carries.
    pub promises_red: bool,
}

impl Tally {
    /// Counts the cases; texts of the report are kept without secrets.
    #[must_use]
    pub fn of(report: &JunitReport, expected: &ExpectedTests, redact: Redacting<'_>) -> Self {
        let mut cases = count(report, expected, redact);
        cases.wrong =
            gaps(report, &cases, expected.min_tests).iter().map(|gap| redact(gap)).collect();
        let promises_red = report.shortfalls.iter().any(|short| short.counted.is_red());
        Self { cases, promises_red }
    }

    /// How many tests failed.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.cases.failed.len() + self.cases.more_failed as usize
    }

    /// What it comes to, where nothing else is known of the run than its report.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        if self.failed() > 0 || self.promises_red {
            Outcome::Failed
        } else if self.gaps().is_empty() {
            Outcome::Passed
        } else {
            Outcome::NotRun
        }
    }

    /// The same in a sentence.
    #[must_use]
    pub fn words(&self) -> String {
        let words: Vec<String> = self.failures().into_iter().chain(self.gaps()).collect();
        if words.is_empty() { self.passed() } else { words.join("; ") }
    }

    /// `118 tests passed, 2 skipped`.
    #[must_use]
    pub fn passed(&self) -> String {
        let executed = say::count(self.cases.executed as usize, "test");
        match self.cases.skipped {
            0 => format!("{executed} passed"),
            skipped => format!("{executed} passed, {skipped} skipped"),
        }
    }

    /// How many tests failed, and the first of them.
    #[must_use]
    pub fn failures(&self) -> Option<String> {
        let first = self.cases.failed.first()?;
        let (failed, executed) = (self.failed(), self.cases.executed);
        let all =
            format!("{failed} of {} failed: {}", say::count(executed as usize, "test"), first.test);
        let message = first.message.lines().find(|line| !line.trim().is_empty());
        Some(match message {
            Some(line) => format!("{all}: {}", shortened(line.trim(), LONGEST_SAID)),
            None => all,
        })
    }

    /// What was to be looked at and was not, or contradicts what was.
    #[must_use]
    pub fn gaps(&self) -> Vec<String> {
        missing(&self.cases).into_iter().chain(self.cases.wrong.clone()).collect()
    }
}

/// Which required tests were not executed.
fn missing(cases: &Cases) -> Option<String> {
    match cases.missing.as_slice() {
        [] => None,
        [only] => Some(format!("the required test {only} was not executed")),
        [first, rest @ ..] => {
            Some(format!("the required test {first} and {} more were not executed", rest.len()))
        }
    }
}

fn gaps(report: &JunitReport, cases: &Cases, min_tests: u32) -> Vec<String> {
    let mut gaps = Vec::new();
    if let Some(claimed) = report.claimed {
        let claimed = say::count(claimed as usize, "test");
        gaps.push(format!("the file promises {claimed} and holds {}", report.cases.len()));
    }
    // Those of tests are part of what the file as a whole lacks, if it lacks any.
    let told = |short: &&Shortfall| short.counted.is_red() || report.claimed.is_none();
    gaps.extend(report.shortfalls.iter().filter(told).map(ToString::to_string));
    if cases.executed > 0 {
        if cases.executed < min_tests {
            let executed = say::count(cases.executed as usize, "test");
            let were = if cases.executed == 1 { "was" } else { "were" };
            gaps.push(format!("{executed} {were} executed, at least {min_tests} must be"));
        }
    } else if !report.cases.is_empty() {
        gaps.push(match cases.skipped {
            1 => "the only test was skipped".to_owned(),
            skipped => format!("all {skipped} tests were skipped"),
        });
    } else if gaps.is_empty() {
        gaps.push("no test was executed: the file holds none".into());
    }
    gaps
}

fn count(report: &JunitReport, expected: &ExpectedTests, redact: Redacting<'_>) -> Cases {
    let mut cases = Cases::default();
    let mut executed: BTreeSet<&str> = BTreeSet::new();
    for case in &report.cases {
        match &case.outcome {
            CaseOutcome::Skipped => cases.skipped += 1,
            CaseOutcome::Passed => {
                cases.executed += 1;
                executed.insert(&case.name);
            }
            // Red first, then green, is no pass (rule 2).
            CaseOutcome::Failed { message }
            | CaseOutcome::Errored { message }
            | CaseOutcome::Flaky { message } => {
                cases.executed += 1;
                executed.insert(&case.name);
                add(&mut cases, case, message, redact);
            }
        }
    }
    cases.missing = expected
        .required_tests
        .iter()
        .filter(|test| !was_executed(test, &expected.renamed, &executed))
        .cloned()
        .collect();
    cases
}

fn add(cases: &mut Cases, case: &Case, message: &str, redact: Redacting<'_>) {
    if cases.failed.len() == Cases::MOST_FAILURES {
        cases.more_failed += 1;
        return;
    }
    let message = redact(message);
    let flaky = matches!(case.outcome, CaseOutcome::Flaky { .. });
    let shown =
        if flaky { format!("flaky, passed when run again: {message}") } else { message.clone() };
    cases.failed.push(CaseFailure {
        test: redact(&case.name),
        signature: signature::of(&message),
        message: shortened(&shown, LONGEST_MESSAGE),
    });
}

/// By its name, or by the name that it has now.
fn was_executed(test: &str, renamed: &BTreeMap<String, String>, executed: &BTreeSet<&str>) -> bool {
    executed.contains(test) || renamed.get(test).is_some_and(|new| executed.contains(new.as_str()))
}

fn shortened(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::junit::{JunitLimits, parse};

    fn tally(file: &str, expected: &ExpectedTests) -> (Outcome, String) {
        let report = parse(file.as_bytes(), &JunitLimits::default()).expect("it is a report");
        let tally = Tally::of(&report, expected, &|text| text.replace("hunter2", "…"));
        (tally.outcome(), tally.words())
    }

    #[test]
    fn one_test_is_not_several() {
        let usual = ExpectedTests::default();
        let one = |inside: &str| {
            tally(
                &format!(
                    r#"<testsuite name="s"><testcase name="a">{inside}</testcase></testsuite>"#
                ),
                &usual,
            )
            .1
        };
        assert_eq!(one(""), "1 test passed");
        assert_eq!(one("<skipped/>"), "the only test was skipped");
        assert_eq!(one(r#"<failure message="no"/>"#), "1 of 1 test failed: a: no");
        let three = ExpectedTests { min_tests: 3, ..ExpectedTests::default() };
        let few = tally(r#"<testsuite name="s"><testcase name="a"/></testsuite>"#, &three).1;
        assert_eq!(few, "1 test was executed, at least 3 must be");
    }

    #[test]
    fn a_report_alone_says_what_it_comes_to() {
        let two = r#"<testsuite name="s"><testcase name="one"/><testcase name="two"/></testsuite>"#;
        let usual = ExpectedTests::default();
        let wants = ExpectedTests {
            required_tests: ["three".to_owned()].into(),
            min_tests: 3,
            ..ExpectedTests::default()
        };
        assert_eq!(tally(two, &usual), (Outcome::Passed, "2 tests passed".to_owned()));
        let words =
            "the required test three was not executed; 2 tests were executed, at least 3 must be";
        assert_eq!(tally(two, &wants), (Outcome::NotRun, words.to_owned()));
        let empty = r#"<testsuite name="s"></testsuite>"#;
        assert_eq!(tally(empty, &usual).0, Outcome::NotRun);
        let red = r#"<testsuite name="s"><testcase name="one"><failure message="not hunter2"/></testcase></testsuite>"#;
        assert_eq!(
            tally(red, &usual),
            (Outcome::Failed, "1 of 1 test failed: one: not …".to_owned())
        );
        let promised = r#"<testsuite name="s" failures="1"><testcase name="one"/></testsuite>"#;
        assert_eq!(tally(promised, &usual).0, Outcome::Failed);
    }
}

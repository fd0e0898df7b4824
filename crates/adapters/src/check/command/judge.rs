//! What an ending and its cases come to.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_analyze::junit::{Case, CaseOutcome, JunitReport};
use plimsoll_analyze::signature;
use plimsoll_core::catalog::JunitExpectation;
use plimsoll_core::record::{CaseFailure, Cases, Ending, Outcome};

use super::junit::ReadError;
use crate::process::Ran;
use crate::secrets::Redactor;

/// The longest message that a result keeps; the whole is in the output.
const LONGEST_MESSAGE: usize = 500;

/// What was found.
#[derive(Debug)]
pub(super) struct Finding {
    pub outcome: Outcome,
    pub words: String,
    pub cases: Option<Cases>,
}

impl Finding {
    pub fn new(outcome: Outcome, words: String) -> Self {
        Self { outcome, words, cases: None }
    }
}

/// What the ending alone says.
pub(super) fn by_ending(ran: &Ran, output: &[u8], errored: &BTreeSet<i32>) -> Finding {
    let outcome = match ran.ending {
        // Before anything else: a configuration may call 0 errored, and means it.
        Ending::Exit(code) if errored.contains(&code) => Outcome::Errored,
        Ending::Exit(0) => return Finding::new(Outcome::Passed, "exit code 0".into()),
        Ending::Exit(126 | 127) | Ending::NotStarted => Outcome::Errored,
        Ending::Exit(_) | Ending::Signal(_) | Ending::TimedOut => Outcome::Failed,
    };
    Finding::new(outcome, ran.sentence(output))
}

/// What the ending and the cases say together; the worse one counts.
pub(super) fn with_cases(
    by_ending: Finding,
    ending: Ending,
    report: Result<JunitReport, ReadError>,
    expected: &JunitExpectation,
    redactor: &Redactor,
) -> Finding {
    if ending == Ending::NotStarted {
        return by_ending;
    }
    let report = match report {
        Ok(report) => report,
        Err(error) => return without_report(by_ending, &error),
    };
    let cases = count(&report, expected, redactor);
    let failed = cases.failed.len() + cases.more_failed as usize;
    let gap = gap(&report, &cases, expected);
    let (outcome, words) = if failed > 0 {
        (Outcome::Failed, failures(&cases, failed))
    } else if by_ending.outcome != Outcome::Passed {
        let words = format!("{}, though none of {} tests failed", by_ending.words, cases.executed);
        (by_ending.outcome, words)
    } else if let Some(gap) = gap {
        (Outcome::NotRun, gap)
    } else {
        (Outcome::Passed, passed(&cases))
    };
    Finding { outcome, words, cases: Some(cases) }
}

fn without_report(by_ending: Finding, error: &ReadError) -> Finding {
    let outcome = match (by_ending.outcome, error) {
        (Outcome::Passed, ReadError::None(_) | ReadError::Old(_)) => Outcome::NotRun,
        (Outcome::Passed, ReadError::Unreadable(_)) => Outcome::Errored,
        (worse @ (Outcome::Failed | Outcome::Errored | Outcome::NotRun), _) => worse,
    };
    Finding::new(outcome, format!("{}; {error}", by_ending.words))
}

fn passed(cases: &Cases) -> String {
    match cases.skipped {
        0 => format!("{} tests passed", cases.executed),
        skipped => format!("{} tests passed, {skipped} skipped", cases.executed),
    }
}

fn failures(cases: &Cases, failed: usize) -> String {
    let first = &cases.failed[0];
    let all = format!("{failed} of {} tests failed: {}", cases.executed, first.test);
    let message = first.message.lines().find(|line| !line.trim().is_empty());
    match message {
        Some(line) => format!("{all}: {}", shortened(line.trim(), 160)),
        None => all,
    }
}

/// What was to be looked at and was not.
fn gap(report: &JunitReport, cases: &Cases, expected: &JunitExpectation) -> Option<String> {
    match cases.missing.as_slice() {
        [] => {}
        [only] => return Some(format!("the required test {only} was not executed")),
        [first, rest @ ..] => {
            return Some(format!(
                "the required test {first} and {} more were not executed",
                rest.len()
            ));
        }
    }
    if let Some(claimed) = report.claimed {
        return Some(format!("the file promises {claimed} tests and holds {}", report.cases.len()));
    }
    if report.cases.is_empty() {
        return Some("no test was executed: the file holds none".into());
    }
    if cases.executed == 0 {
        return Some(format!("all {} tests were skipped", cases.skipped));
    }
    (cases.executed < expected.min_tests).then(|| {
        format!("{} tests were executed, at least {} must be", cases.executed, expected.min_tests)
    })
}

fn count(report: &JunitReport, expected: &JunitExpectation, redactor: &Redactor) -> Cases {
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
                add(&mut cases, case, message, redactor);
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

fn add(cases: &mut Cases, case: &Case, message: &str, redactor: &Redactor) {
    if cases.failed.len() == Cases::MOST_FAILURES {
        cases.more_failed += 1;
        return;
    }
    let message = redactor.text(message);
    let flaky = matches!(case.outcome, CaseOutcome::Flaky { .. });
    let shown =
        if flaky { format!("flaky, passed when run again: {message}") } else { message.clone() };
    cases.failed.push(CaseFailure {
        test: redactor.text(&case.name),
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

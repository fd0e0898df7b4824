//! What an ending and its cases come to.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_analyze::junit::{Case, CaseOutcome, JunitReport, Shortfall};
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
    /// The ending in words, where it is another than that of a suite with failed tests.
    beyond: Option<String>,
}

impl Finding {
    pub fn new(outcome: Outcome, words: String) -> Self {
        Self { outcome, words, cases: None, beyond: None }
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
    let beyond = is_beyond_tests(ran.ending, errored).then(|| ran.words.clone());
    Finding { beyond, ..Finding::new(outcome, ran.sentence(output)) }
}

/// Whether something else happened than tests that fail: a signal (also one that a shell hides), the
/// time limit, an exit code for *errored*.
fn is_beyond_tests(ending: Ending, errored: &BTreeSet<i32>) -> bool {
    match ending {
        Ending::Exit(code) => errored.contains(&code) || matches!(code, 126 | 127 | 129..=192),
        Ending::Signal(_) | Ending::TimedOut | Ending::NotStarted => true,
    }
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
    let mut cases = count(&report, expected, redactor);
    let failed = cases.failed.len() + cases.more_failed as usize;
    let gaps: Vec<String> =
        gaps(&report, &cases, expected).iter().map(|gap| redactor.text(gap)).collect();
    let mut words: Vec<String> = missing(&cases).into_iter().chain(gaps.clone()).collect();
    let outcome = if failed > 0 {
        if by_ending.beyond.is_some() {
            words.insert(0, by_ending.words);
        }
        words.insert(0, failures(&cases, failed));
        Outcome::Failed
    } else if by_ending.outcome != Outcome::Passed {
        let none = format!("{}, though none of {} tests failed", by_ending.words, cases.executed);
        words.insert(0, none);
        by_ending.outcome
    } else if report.shortfalls.iter().any(|short| short.counted.is_red()) {
        Outcome::Failed
    } else if words.is_empty() {
        words.push(passed(&cases));
        Outcome::Passed
    } else {
        Outcome::NotRun
    };
    cases.wrong = by_ending.beyond.iter().map(|ending| redactor.text(ending)).chain(gaps).collect();
    Finding { cases: Some(cases), ..Finding::new(outcome, words.join("; ")) }
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

/// What else was to be looked at and was not, or contradicts what was.
fn gaps(report: &JunitReport, cases: &Cases, expected: &JunitExpectation) -> Vec<String> {
    let mut gaps = Vec::new();
    if let Some(claimed) = report.claimed {
        gaps.push(format!("the file promises {claimed} tests and holds {}", report.cases.len()));
    }
    // Those of tests are part of what the file as a whole lacks, if it lacks any.
    let told = |short: &&Shortfall| short.counted.is_red() || report.claimed.is_none();
    gaps.extend(report.shortfalls.iter().filter(told).map(ToString::to_string));
    if cases.executed > 0 {
        if cases.executed < expected.min_tests {
            let least = expected.min_tests;
            gaps.push(format!("{} tests were executed, at least {least} must be", cases.executed));
        }
    } else if !report.cases.is_empty() {
        gaps.push(format!("all {} tests were skipped", cases.skipped));
    } else if gaps.is_empty() {
        gaps.push("no test was executed: the file holds none".into());
    }
    gaps
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

//! What an ending and its cases come to.

use std::collections::BTreeSet;

use plimsoll_analyze::junit::{JunitReport, Tally};
use plimsoll_core::catalog::JunitExpectation;
use plimsoll_core::record::{Cases, Ending, Outcome};
use plimsoll_core::say;

use super::junit::ReadError;
use crate::process::Ran;
use crate::secrets::Redactor;

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
    let tally = Tally::of(&report, &expected.tests(), &|text| redactor.text(text));
    let mut words = tally.gaps();
    let outcome = if let Some(failures) = tally.failures() {
        if by_ending.beyond.is_some() {
            words.insert(0, by_ending.words);
        }
        words.insert(0, failures);
        Outcome::Failed
    } else if by_ending.outcome != Outcome::Passed {
        let executed = say::count(tally.cases.executed as usize, "test");
        words.insert(0, format!("{}, though none of {executed} failed", by_ending.words));
        by_ending.outcome
    } else {
        if words.is_empty() {
            words.push(tally.passed());
        }
        tally.outcome()
    };
    let mut cases = tally.cases;
    let ended = by_ending.beyond.iter().map(|ending| redactor.text(ending));
    cases.wrong = ended.chain(cases.wrong).collect();
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

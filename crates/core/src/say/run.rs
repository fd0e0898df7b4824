//! One run of one check, in words.

use crate::ids::CheckRunId;
use crate::record::{Cases, CheckResult, ControlRun, Question, State};

use super::matrix::Cell;
use super::page::capital;
use super::text::count;

/// What a run says, in one sentence: the likely cause first.
#[must_use]
pub fn run_answer(stands: &Cell, plain: &str) -> String {
    let finding = match &stands.cause {
        Some((cause, _)) => capital(&format!("{}: {plain}", cause.word())),
        None => capital(plain),
    };
    let finding = if finding.is_empty() { capital(said(stands.state)) } else { finding };
    if finding.ends_with(['.', '…', '!', '?']) { finding } else { format!("{finding}.") }
}

const fn said(state: State) -> &'static str {
    match state {
        State::Satisfied => "as expected",
        other => other.word(),
    }
}

/// What ran where, and for how long: `home on shop/staging/nl-vm, shop@1.1, took 3.2 s, r-17`.
#[must_use]
pub fn run_meta(result: &CheckResult, took: &str, id: CheckRunId) -> String {
    let target = &result.target;
    format!(
        "{} on {}/{} · {}@{} · took {took} · {id}",
        result.check, target.environment, target.target, target.service, result.version
    )
}

/// What a control run asked.
#[must_use]
pub fn control_question(run: &ControlRun) -> String {
    match run.question {
        Question::Again => "again, on the same target".to_owned(),
        Question::LastGood => {
            format!(
                "where the last good one runs, {}/{}",
                run.target.environment, run.target.target
            )
        }
        Question::BeforeTheChange => "as the check was before".to_owned(),
    }
}

/// How many tests were executed: `214 tests executed, 3 skipped`.
#[must_use]
pub fn tally(cases: &Cases) -> String {
    let executed = count(cases.executed as usize, "test");
    match cases.skipped {
        0 => format!("{executed} executed"),
        skipped => format!("{executed} executed, {skipped} skipped"),
    }
}

//! Every try of a check, and the control runs that say why it is red.

use plimsoll_core::record::{Attempt, Cases, Control, State};
use plimsoll_core::say::{self, Reader};
use plimsoll_core::units::Period;

use crate::pages::parts::{Badge, Moment};

/// How many red tests are listed.
const MOST: usize = 100;

/// One attempt.
pub(super) struct Try {
    pub name: String,
    pub badge: Badge,
    pub took: String,
    pub finding: String,
    /// What was executed, in one line; of a page, none.
    pub tally: Option<String>,
    /// Red tests: name, message, signature.
    pub red: Vec<(String, String, String)>,
    pub more: u32,
    /// Required and not executed; what else was wrong.
    pub wrong: Vec<String>,
}

/// One control run.
pub(super) struct ControlLine {
    pub question: String,
    pub version: String,
    pub at: Moment,
    pub badge: Badge,
    pub finding: String,
}

pub(super) fn of((at, attempt): (usize, &Attempt)) -> Try {
    let cases = attempt.cases.as_ref();
    let red = cases.map(red).unwrap_or_default();
    let listed = red.len();
    Try {
        name: format!("try {}", at + 1),
        badge: Badge::of(State::from(attempt.outcome)),
        took: Period::from_millis(attempt.took_ms).roughly(),
        finding: say::shorten(&attempt.finding, 2_000),
        tally: cases.filter(|_| attempt.page.is_none()).map(say::tally),
        more: cases.map_or(0, |cases| {
            let hidden = cases.failed.len() - listed;
            cases.more_failed + u32::try_from(hidden).unwrap_or(u32::MAX)
        }),
        red,
        wrong: cases.map(wrong).unwrap_or_default(),
    }
}

fn red(cases: &Cases) -> Vec<(String, String, String)> {
    let failed = cases.failed.iter().take(MOST);
    failed
        .map(|one| {
            let message = say::shorten(&one.message, 1_000);
            (say::shorten(&one.test, 300), message, say::shorten(&one.signature, 300))
        })
        .collect()
}

fn wrong(cases: &Cases) -> Vec<String> {
    let missing = cases.missing.iter().take(MOST);
    let missing =
        missing.map(|one| format!("required and not executed: {}", say::shorten(one, 300)));
    missing.chain(cases.wrong.iter().map(|one| say::shorten(one, 300))).collect()
}

pub(super) fn controls(control: Option<&Control>, reader: &Reader) -> Vec<ControlLine> {
    let runs = control.into_iter().flat_map(|control| &control.runs);
    runs.map(|run| ControlLine {
        question: say::control_question(run),
        version: run.version.as_ref().map_or_else(|| "not known".to_owned(), ToString::to_string),
        at: Moment::clock(run.at, reader),
        badge: Badge::of(State::from(run.outcome)),
        finding: say::shorten(&run.finding, 300),
    })
    .collect()
}

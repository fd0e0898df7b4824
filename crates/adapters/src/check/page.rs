//! The `page` check: a page as a browser shows it.

use plimsoll_core::catalog::PageCheck;
use plimsoll_core::record::{Attempt, Outcome};
use plimsoll_engine::ports::{Attempted, CheckJob};

use crate::ground::Ground;

/// One attempt of a `page` check.
pub async fn run(_: &CheckJob, _: &PageCheck, _: &Ground) -> Attempted {
    let attempt = Attempt {
        outcome: Outcome::Errored,
        finding: "pages cannot be looked at yet".to_owned(),
        took_ms: 0,
        cases: None,
        timings: None,
        page: None,
    };
    Attempted { attempt, output: Vec::new(), pictures: Vec::new() }
}

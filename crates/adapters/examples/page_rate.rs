//! How fast pages are looked at: `page_rate URL PAGES`.
//!
//! Every look is a whole page check with a warm browser; the browser's own start and end are in the
//! time. Prints one line of JSON.

#[path = "../tests/page/bed.rs"]
#[expect(dead_code, reason = "the tests need more of it")]
mod bed;

use std::time::Instant;

use futures_util::future::join_all;
use plimsoll_core::record::Outcome;

use bed::{Bed, page};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: page_rate URL PAGES";
    let url = arguments.next().ok_or(usage)?;
    let pages: usize = arguments.next().ok_or(usage)?.parse()?;
    let check = page("/");
    let began = Instant::now();
    let bed = Bed::new();
    let looks = join_all((0..pages).map(|_| bed.look(&url, &check))).await;
    drop(bed);
    let seconds = began.elapsed().as_secs_f64();
    let passed = looks.iter().filter(|one| one.attempt.outcome == Outcome::Passed).count();
    let finding = looks.first().map(|one| one.attempt.finding.as_str());
    let line = serde_json::json!({
        "pages": pages, "passed": passed, "seconds": seconds, "finding": finding,
    });
    println!("{line}");
    Ok(())
}

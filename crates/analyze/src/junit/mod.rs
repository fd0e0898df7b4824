//! JUnit XML, as pytest, Maven Surefire, cargo-nextest, gotestsum, go-junit-report and their like
//! write it.
//!
//! The counts in the attributes are never believed: cases are counted. Only when the attributes
//! promise more tests, failures or errors than there are, the report says so
//! ([`JunitReport::claimed`], [`JunitReport::shortfalls`]).
//!
//! Reading goes once over the bytes and keeps only cases; entities are not supported at all, so
//! nothing small can become large.

mod build;
mod error;
mod limits;
mod parse;
mod promise;
mod report;
mod tally;

pub use error::{JunitError, Place};
pub use limits::JunitLimits;
pub use parse::parse;
pub use report::{Case, CaseOutcome, Counted, JunitReport, Shortfall};
pub use tally::{Redacting, Tally};

/// Reads any bytes; for fuzzing.
#[doc(hidden)]
pub fn fuzz(bytes: &[u8]) {
    let limits = JunitLimits { cases: 1_000, message_bytes: 256, ..JunitLimits::default() };
    if let Ok(report) = parse(bytes, &limits) {
        for message in report.cases.iter().filter_map(|case| case.outcome.message()) {
            let once = crate::signature::of(message);
            assert_eq!(crate::signature::of(&once), once, "a signature is its own signature");
        }
    }
}

//! The `command` check: an exit code, or JUnit files.
//!
//! | ending | without JUnit | with JUnit |
//! |---|---|---|
//! | exit 0 | passed | as the cases say; no file is *not run* |
//! | one of `errored-exit-codes`, 126, 127 | errored | errored, unless a case failed |
//! | another exit code | failed | failed, also when every case passed |
//! | a signal, the time limit | failed | failed |
//! | it could not be started | errored | errored |

mod judge;
mod junit;
mod out;

use std::path::Path;
use std::time::{Instant, SystemTime};

use plimsoll_core::catalog::CommandCheck;
use plimsoll_core::record::{Attempt, Outcome};
use plimsoll_engine::ports::{Attempted, CheckJob};

use crate::ground::Ground;
use crate::process::{self, Command, Scope};
use crate::values::Values;
use judge::{Finding, by_ending};
use out::Out;

pub(crate) use out::remove_left_over;

/// One attempt of a `command` check.
pub async fn run(job: &CheckJob, check: &CommandCheck, ground: &Ground) -> Attempted {
    let began = Instant::now();
    let (finding, output) = match attempt(job, check, ground).await {
        Ok(done) => done,
        Err(why) => (Finding::new(Outcome::Errored, format!("it was not run: {why}")), Vec::new()),
    };
    let redactor = ground.secrets.redactor();
    let said = redactor.text(&finding.words);
    let attempt =
        Attempt { cases: finding.cases, ..Attempt::new(finding.outcome, said, began.elapsed()) };
    Attempted { attempt, output, pictures: Vec::new() }
}

async fn attempt(
    job: &CheckJob,
    check: &CommandCheck,
    ground: &Ground,
) -> Result<(Finding, Vec<u8>), String> {
    let out = Out::make(&ground.runs).await?;
    let values = Values::of_target(&job.context, &ground.secrets)
        .with_version(&job.version)
        .with_previous(None)
        .with_out(out.path());
    let within = job.check.within;
    let command = Command::fill(&check.run, &values, &ground.root, within)
        .map_err(|error| error.to_string())?;
    let dir = command.dir.clone();
    let since = made_at(out.path());
    let record = ground.record(&job.context.id, Scope::Check(job.name.clone()));
    let ran = process::run(command.recorded(record).telling(job.begun.clone())).await;
    let redactor = values.redactor();
    let output = ran.output.clean(&redactor);
    let ending = by_ending(&ran, &output, &check.errored_exit_codes);
    let Some(expected) = &check.junit else {
        out.remove().await;
        return Ok((ending, output));
    };
    let path = values.fill(&expected.path).map_err(|error| error.to_string())?;
    let places = junit::Places { out: out.path().to_owned(), dir, since };
    let reading = tokio::task::spawn_blocking(move || junit::read(&path, &places));
    let report =
        reading.await.unwrap_or_else(|error| Err(junit::ReadError::Unreadable(error.to_string())));
    out.remove().await;
    let finding = judge::with_cases(ending, ran.ending, report, expected, &redactor);
    Ok((finding, output))
}

/// The moment by the file system's clock, which is the one that files are compared with.
fn made_at(out: &Path) -> SystemTime {
    let about = std::fs::metadata(out).and_then(|about| about.modified());
    about.unwrap_or_else(|_| SystemTime::now())
}

#[cfg(test)]
mod tests;

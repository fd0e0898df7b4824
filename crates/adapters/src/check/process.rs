//! The `process` check: it runs, and it stays up.
//!
//! | what is seen | what it comes to |
//! |---|---|
//! | it dies, is started again, is not up for long enough, runs not at all | failed |
//! | nobody may look, there is no systemctl, the command fails or cannot be understood | errored |
//!
//! What was seen to die stays *failed* when nobody can look any more afterwards.

mod asked;
mod pid_file;

use std::time::{Duration, Instant};

use plimsoll_analyze::process::{Judged, Look, Observed, judge};
use plimsoll_core::Timestamp;
use plimsoll_core::catalog::{ProcessCheck, ProcessSource};
use plimsoll_core::record::{Attempt, Outcome};
use plimsoll_core::units::Period;
use plimsoll_engine::ports::{Attempted, CheckJob};
use serde::Serialize;

use crate::ground::Ground;
use crate::values::{ValueError, Values};
use asked::Asking;
use pid_file::PidFile;

/// Between two looks at a file: a supervisor that tries again at once does so a few times a second.
const PAUSE_FILE: Duration = Duration::from_millis(200);

/// Between two looks that are processes of their own.
const PAUSE_ASKING: Duration = Duration::from_secs(1);

/// How many different looks are kept.
const MOST_KEPT: usize = 1_000;

/// Where it is looked.
enum Place {
    File(PidFile),
    Asking(Box<Asking>),
}

/// What is kept as the output of the check.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Evidence<'a> {
    judged: &'a Judged,
    /// Looks that differ from the one before them.
    looks: Vec<Kept<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Kept<'a> {
    at: Timestamp,
    saw: &'a Result<Look, String>,
}

/// One attempt of a `process` check.
pub async fn run(job: &CheckJob, check: &ProcessCheck, ground: &Ground) -> Attempted {
    let began = Instant::now();
    let redactor = ground.secrets.redactor();
    let (outcome, finding, output) = match Place::of(job, check, ground) {
        Ok(place) => {
            job.begun.tell();
            let deployed_at = job.beside.deployed_at;
            let looks = watch(&place, check, began, job.check.within).await;
            let observed = Observed { looks, deployed_at };
            let judged = judge(check, &observed);
            let output = evidence(&judged, &observed);
            (judged.outcome, judged.finding, output)
        }
        Err(error) => (Outcome::Errored, format!("nobody looked: {error}"), Vec::new()),
    };
    let attempt = Attempt::new(outcome, redactor.text(&finding), began.elapsed());
    Attempted { attempt, output: redactor.bytes(&output), pictures: Vec::new() }
}

impl Place {
    fn of(job: &CheckJob, check: &ProcessCheck, ground: &Ground) -> Result<Self, ValueError> {
        let values = Values::of_target(&job.context, &ground.secrets)
            .with_version(&job.version)
            .with_previous(None);
        Ok(match &check.source {
            ProcessSource::PidFile(path) => {
                Self::File(PidFile::new(&ground.root, values.fill(path)?))
            }
            ProcessSource::Unit(unit) => {
                Self::Asking(Box::new(Asking::systemd(&ground.root, &values.fill(unit)?)))
            }
            ProcessSource::Command(argv) => {
                Self::Asking(Box::new(Asking::command(argv, &values, job, ground)?))
            }
        })
    }

    async fn look(&self) -> Result<Look, String> {
        match self {
            Self::File(file) => file.look().await,
            Self::Asking(asking) => asking.look().await,
        }
    }

    const fn pause(&self) -> Duration {
        match self {
            Self::File(_) => PAUSE_FILE,
            Self::Asking(_) => PAUSE_ASKING,
        }
    }
}

/// Looks until the time is over, and once at its end; nobody is waited for longer than `within`.
async fn watch(
    place: &Place,
    check: &ProcessCheck,
    began: Instant,
    within: Period,
) -> Vec<(Timestamp, Result<Look, String>)> {
    let watched = check.watched.to_std();
    let mut looks = Vec::new();
    loop {
        let last = began.elapsed() >= watched;
        let patience = within.to_std().saturating_sub(began.elapsed());
        let look = tokio::time::timeout(patience, place.look()).await;
        let look = look.unwrap_or_else(|_| Err(format!("nobody answered within {within}")));
        looks.push((Timestamp::now(), look));
        if last {
            return looks;
        }
        let left = watched.saturating_sub(began.elapsed());
        tokio::time::sleep(place.pause().min(left)).await;
    }
}

fn evidence(judged: &Judged, observed: &Observed) -> Vec<u8> {
    let mut looks: Vec<Kept<'_>> = Vec::new();
    for (at, saw) in &observed.looks {
        let news = looks.last().is_none_or(|last| !is_alike(last.saw, saw));
        if news && looks.len() < MOST_KEPT {
            looks.push(Kept { at: *at, saw });
        }
    }
    serde_json::to_vec_pretty(&Evidence { judged, looks }).unwrap_or_default()
}

/// The same but for its memory, which changes all the time.
fn is_alike(one: &Result<Look, String>, other: &Result<Look, String>) -> bool {
    match (one, other) {
        (Ok(one), Ok(other)) => {
            let same = match (&one.process, &other.process) {
                (Ok(one), Ok(other)) => one.is(other),
                (one, other) => one == other,
            };
            same && (one.restarts, one.ended) == (other.restarts, other.ended)
        }
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests;

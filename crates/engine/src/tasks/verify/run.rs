//! One check on one target: its attempts, and the result with everything it is bound to.

use std::sync::atomic::Ordering;

use plimsoll_core::Timestamp;
use plimsoll_core::event::{EventKind, Stream};
use plimsoll_core::ids::CheckRunId;
use plimsoll_core::record::{Attempt, BlobRef, CheckResult, Observed, Outcome, Picture};
use plimsoll_core::units::Period;

use crate::desk::{Desk, DeskError};
use crate::ports::{Attempted, Begun, CheckJob, Progress};

use super::Pair;
use super::round::{Observers, Round, Turn};

/// Whoever has not told until then that it has begun waits for somebody else.
const LONGEST_BEGINNING: Period = Period::from_millis(100);

/// What was found in a turn.
pub(super) struct Tried {
    pub(super) observed_before: Observed,
    pub(super) started_at: Timestamp,
    pub(super) tried: Vec<Attempted>,
}

impl Desk {
    pub(super) async fn run_pair(
        &self,
        round: &Round<'_>,
        pair: &Pair<'_>,
        turn: Turn,
    ) -> Result<(CheckRunId, CheckResult), DeskError> {
        let target = &pair.context.id.target;
        self.tell(Progress::CheckBegan { target: target.clone(), check: pair.name.clone() });
        let Tried { observed_before, started_at, tried } =
            self.take_turn(round.observers, pair, turn).await;
        let finished_at = self.now();
        let fleet = &*self.parts.fleet;
        let observed_after = match round.observers.get(&pair.context.id) {
            Some(observer) => observer.fresh(fleet).await,
            None => fleet.observe(&pair.context).await,
        };
        let deployment = round
            .state
            .target(&pair.context.id)
            .and_then(|known| known.deployment.as_ref())
            .map(|deployment| deployment.id);
        let result = CheckResult {
            target: pair.context.id.clone(),
            check: pair.name.clone(),
            check_digest: pair.check.digest(),
            version: pair.version.clone(),
            deployment,
            started_at,
            finished_at,
            observed_before,
            observed_after,
            outcome: tried.last().map_or(Outcome::NotRun, |tried| tried.attempt.outcome),
            output: self.keep_output(&tried).await?,
            reported: None,
            attempts: self.keep_pictures(tried).await?,
        };
        self.write_result(round, result).await
    }

    /// Tries until it is green, and lets the next one begin when this one has.
    pub(super) async fn take_turn(
        &self,
        observers: &Observers,
        pair: &Pair<'_>,
        turn: Turn,
    ) -> Tried {
        let begun = Begun::default();
        let beginning = async {
            tokio::select! {
                () = begun.told() => {}
                () = self.parts.clock.sleep(LONGEST_BEGINNING) => {}
            }
            turn.begun();
            std::future::pending().await
        };
        let trying = async {
            let fleet = &*self.parts.fleet;
            let observed_before = match observers.get(&pair.context.id) {
                Some(observer) => observer.latest(fleet).await,
                None => fleet.observe(&pair.context).await,
            };
            let started_at = self.now();
            let tried = self.try_until_green(pair, &begun).await;
            Tried { observed_before, started_at, tried }
        };
        tokio::select! {
            tried = trying => tried,
            () = beginning => unreachable!("it never ends"),
        }
    }

    async fn try_until_green(&self, pair: &Pair<'_>, begun: &Begun) -> Vec<Attempted> {
        let job = CheckJob {
            context: pair.context.clone(),
            name: pair.name.clone(),
            check: pair.check.clone(),
            version: pair.version.clone(),
            begun: begun.clone(),
            beside: pair.beside.clone(),
        };
        let mut tried = Vec::new();
        for _ in 0..=pair.check.retries {
            let attempted = self.parts.fleet.check(&job).await;
            let green = attempted.attempt.outcome == Outcome::Passed;
            tried.push(attempted);
            if green {
                break;
            }
        }
        tried
    }

    /// Keeps the pictures of the attempts, each as content of its own.
    async fn keep_pictures(&self, tried: Vec<Attempted>) -> Result<Vec<Attempt>, DeskError> {
        let mut attempts = Vec::with_capacity(tried.len());
        for Attempted { mut attempt, pictures, .. } in tried {
            if let Some(page) = &mut attempt.page {
                for (name, bytes) in pictures {
                    let blob = self.parts.blobs.put(&bytes).await?;
                    page.pictures.push(Picture { name, blob });
                }
            }
            attempts.push(attempt);
        }
        Ok(attempts)
    }

    /// Keeps what the attempts printed, all in one, with a line between them.
    pub(super) async fn keep_output(
        &self,
        tried: &[Attempted],
    ) -> Result<Option<BlobRef>, DeskError> {
        let mut all = Vec::new();
        for (number, attempted) in tried.iter().enumerate().filter(|(_, t)| !t.output.is_empty()) {
            if tried.len() > 1 {
                all.extend_from_slice(
                    format!("--- attempt {} of {}\n", number + 1, tried.len()).as_bytes(),
                );
            }
            all.extend_from_slice(&attempted.output);
        }
        if all.is_empty() {
            return Ok(None);
        }
        Ok(Some(self.parts.blobs.put(&all).await?))
    }

    async fn write_result(
        &self,
        round: &Round<'_>,
        result: CheckResult,
    ) -> Result<(CheckRunId, CheckResult), DeskError> {
        let kind = EventKind::CheckFinished { result: Box::new(result.clone()) };
        let stream = Stream::Evidence(result.target.lane());
        let events = self.append_patiently(stream, None, vec![kind]).await?;
        let done = round.done.fetch_add(1, Ordering::Relaxed) + 1;
        self.tell(Progress::CheckEnded {
            result: Box::new(result.clone()),
            done,
            expected: round.expected,
        });
        let Some(event) = events.first() else {
            return Err(DeskError::Contended("the evidence stream".to_owned()));
        };
        Ok((CheckRunId(event.seq), result))
    }
}

//! Driving a promotion to its end.
//!
//! 1. Claim it, if the configuration is what it was planned under: `DriverClaimed` with the next
//!    epoch. Whoever drove it before is void from then on:
//!    nothing it appends with the older epoch is accepted.
//! 2. Fold what is so, ask [`next_step`] what comes next.
//! 3. Carry that step out, append its outcome at the version that was folded.
//! 4. Again, until `PromotionFinished`.
//!
//! The only memory between two steps is the watch over the targets, which a new driver begins
//! anew.

mod back;
mod bystanders;
mod claim;
mod deploy;
mod watch;
mod wave;

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;

use plimsoll_core::catalog::Service;
use plimsoll_core::event::{EventKind, PromotionEnd, Stream};
use plimsoll_core::ids::{LaneId, PromotionId, ReleaseId, TargetName};
use plimsoll_core::ledger::{PromotionState, ServiceState};
use plimsoll_core::promote::{Step, next_step};
use plimsoll_core::record::PlanKind;
use plimsoll_core::units::Period;

use crate::desk::{Desk, DeskError};
use crate::ports::{LedgerError, Progress};

use watch::Watch;

/// How long a driver waits for a ledger that is away before it leaves the promotion to be resumed.
const PATIENCE: Period = Period::from_secs(120);

/// The pause before a step is begun again because the ledger was away.
const LOOK_AGAIN: Period = Period::from_secs(1);

/// How a promotion ended, as its driver saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Its number.
    pub promotion: PromotionId,
    /// How.
    pub end: PromotionEnd,
    /// How long it took since it began, whoever drove it.
    pub took: Period,
}

/// Under which configuration a promotion is gone on with that was planned under another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Configuration {
    /// Only under what it was planned under: a plan leaves nothing to choose.
    AsPlanned,
    /// Under the present one: a person wants the targets back now, and said so.
    AsItIsNow,
}

/// Everything a step needs to know about the promotion it belongs to.
struct Drive<'a> {
    desk: &'a Desk,
    service: &'a Service,
    lane: &'a LaneId,
    promotion: PromotionId,
    epoch: u64,
    /// One append to the lane at a time.
    writing: tokio::sync::Mutex<()>,
}

/// What a step came to.
enum Stepped {
    /// Ask the machine again.
    Again,
    /// It is over.
    Over(Ended),
}

impl Desk {
    /// Drives the promotion that is under way on a lane to its end; picks it up where an earlier
    /// driver left it.
    ///
    /// # Errors
    /// Nothing is under way; another process drives it; another process took it over; the ledger
    /// stays away. In every case the promotion stays as it is and can be resumed.
    pub async fn drive(&self, lane: &LaneId) -> Result<Ended, DeskError> {
        self.drive_under(lane, Configuration::AsPlanned).await
    }

    /// Drives like [`Desk::drive`], and under the present configuration if a person wants so:
    /// only for what goes back.
    ///
    /// # Errors
    /// As [`Desk::drive`]; the configuration was changed since it was planned, and it is not to
    /// go on under another.
    pub async fn drive_under(
        &self,
        lane: &LaneId,
        configuration: Configuration,
    ) -> Result<Ended, DeskError> {
        self.with_heartbeat(self.drive_beating(lane, configuration)).await
    }

    async fn drive_beating(
        &self,
        lane: &LaneId,
        configuration: Configuration,
    ) -> Result<Ended, DeskError> {
        let service = self.service(&lane.service)?;
        let (promotion, epoch) = self.claim(lane, configuration).await?;
        let drive = Drive { desk: self, service, lane, promotion, epoch, writing: <_>::default() };
        let watch = Watch::new(&drive);
        let mut watching = Box::pin(watch.run());
        drive.reap_what_is_left().await?;
        let mut last_good_ms = self.parts.clock.monotonic_ms();
        loop {
            // The watch goes on beside every step: a probe that nobody waits for would look as if
            // its target had not answered.
            match beside(drive.step(&watch), watching.as_mut()).await {
                Ok(Stepped::Again) => last_good_ms = self.parts.clock.monotonic_ms(),
                Ok(Stepped::Over(ended)) => return Ok(ended),
                // Somebody else appended to the lane (an abort, a drift): look again.
                Err(DeskError::Ledger(LedgerError::Conflict { .. })) => {}
                Err(error) if self.may_pass(&error, last_good_ms) => {
                    self.parts.clock.sleep(LOOK_AGAIN).await;
                }
                Err(other) => return Err(other),
            }
        }
    }

    /// Whether a ledger that is away may be back soon. Every step can be begun again from what is
    /// written down, as after a crash.
    fn may_pass(&self, error: &DeskError, last_good_ms: u64) -> bool {
        let waited = self.parts.clock.monotonic_ms().saturating_sub(last_good_ms);
        match error {
            DeskError::Ledger(LedgerError::Unavailable { .. } | LedgerError::InDoubt { .. }) => {
                waited < PATIENCE.as_millis()
            }
            _ => false,
        }
    }
}

impl Drive<'_> {
    /// Decides what comes next and carries it out.
    async fn step(&self, watch: &Watch<'_>) -> Result<Stepped, DeskError> {
        let state = self.desk.load_patiently(&self.lane.service).await?;
        let Some(active) = self.mine(&state)? else { return self.ended(&state) };
        let step = next_step(active, self.desk.now());
        watch.follow(active, &step);
        self.carry_out(&state, active, step, watch).await
    }

    /// The state now, as long as this process drives the promotion.
    async fn current(&self) -> Result<Arc<ServiceState>, DeskError> {
        let state = self.desk.load_patiently(&self.lane.service).await?;
        match self.mine(&state)? {
            Some(_) => Ok(state),
            None => Err(DeskError::TakenOver(self.promotion)),
        }
    }

    /// The promotion, as long as this process drives it.
    fn mine<'s>(&self, state: &'s ServiceState) -> Result<Option<&'s PromotionState>, DeskError> {
        let Some(active) = state.active(&self.lane.environment) else { return Ok(None) };
        if active.id != self.promotion {
            return Ok(None);
        }
        if active.epoch() != self.epoch {
            return Err(DeskError::TakenOver(self.promotion));
        }
        Ok(Some(active))
    }

    fn ended(&self, state: &ServiceState) -> Result<Stepped, DeskError> {
        let lane = state.lanes.get(&self.lane.environment);
        let finished = lane.and_then(|lane| lane.finished.iter().find(|f| f.id == self.promotion));
        let finished = finished.ok_or(DeskError::TakenOver(self.promotion))?;
        Ok(Stepped::Over(Ended {
            promotion: self.promotion,
            end: finished.end.clone(),
            took: Period::between(finished.started_at, finished.finished_at),
        }))
    }

    /// Appends to the lane at the version that the step was decided from.
    async fn append(&self, state: &ServiceState, kinds: Vec<EventKind>) -> Result<(), DeskError> {
        let version = state.lanes.get(&self.lane.environment).map_or(0, |lane| lane.version);
        let stream = Stream::Lane(self.lane.clone());
        self.desk.append_patiently(stream, Some(version), kinds).await?;
        Ok(())
    }

    async fn carry_out(
        &self,
        state: &ServiceState,
        active: &PromotionState,
        step: Step,
        watch: &Watch<'_>,
    ) -> Result<Stepped, DeskError> {
        let plan = &active.plan;
        let promotion = self.promotion;
        match step {
            Step::AskGate { wave } => self.ask_gate(state, active, wave, watch).await?,
            Step::StartWave { wave } => self.start_wave(state, active, wave, None).await?,
            Step::Deploy { targets, back, .. } => {
                // What has begun is ended, whatever the watch sees meanwhile (rule 8).
                self.deploy(state, active, &targets, back).await?;
            }
            Step::NoteRegressions { wave, regressions } => {
                self.note_regressions(wave, regressions).await?;
            }
            Step::Verify { wave, targets } => {
                self.verify_wave(active, wave, &targets, watch).await?;
            }
            Step::Soak { wave, targets, until } => {
                self.soak(active, wave, &targets, until, watch).await?;
            }
            Step::BeginRollback { targets, reason } => {
                let back_to = plan.kind != PlanKind::Rehearsal;
                if back_to {
                    self.desk.tell(Progress::GoingBack {
                        targets: targets.clone(),
                        reason: reason.clone(),
                    });
                }
                let kind = EventKind::RollbackStarted { promotion, targets, reason };
                self.append(state, vec![kind]).await?;
            }
            Step::VerifyBack { targets } => return self.verify_back(active, &targets).await,
            Step::Finish { end, good } => return self.finish(state, active, end, good).await,
        }
        Ok(Stepped::Again)
    }

    /// Ends the promotion.
    async fn finish(
        &self,
        state: &ServiceState,
        active: &PromotionState,
        end: PromotionEnd,
        good: Vec<TargetName>,
    ) -> Result<Stepped, DeskError> {
        let mut kinds = self.rehearsals(active, &end);
        for (version, targets) in by_version(active, good) {
            let promotion = Some(self.promotion);
            kinds.push(EventKind::VerifiedGood { targets, version, promotion });
        }
        kinds.push(EventKind::PromotionFinished {
            promotion: self.promotion,
            epoch: self.epoch,
            end: end.clone(),
        });
        kinds.extend(moot(state, active, &end));
        self.append(state, kinds).await?;
        let took = Period::between(active.started_at, self.desk.now());
        self.desk.tell(Progress::PromotionEnded {
            promotion: self.promotion,
            end: end.clone(),
            took_ms: took.as_millis(),
        });
        Ok(Stepped::Over(Ended { promotion: self.promotion, end, took }))
    }
}

/// What earlier break-glasses left open for releases that this end leaves nowhere: it can not be
/// made up for any more. The same append says so, so that no gate is asked in between.
fn moot(state: &ServiceState, active: &PromotionState, end: &PromotionEnd) -> Vec<EventKind> {
    let lane = &active.plan.lane;
    let (release, promotion) = (&active.plan.release, active.id);
    let became = |one: &ReleaseId| match end {
        PromotionEnd::Withdrawn { .. } if one == release => {
            format!("{one} never came to {} ({promotion} was withdrawn)", lane.environment)
        }
        _ if one == release || matches!(active.plan.kind, PlanKind::Rollback { .. }) => {
            format!("{one} was rolled back from every target of {} ({promotion})", lane.environment)
        }
        _ => format!("{one} was replaced by {release} on {} ({promotion})", lane.environment),
    };
    state
        .moot_follow_ups(&lane.environment)
        .map(|one| EventKind::FollowUpBecameMoot { id: one.id, reason: became(&one.release) })
        .collect()
}

/// Targets that keep the plan's change, by the version that they have.
fn by_version(
    active: &PromotionState,
    good: Vec<TargetName>,
) -> std::collections::BTreeMap<plimsoll_core::ids::Version, Vec<TargetName>> {
    let mut sorted = std::collections::BTreeMap::<_, Vec<_>>::new();
    for target in good {
        if let Some(change) = active.plan.change(&target) {
            sorted.entry(change.to.clone()).or_default().push(target);
        }
    }
    sorted
}

/// Runs a step to its end with the watch going on beside it. What the watch finds, it keeps.
async fn beside<T>(
    step: impl Future<Output = T>,
    mut watching: Pin<&mut (dyn Future<Output = ()> + Send)>,
) -> T {
    let mut step = pin!(step);
    std::future::poll_fn(|cx| {
        // The watch never ends by itself.
        let _ = watching.as_mut().poll(cx);
        step.as_mut().poll(cx)
    })
    .await
}

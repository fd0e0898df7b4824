//! Putting versions on targets.
//!
//! 1. For a deployment that an earlier driver began and never reported: end what it left running,
//!    observe, and if the version runs, write that down instead of running anything again.
//! 2. Else write `DeploymentStarted`, run the deployer, observe, write `DeploymentFinished`.
//!
//! The effect happens between two appends; the number of the first is the deployment's, and
//! fences: a deployer that remembers the highest number it saw refuses older ones.

use futures_util::stream::{self, StreamExt};
use plimsoll_core::event::{Event, EventKind, Stream};
use plimsoll_core::ids::{DeploymentId, ReleaseId, TargetId, TargetName, Version};
use plimsoll_core::ledger::{PromotionState, ServiceState};
use plimsoll_core::record::{DeployReport, DeployResult, MoveReason, Observed};

use plimsoll_core::units::Period;

use crate::desk::{Desk, DeskError};
use crate::ports::{DeployJob, LedgerError, Progress, TargetContext};

use super::{Drive, bystanders::Bystanders};

/// How often an append is tried again because somebody else was faster.
const OVERTAKEN: u32 = 1_000;

/// The pause between two questions to a target that did not answer.
const ANSWER: Period = Period::from_millis(500);

type Pending = (TargetName, Version, Option<DeploymentId>);

impl Drive<'_> {
    pub(super) async fn deploy(
        &self,
        state: &ServiceState,
        active: &PromotionState,
        targets: &[Pending],
        back: bool,
    ) -> Result<(), DeskError> {
        let at_once = self.desk.catalog.limits.deployments_at_once.max(1) as usize;
        let bystanders = Bystanders::before(self, state, active).await;
        let moves = targets.iter().map(|pending| self.deploy_one(active, pending, back));
        let mut moves = stream::iter(moves.collect::<Vec<_>>()).buffer_unordered(at_once);
        let mut first_error = None;
        while let Some(moved) = moves.next().await {
            match moved {
                Ok(()) => {}
                // Whoever took over begins where this one is; two must not be at work.
                Err(taken @ DeskError::TakenOver(_)) => return Err(taken),
                // The others finish what they have begun.
                Err(error) => first_error = first_error.or(Some(error)),
            }
        }
        bystanders.after(self, active).await?;
        first_error.map_or(Ok(()), Err)
    }

    /// Ends what earlier drivers began on any target and never reported, whichever way this
    /// promotion goes on from here.
    pub(super) async fn reap_what_is_left(&self) -> Result<(), DeskError> {
        let state = self.current().await?;
        let Some(active) = self.mine(&state)? else { return Ok(()) };
        for (target, moves) in &active.moves {
            if moves.is_left_open() {
                self.reap(&self.lane.target(target)).await;
            }
        }
        Ok(())
    }

    async fn reap(&self, target: &TargetId) {
        if let Some(words) = self.desk.parts.fleet.reap(target).await {
            self.desk.tell(Progress::Said { words });
        }
    }

    async fn deploy_one(
        &self,
        active: &PromotionState,
        (target, version, unreported): &Pending,
        back: bool,
    ) -> Result<(), DeskError> {
        let context = self.desk.context(self.service, &self.lane.environment, target)?;
        let reason = active.reason_of(back);
        if let Some(deployment) = unreported
            && self.pick_up(&context, version, *deployment, reason).await?
        {
            return Ok(());
        }
        let id = ReleaseId { service: self.lane.service.clone(), version: version.clone() };
        let release = self.desk.release(&id).await?;
        self.desk.tell(Progress::DeployBegan {
            target: target.clone(),
            version: version.clone(),
            reason,
        });
        let started = self
            .append_racing(EventKind::DeploymentStarted {
                promotion: self.promotion,
                epoch: self.epoch,
                target: target.clone(),
                version: version.clone(),
                reason,
            })
            .await?;
        let deployment = DeploymentId(started.seq);
        let previous = active
            .plan
            .change(target)
            .and_then(|change| if back { Some(change.to.clone()) } else { change.from.clone() });
        let job = DeployJob { context: context.clone(), release, previous, reason, deployment };
        let deployed = self.desk.parts.fleet.deploy(&job).await;
        let observed = match &deployed.result {
            DeployResult::Misaimed { .. } => Observed::Unknown("it was not run".to_owned()),
            DeployResult::Done | DeployResult::FoundDone => {
                self.observe_settled(&context, version).await
            }
            DeployResult::Failed { .. } => self.desk.parts.fleet.observe(&context).await,
        };
        let output = match deployed.output.is_empty() {
            true => None,
            false => Some(self.desk.parts.blobs.put(&deployed.output).await?),
        };
        let report =
            DeployReport { result: deployed.result, observed, took_ms: deployed.took_ms, output };
        self.report(target, version, deployment, reason, report).await
    }

    /// Observes until the version is there or the platform's time for observing is over: servers
    /// need a moment to serve what was switched under them.
    async fn observe_settled(&self, context: &TargetContext, version: &Version) -> Observed {
        let clock = &self.desk.parts.clock;
        let until = clock.monotonic_ms() + context.platform.observe.within.as_millis();
        let mut pause = Period::from_millis(50);
        loop {
            let observed = self.desk.parts.fleet.observe(context).await;
            // What was altered does not come right by waiting.
            let altered = matches!(observed, Observed::Altered { .. });
            if altered || observed.is(version) || clock.monotonic_ms() >= until {
                return observed;
            }
            clock.sleep(pause).await;
            pause = Period::from_millis((pause.as_millis() * 2).min(1_000));
        }
    }

    /// Observes until there is an answer or the platform's time for observing is over: that nobody
    /// answered is no reason to run a deployment again.
    async fn observe_answered(&self, context: &TargetContext) -> Observed {
        let clock = &self.desk.parts.clock;
        let until = clock.monotonic_ms() + context.platform.observe.within.as_millis();
        loop {
            let observed = self.desk.parts.fleet.observe(context).await;
            match observed {
                Observed::Unknown(_) if clock.monotonic_ms() < until => clock.sleep(ANSWER).await,
                Observed::Unknown(_) | Observed::Version(_) | Observed::Altered { .. } => {
                    return observed;
                }
            }
        }
    }

    /// Looks after a deployment that an earlier driver began. `true` when its effect is there.
    async fn pick_up(
        &self,
        context: &TargetContext,
        version: &Version,
        deployment: DeploymentId,
        reason: MoveReason,
    ) -> Result<bool, DeskError> {
        self.reap(&context.id).await;
        let observed = self.observe_answered(context).await;
        if !observed.is(version) {
            return Ok(false);
        }
        let report =
            DeployReport { result: DeployResult::FoundDone, observed, took_ms: 0, output: None };
        self.report(&context.id.target, version, deployment, reason, report).await?;
        Ok(true)
    }

    async fn report(
        &self,
        target: &TargetName,
        version: &Version,
        deployment: DeploymentId,
        reason: MoveReason,
        report: DeployReport,
    ) -> Result<(), DeskError> {
        let kind = EventKind::DeploymentFinished {
            deployment,
            epoch: self.epoch,
            version: Some(version.clone()),
            report: report.clone(),
        };
        self.append_racing(kind).await?;
        self.desk.tell(Progress::DeployEnded {
            target: target.clone(),
            version: version.clone(),
            reason,
            report: Box::new(report),
        });
        Ok(())
    }

    /// Appends while other targets of the same wave append to the same lane: whoever is overtaken
    /// looks whether it still drives, and tries again at the new version.
    pub(super) async fn append_racing(&self, kind: EventKind) -> Result<Event, DeskError> {
        let stream = Stream::Lane(self.lane.clone());
        // The targets of a wave write one after the other, so that they do not overtake each other.
        let _turn = self.writing.lock().await;
        for _ in 0..OVERTAKEN {
            let version = self.version_of_lane().await?;
            let tried =
                self.desk.append_patiently(stream.clone(), Some(version), vec![kind.clone()]).await;
            match tried {
                Ok(mut events) if !events.is_empty() => return Ok(events.remove(0)),
                Ok(_) | Err(DeskError::Ledger(LedgerError::Conflict { .. })) => {}
                Err(other) => return Err(other),
            }
        }
        Err(DeskError::Contended(stream.to_string()))
    }

    async fn version_of_lane(&self) -> Result<u64, DeskError> {
        let state = self.current().await?;
        Ok(state.lanes.get(&self.lane.environment).map_or(0, |lane| lane.version))
    }
}

impl Desk {
    /// The number of a driver that is given, for words.
    #[must_use]
    pub fn driver(&self) -> &str {
        &self.parts.driver
    }
}

//! Targets that a plan does not touch, looked at before and after (F03: a deployment aimed at
//! staging that moved production).

use std::collections::BTreeMap;

use plimsoll_core::Timestamp;
use plimsoll_core::event::{EventKind, Stream};
use plimsoll_core::ids::TargetId;
use plimsoll_core::ledger::{PromotionState, ServiceState};
use plimsoll_core::record::{Hold, Observation, Observed};
use plimsoll_core::say;

use crate::desk::DeskError;
use crate::ports::Progress;

use super::Drive;

/// What ran on the targets that a plan does not touch.
pub(super) struct Bystanders {
    before: BTreeMap<TargetId, Observation>,
}

impl Bystanders {
    /// Looks at every target of the service that something was deployed on, that is not in the
    /// plan, and that no other promotion is moving.
    pub(super) async fn before(
        drive: &Drive<'_>,
        state: &ServiceState,
        active: &PromotionState,
    ) -> Self {
        let mut targets = Vec::new();
        for environment in &drive.service.environments {
            let lane = drive.service.lane(&environment.name);
            let ours = environment.name == drive.lane.environment;
            if !ours && state.active(&environment.name).is_some() {
                continue;
            }
            for target in environment.targets.keys() {
                let id = lane.target(target);
                let planned = ours && active.plan.change(target).is_some();
                if !planned && state.target(&id).is_some_and(|known| known.version().is_some()) {
                    targets.push(id);
                }
            }
        }
        Self { before: drive.desk.observe(drive.service, &targets).await }
    }

    /// Looks again. A target whose version changed without a plan is drifted, and the service is
    /// held until a person has looked.
    pub(super) async fn after(
        self,
        drive: &Drive<'_>,
        active: &PromotionState,
    ) -> Result<(), DeskError> {
        let targets: Vec<TargetId> = self.before.keys().cloned().collect();
        let now = drive.desk.observe(drive.service, &targets).await;
        let state = drive.desk.load_patiently(&drive.lane.service).await?;
        let mut moved = Vec::new();
        for (id, seen) in now {
            let before = self.before.get(&id).map(|before| &before.observed);
            if matches!(seen.observed, Observed::Unknown(_))
                || before.is_some_and(|before| before.says_as(&seen.observed))
                || state.active(&id.environment).is_some_and(|other| other.id != active.id)
            {
                continue;
            }
            let expected = state.target(&id).and_then(|t| t.version()).cloned();
            if expected.as_ref().is_some_and(|expected| seen.observed.is(expected)) {
                continue;
            }
            let kind = EventKind::DriftFound {
                target: id.target.clone(),
                expected,
                observed: seen.observed.clone(),
            };
            moved.push((
                format!("{id} now runs {}", say::observed(&seen.observed)),
                id.lane(),
                kind,
            ));
        }
        if moved.is_empty() {
            return Ok(());
        }
        let words: Vec<String> = moved.iter().map(|(words, ..)| words.clone()).collect();
        // Held first: a driver that dies in between leaves a hold without a drift, which the next
        // question to the gate finds, and not a drift that stops nothing.
        hold(drive, active, &words.join(", "), drive.desk.now()).await?;
        for (_, lane, kind) in moved {
            drive.desk.append_patiently(Stream::Lane(lane), None, vec![kind]).await?;
        }
        Ok(())
    }
}

async fn hold(
    drive: &Drive<'_>,
    active: &PromotionState,
    words: &str,
    at: Timestamp,
) -> Result<(), DeskError> {
    let reason = format!(
        "a deployment to {} moved what it was not to touch: {words}",
        drive.lane.environment
    );
    drive.desk.tell(Progress::Said { words: format!("held: {reason}") });
    let hold = Hold { environment: None, reason, by: active.plan.by.clone(), at };
    let stream = Stream::People(drive.lane.service.clone());
    let kind = EventKind::HoldPlaced { hold };
    drive.desk.append_patiently(stream, None, vec![kind]).await?;
    Ok(())
}

//! Results of checks.

use crate::event::EventKind;
use crate::ids::CheckRunId;
use crate::ledger::{FoldError, LaneState, RunState, Verifying};
use crate::record::Outcome;

use super::Ctx;

pub(super) fn apply(lane: &mut LaneState, ctx: &Ctx<'_>) -> Result<(), FoldError> {
    match &ctx.event.kind {
        EventKind::VerifyStarted { version, targets, checks, driver, deadline } => {
            // One whose time is over was ended without a word; its driver is gone.
            lane.verifying.retain(|other| other.deadline > ctx.event.at);
            lane.verifying.push(Verifying {
                started: ctx.event.seq,
                at: ctx.event.at,
                version: version.clone(),
                targets: targets.clone(),
                checks: checks.clone(),
                driver: driver.clone(),
                deadline: *deadline,
            });
            Ok(())
        }
        EventKind::CheckFinished { result } => {
            let id = CheckRunId(ctx.event.seq);
            let target = lane.targets.entry(result.target.target.clone()).or_default();
            let seen = result.observed_before.is(&result.version)
                && result.observed_after.is(&result.version);
            if result.outcome == Outcome::Failed && seen {
                target.doubt(&result.version, ctx.event.at);
            }
            if seen {
                target.trails.entry(result.check.clone()).or_default().add(id, result);
            }
            let result = (**result).clone();
            let run = RunState { id, result, control: None };
            target.results.insert(run.result.check.clone(), run);
            Ok(())
        }
        EventKind::CheckControlled { run, target, check, control } => {
            let target = lane.targets.get_mut(target);
            let known = target.and_then(|target| target.results.get_mut(check));
            // It may have been run again meanwhile.
            if let Some(known) = known.filter(|known| known.id == *run) {
                known.control = Some((**control).clone());
            }
            Ok(())
        }
        EventKind::VerifyFinished { started } => {
            lane.verifying.retain(|other| other.started != *started);
            Ok(())
        }
        _ => Err(ctx.illegal("it does not belong on an evidence stream")),
    }
}

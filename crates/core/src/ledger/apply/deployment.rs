//! Deployments: begun and ended.

use crate::event::EventKind;
use crate::ids::DeploymentId;
use crate::ledger::{DeploymentState, FoldError, LaneState, MoveState};

use super::{Ctx, lane::under_way};

pub(super) fn started(lane: &mut LaneState, ctx: &Ctx<'_>) -> Result<(), FoldError> {
    let EventKind::DeploymentStarted { promotion, epoch, target, version, reason } =
        &ctx.event.kind
    else {
        return Err(ctx.illegal("it is no start of a deployment"));
    };
    let id = DeploymentId(ctx.event.seq);
    let at = ctx.event.at;
    let active = under_way(lane, *promotion, ctx)?;
    if active.epoch() != *epoch {
        return Err(ctx.illegal("a driver that was replaced cannot deploy"));
    }
    let goes_back = active.rollback.is_some();
    let Some(moves) = active.moves.get_mut(target) else {
        return Err(ctx.illegal("the target is not in the plan"));
    };
    let step = MoveState { deployment: id, epoch: *epoch, at, report: None };
    if goes_back {
        moves.back = Some(step);
    } else {
        moves.forward = Some(step);
    }
    let state = lane.targets.entry(target.clone()).or_default();
    let previous = state.deployment.take().map(|before| {
        if before.is_good() || before.previous.is_none() {
            Some(before.version)
        } else {
            before.previous
        }
    });
    state.deployment = Some(DeploymentState {
        id,
        version: version.clone(),
        previous: previous.flatten(),
        reason: *reason,
        started_at: at,
        finished_at: None,
        report: None,
        adopted: false,
        promotion: Some(*promotion),
    });
    Ok(())
}

pub(super) fn finished(lane: &mut LaneState, ctx: &Ctx<'_>) -> Result<(), FoldError> {
    let EventKind::DeploymentFinished { deployment, epoch, version, report } = &ctx.event.kind
    else {
        return Err(ctx.illegal("it is no end of a deployment"));
    };
    let Some(active) = lane.active.as_mut() else {
        return Err(ctx.illegal("no promotion is under way"));
    };
    if active.epoch() != *epoch {
        return Err(ctx.illegal("a driver that was replaced cannot end a deployment"));
    }
    let mut all = active.moves.iter_mut();
    let Some((target, moves)) =
        all.find_map(|(target, moves)| moves.of(*deployment).is_some().then_some((target, moves)))
    else {
        return Err(ctx.illegal("the deployment was never begun"));
    };
    let Some(step) = moves.of(*deployment).filter(|step| step.report.is_none()) else {
        return Err(ctx.illegal("the deployment has ended before"));
    };
    step.report = Some(report.clone());
    // A try that a crash cut short says nothing about the way back.
    if moves.back.as_ref().is_some_and(|back| back.deployment == *deployment) {
        moves.back_tries += 1;
    }
    let state = lane.targets.entry(target.clone()).or_default();
    let Some(current) = state.deployment.as_mut().filter(|current| current.id == *deployment)
    else {
        return Err(ctx.illegal("another deployment has begun on the target"));
    };
    if version.as_ref().is_some_and(|version| *version != current.version) {
        return Err(ctx.illegal("another version was to be put there"));
    }
    current.finished_at = Some(ctx.event.at);
    current.report = Some(report.clone());
    if current.is_good() {
        state.drift = None;
    }
    Ok(())
}

//! What moves targets.

use crate::digest::Digest;
use crate::event::{EventKind, PromotionEnd, Regression};
use crate::ids::{LaneId, PromotionId, TargetName, Version};
use crate::ledger::{
    DeploymentState, Drift, FinishedPromotion, FoldError, LaneState, PromotionState, Rollback,
    VerifiedGood, WentBack,
};
use crate::record::{BackCause, FollowUp, MoveReason, Plan, PlanKind};

use super::{Ctx, deployment};

/// Folds one event of a lane; gives the follow-ups that it opens.
pub(super) fn apply(
    lane: &mut LaneState,
    id: &LaneId,
    ctx: &Ctx<'_>,
) -> Result<Vec<FollowUp>, FoldError> {
    match &ctx.event.kind {
        EventKind::PromotionStarted { plan, digest, follow_ups, driver } => {
            if lane.active.is_some() {
                return Err(ctx.illegal("another promotion is under way"));
            }
            if plan.lane != *id || plan.digest() != *digest {
                return Err(ctx.illegal("the plan is not the one that was confirmed"));
            }
            forget_what_is_left(lane, plan, ctx);
            lane.active = Some(begun(plan, *digest, driver.as_deref(), ctx));
            return Ok(follow_ups.clone());
        }
        EventKind::Adopted { targets, version, .. } => {
            if lane.active.is_some() {
                return Err(ctx.illegal("what moves cannot be adopted"));
            }
            adopt(lane, targets, version, ctx);
        }
        EventKind::VerifiedGood { targets, version, promotion } => {
            mark_good(lane, targets, version, ctx);
            note_back_verified(lane, targets, *promotion);
        }
        EventKind::DriftFound { target, expected, observed } => {
            lane.targets.entry(target.clone()).or_default().drift = Some(Drift {
                seq: ctx.event.seq,
                at: ctx.event.at,
                expected: expected.clone(),
                observed: observed.clone(),
            });
        }
        EventKind::DriftEnded { target } => {
            lane.targets.entry(target.clone()).or_default().drift = None;
        }
        EventKind::RehearsalFinished { rehearsal } => {
            lane.targets.entry(rehearsal.target.target.clone()).or_default().rehearsal =
                Some((ctx.event.seq, rehearsal.clone()));
        }
        EventKind::DeploymentStarted { .. } => deployment::started(lane, ctx)?,
        EventKind::DeploymentFinished { .. } => deployment::finished(lane, ctx)?,
        EventKind::PromotionFinished { promotion, epoch, end } => {
            finish(lane, *promotion, *epoch, end, ctx)?;
        }
        _ => advance(lane, ctx)?,
    }
    Ok(Vec::new())
}

fn begun(plan: &Plan, digest: Digest, driver: Option<&str>, ctx: &Ctx<'_>) -> PromotionState {
    PromotionState {
        id: PromotionId(ctx.event.seq),
        plan: plan.clone(),
        digest,
        started_at: ctx.event.at,
        driver: driver.map(|driver| (driver.to_owned(), 0)),
        wave: 0,
        wave_started_at: None,
        held: None,
        moves: plan.changes.iter().map(|c| (c.target.clone(), <_>::default())).collect(),
        wave_verified_at: None,
        regressions: Vec::new(),
        abort: None,
        rollback: None,
    }
}

/// What a person goes back from was not good after all, so it is no way back any more.
fn forget_what_is_left(lane: &mut LaneState, plan: &Plan, ctx: &Ctx<'_>) {
    let reason = match &plan.kind {
        PlanKind::Rollback { reason } => reason,
        PlanKind::Promotion
        | PlanKind::BreakGlass { .. }
        | PlanKind::Deployment
        | PlanKind::Rehearsal => return,
    };
    for change in &plan.changes {
        if let Some(version) = &change.from {
            let promotion = PromotionId(ctx.event.seq);
            lane.note_went_back(went_back(version, promotion, BackCause::Asked, reason, ctx));
        }
        if let (Some(state), Some(from)) = (lane.targets.get_mut(&change.target), &change.from) {
            state.unmark_good(from);
        }
    }
}

fn went_back(
    version: &Version,
    promotion: PromotionId,
    cause: BackCause,
    reason: &str,
    ctx: &Ctx<'_>,
) -> WentBack {
    let (seq, at) = (ctx.event.seq, ctx.event.at);
    WentBack { version: version.clone(), promotion, seq, at, cause, reason: reason.to_owned() }
}

fn adopt(lane: &mut LaneState, targets: &[TargetName], version: &Version, ctx: &Ctx<'_>) {
    for target in targets {
        let state = lane.targets.entry(target.clone()).or_default();
        state.drift = None;
        state.deployment = Some(DeploymentState {
            id: crate::ids::DeploymentId(ctx.event.seq),
            version: version.clone(),
            previous: state.version().cloned(),
            reason: MoveReason::Forward,
            started_at: ctx.event.at,
            finished_at: Some(ctx.event.at),
            report: None,
            adopted: true,
            promotion: None,
        });
    }
}

fn mark_good(lane: &mut LaneState, targets: &[TargetName], version: &Version, ctx: &Ctx<'_>) {
    for target in targets {
        lane.targets.entry(target.clone()).or_default().mark_good(VerifiedGood {
            version: version.clone(),
            at: ctx.event.at,
            seq: ctx.event.seq,
            doubted_at: None,
        });
    }
}

/// Targets that were found well on the way back need not be looked at again.
fn note_back_verified(
    lane: &mut LaneState,
    targets: &[TargetName],
    promotion: Option<PromotionId>,
) {
    let Some(active) = lane.active.as_mut().filter(|active| Some(active.id) == promotion) else {
        return;
    };
    if active.rollback.is_none() {
        return;
    }
    for target in targets {
        if let Some(moves) = active.moves.get_mut(target) {
            moves.back_verified = true;
        }
    }
}

fn finish(
    lane: &mut LaneState,
    promotion: PromotionId,
    epoch: u64,
    end: &PromotionEnd,
    ctx: &Ctx<'_>,
) -> Result<(), FoldError> {
    let Some(active) = lane.active.take_if(|active| active.id == promotion) else {
        return Err(ctx.illegal("that promotion is not under way"));
    };
    if active.epoch() != epoch {
        return Err(ctx.illegal("a driver that was replaced cannot end it"));
    }
    match (end, &active.plan.kind) {
        (PromotionEnd::VerifiedGood, PlanKind::Promotion | PlanKind::BreakGlass { .. }) => {
            let version = &active.plan.release.version;
            lane.went_back.retain(|one| one.version != *version);
        }
        (
            PromotionEnd::RolledBack { reason } | PromotionEnd::NeedsPerson { reason },
            PlanKind::Promotion | PlanKind::BreakGlass { .. },
        ) => {
            if let Some(cause) = active.back_cause() {
                let version = &active.plan.release.version;
                lane.note_went_back(went_back(version, promotion, cause, reason, ctx));
            }
        }
        (
            PromotionEnd::VerifiedGood
            | PromotionEnd::Deployed
            | PromotionEnd::Rehearsed
            | PromotionEnd::Withdrawn { .. }
            | PromotionEnd::RolledBack { .. }
            | PromotionEnd::NeedsPerson { .. },
            _,
        ) => {}
    }
    let by = active.plan.by.clone();
    let targets = active.plan.changes.iter().map(|change| change.target.clone()).collect();
    lane.remember(FinishedPromotion {
        id: active.id,
        kind: active.plan.kind,
        release: active.plan.release,
        started_at: active.started_at,
        finished_at: ctx.event.at,
        end: end.clone(),
        by,
        targets,
    });
    Ok(())
}

/// Events inside a promotion that change nothing but the promotion.
fn advance(lane: &mut LaneState, ctx: &Ctx<'_>) -> Result<(), FoldError> {
    let at = ctx.event.at;
    match &ctx.event.kind {
        EventKind::DriverClaimed { promotion, driver, epoch, changed: _ } => {
            let active = under_way(lane, *promotion, ctx)?;
            if *epoch != active.epoch() + 1 {
                return Err(ctx.illegal("drivers' epochs are counted without gaps"));
            }
            active.driver = Some((driver.clone(), *epoch));
        }
        EventKind::WaveStarted { promotion, wave, .. } => {
            let active = at_wave(lane, *promotion, *wave, ctx)?;
            active.wave_started_at = Some(at);
            active.held = None;
        }
        EventKind::WaveHeld { promotion, wave, decision } => {
            let active = at_wave(lane, *promotion, *wave, ctx)?;
            let since = active.held.map_or(at, |(since, _)| since);
            active.held = Some((since, *decision));
        }
        EventKind::WaveVerified { promotion, wave } => {
            at_wave(lane, *promotion, *wave, ctx)?.wave_verified_at = Some(at);
        }
        EventKind::SoakFinished { promotion, wave } => {
            let active = at_wave(lane, *promotion, *wave, ctx)?;
            active.wave += 1;
            active.wave_started_at = None;
            active.wave_verified_at = None;
        }
        EventKind::RegressionFound { promotion, regressions, .. } => {
            let found: &[Regression] = regressions;
            under_way(lane, *promotion, ctx)?.regressions.extend_from_slice(found);
        }
        EventKind::GapSeen { promotion, .. } => {
            under_way(lane, *promotion, ctx)?;
        }
        EventKind::AbortRequested { promotion, reason } => {
            under_way(lane, *promotion, ctx)?.abort = Some(reason.clone());
        }
        EventKind::RollbackStarted { promotion, targets, reason } => {
            let active = under_way(lane, *promotion, ctx)?;
            if active.rollback.is_some() {
                return Err(ctx.illegal("it goes back already"));
            }
            active.rollback =
                Some(Rollback { targets: targets.clone(), reason: reason.clone(), at });
        }
        _ => return Err(ctx.illegal("it does not belong on a lane's stream")),
    }
    Ok(())
}

pub(super) fn under_way<'a>(
    lane: &'a mut LaneState,
    promotion: PromotionId,
    ctx: &Ctx<'_>,
) -> Result<&'a mut PromotionState, FoldError> {
    lane.active
        .as_mut()
        .filter(|active| active.id == promotion)
        .ok_or_else(|| ctx.illegal("that promotion is not under way"))
}

fn at_wave<'a>(
    lane: &'a mut LaneState,
    promotion: PromotionId,
    wave: u32,
    ctx: &Ctx<'_>,
) -> Result<&'a mut PromotionState, FoldError> {
    let active = under_way(lane, promotion, ctx)?;
    if active.wave == wave {
        Ok(active)
    } else {
        Err(ctx.illegal("the promotion is at another wave"))
    }
}

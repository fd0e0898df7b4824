//! What comes next, from what has happened.
//!
//! The machine holds nothing: it reads the folded state and names one step. Whoever carries the
//! step out appends its outcome, folds, and asks again. A crash between any two appends therefore
//! loses nothing, and any other process can go on.

use crate::Timestamp;
use crate::catalog::OnRegression;
use crate::event::{PromotionEnd, Regression, RegressionCause};
use crate::ids::{DeploymentId, TargetName, Version};
use crate::ledger::{MoveState, PromotionState, Rollback};
use crate::record::{DeployReport, DeployResult, PlanKind};

/// How often the way back of a target is tried before a person is called.
const BACK_TRIES: u32 = 3;

/// What an executor has to do next.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Ask the gate whether this wave may begin.
    AskGate {
        /// The wave, from 0.
        wave: u32,
    },
    /// Begin this wave; there is no gate to ask.
    StartWave {
        /// The wave, from 0.
        wave: u32,
    },
    /// Put versions on targets, all at once within the limits.
    Deploy {
        /// The wave, from 0.
        wave: u32,
        /// Each target, its version, and a deployment that an executor before began and never
        /// reported: what it left is ended first, and what runs is observed before anything is
        /// run again.
        targets: Vec<(TargetName, Version, Option<DeploymentId>)>,
        /// Whether this is the way back.
        back: bool,
    },
    /// Write down that the wave got worse.
    NoteRegressions {
        /// The wave, from 0.
        wave: u32,
        /// What.
        regressions: Vec<Regression>,
    },
    /// Run every check of these targets; then `WaveVerified` or `RegressionFound`.
    Verify {
        /// The wave, from 0.
        wave: u32,
        /// The targets.
        targets: Vec<TargetName>,
    },
    /// Watch the wave until then; then `SoakFinished` or `RegressionFound`.
    Soak {
        /// The wave, from 0.
        wave: u32,
        /// The targets of the wave.
        targets: Vec<TargetName>,
        /// Until when; a moment that has passed means that nothing is left to watch.
        until: Timestamp,
    },
    /// Begin the way back: these targets, in this order.
    BeginRollback {
        /// The targets.
        targets: Vec<TargetName>,
        /// Why.
        reason: String,
    },
    /// Run every check of these targets, which went back.
    VerifyBack {
        /// The targets, each with the version it went back to.
        targets: Vec<(TargetName, Version)>,
    },
    /// It is over.
    Finish {
        /// How it ended.
        end: PromotionEnd,
        /// The targets that keep the release of the plan, verified good.
        good: Vec<TargetName>,
    },
}

/// Names the next step of a promotion.
#[must_use]
pub fn next_step(promotion: &PromotionState, now: Timestamp) -> Step {
    if let Some(rollback) = &promotion.rollback {
        return next_step_back(promotion, rollback);
    }
    if let Some(reason) = &promotion.abort {
        return leave(promotion, &promotion.moved(), format!("aborted: {reason}"));
    }
    if !promotion.regressions.is_empty() {
        return after_regression(promotion);
    }
    let wave = promotion.wave;
    let Some(planned) = promotion.plan.waves.get(wave as usize) else {
        return after_last_wave(promotion);
    };
    let Some(started_at) = promotion.wave_started_at else {
        return begin_wave(promotion, wave, now);
    };
    let pending: Vec<_> =
        planned.targets.iter().filter_map(|target| pending(promotion, target, false)).collect();
    if !pending.is_empty() {
        return Step::Deploy { wave, targets: pending, back: false };
    }
    let regressions: Vec<_> =
        planned.targets.iter().filter_map(|target| not_deployed(promotion, target)).collect();
    if !regressions.is_empty() {
        return Step::NoteRegressions { wave, regressions };
    }
    match promotion.wave_verified_at {
        None if is_verified(&promotion.plan.kind) => {
            Step::Verify { wave, targets: planned.targets.clone() }
        }
        verified_at => Step::Soak {
            wave,
            targets: planned.targets.clone(),
            until: planned.soak.after(verified_at.unwrap_or(started_at)),
        },
    }
}

/// Whether the checks are run on targets after they changed. On an environment without a gate
/// people run them when they want to.
fn is_verified(kind: &PlanKind) -> bool {
    match kind {
        PlanKind::Promotion | PlanKind::BreakGlass { .. } | PlanKind::Rollback { .. } => true,
        PlanKind::Deployment | PlanKind::Rehearsal => false,
    }
}

fn begin_wave(promotion: &PromotionState, wave: u32, now: Timestamp) -> Step {
    if !promotion.plan.is_gated() {
        return Step::StartWave { wave };
    }
    if let Some((since, _)) = promotion.held
        && promotion.plan.wait_at_most.after(since) <= now
    {
        let reason = format!(
            "the gate did not allow wave {} within {}",
            wave + 1,
            promotion.plan.wait_at_most.roughly()
        );
        return leave(promotion, &promotion.moved(), reason);
    }
    Step::AskGate { wave }
}

fn after_last_wave(promotion: &PromotionState) -> Step {
    let targets: Vec<_> = promotion.plan.changes.iter().map(|c| c.target.clone()).collect();
    match promotion.plan.kind {
        PlanKind::Promotion | PlanKind::BreakGlass { .. } | PlanKind::Rollback { .. } => {
            Step::Finish { end: PromotionEnd::VerifiedGood, good: targets }
        }
        PlanKind::Deployment => Step::Finish { end: PromotionEnd::Deployed, good: Vec::new() },
        PlanKind::Rehearsal => {
            Step::BeginRollback { targets, reason: "rehearsal: forward again".to_owned() }
        }
    }
}

/// Ends it by going back with `targets`, or by doing nothing where nothing was moved.
fn leave(promotion: &PromotionState, targets: &[TargetName], reason: String) -> Step {
    if targets.is_empty() {
        let good = Vec::new();
        return Step::Finish { end: PromotionEnd::Withdrawn { reason }, good };
    }
    if let Some(why_not) = cannot_go_back(promotion, targets) {
        let reason = format!("{reason}; {why_not}");
        return Step::Finish { end: PromotionEnd::NeedsPerson { reason }, good: Vec::new() };
    }
    Step::BeginRollback { targets: failed_first(promotion, targets), reason }
}

fn cannot_go_back(promotion: &PromotionState, targets: &[TargetName]) -> Option<String> {
    if promotion.plan.irreversible {
        return Some("the release says that it cannot be undone, so nothing is rolled back".into());
    }
    let lost: Vec<&str> = targets
        .iter()
        .filter(|t| promotion.plan.change(t).is_none_or(|change| change.way_back.is_none()))
        .map(TargetName::as_str)
        .collect();
    let some_way = lost.len() < targets.len();
    match (lost.is_empty(), some_way) {
        (true, _) => None,
        // Those that can go back do; the others are named at the end.
        (false, true) => None,
        (false, false) => Some(format!("there is no way back for {}", lost.join(", "))),
    }
}

fn after_regression(promotion: &PromotionState) -> Step {
    let reason = reason_of(&promotion.regressions);
    let needs_person = |why: &str| Step::Finish {
        end: PromotionEnd::NeedsPerson { reason: format!("{reason}; {why}") },
        good: Vec::new(),
    };
    match &promotion.plan.kind {
        PlanKind::Deployment if promotion.moved().is_empty() => {
            return Step::Finish { end: PromotionEnd::Withdrawn { reason }, good: Vec::new() };
        }
        PlanKind::Deployment => return needs_person("nothing else was touched"),
        PlanKind::Rollback { .. } => return needs_person("the way back itself did not work"),
        PlanKind::Rehearsal => {
            return Step::BeginRollback {
                targets: failed_first(promotion, &promotion.moved()),
                reason: format!("the way back did not work: {reason}"),
            };
        }
        PlanKind::Promotion | PlanKind::BreakGlass { .. } => {}
    }
    match promotion.plan.on_regression {
        OnRegression::Freeze => needs_person("the policy says to freeze"),
        OnRegression::RollBack => leave(promotion, &promotion.moved(), reason),
        OnRegression::RollBackWave => {
            let planned = promotion.plan.waves.get(promotion.wave as usize);
            // A target of an earlier wave that got worse meanwhile does not keep the release.
            let worse = |target: &TargetName| {
                promotion.regressions.iter().any(|regression| regression.target == *target)
            };
            let here: Vec<_> = promotion
                .moved()
                .into_iter()
                .filter(|target| {
                    worse(target) || planned.is_some_and(|wave| wave.targets.contains(target))
                })
                .collect();
            if here.is_empty() && !promotion.moved().is_empty() {
                // What broke was never moved, and the waves before this one keep the release.
                let reason = format!("{reason}; nothing of this wave was moved yet");
                let good = earlier_waves(promotion).cloned().collect();
                return Step::Finish { end: PromotionEnd::NeedsPerson { reason }, good };
            }
            leave(promotion, &here, reason)
        }
    }
}

fn next_step_back(promotion: &PromotionState, rollback: &Rollback) -> Step {
    let can_go_back = |target: &&TargetName| {
        promotion.plan.change(target).is_some_and(|change| change.way_back.is_some())
    };
    let pending: Vec<_> = rollback
        .targets
        .iter()
        .filter(can_go_back)
        .filter_map(|target| pending(promotion, target, true))
        .collect();
    if !pending.is_empty() {
        return Step::Deploy { wave: promotion.wave, targets: pending, back: true };
    }
    let (gone_back, lost): (Vec<_>, Vec<_>) =
        rollback.targets.iter().partition(|target| is_back(promotion, target));
    if promotion.plan.kind != PlanKind::Rehearsal {
        let unverified: Vec<_> = gone_back
            .iter()
            .filter(|target| promotion.moves.get(**target).is_none_or(|m| !m.back_verified))
            .filter_map(|target| Some(((*target).clone(), back_version(promotion, target)?)))
            .collect();
        if !unverified.is_empty() {
            return Step::VerifyBack { targets: unverified };
        }
    }
    let good = kept(promotion, rollback);
    let undisturbed = promotion.regressions.is_empty() && promotion.abort.is_none();
    if lost.is_empty() && undisturbed && promotion.plan.kind == PlanKind::Rehearsal {
        return Step::Finish { end: PromotionEnd::Rehearsed, good };
    }
    if lost.is_empty() {
        let reason = rollback.reason.clone();
        return Step::Finish { end: PromotionEnd::RolledBack { reason }, good };
    }
    let names: Vec<&str> = lost.iter().map(|target| target.as_str()).collect();
    let reason = format!("{}; could not take back {}", rollback.reason, names.join(", "));
    Step::Finish { end: PromotionEnd::NeedsPerson { reason }, good }
}

/// The targets of earlier waves, when only one wave went back.
fn kept(promotion: &PromotionState, rollback: &Rollback) -> Vec<TargetName> {
    earlier_waves(promotion)
        .filter(|target| !rollback.targets.contains(target))
        .filter(|_| promotion.plan.kind != PlanKind::Rehearsal)
        .cloned()
        .collect()
}

fn earlier_waves(promotion: &PromotionState) -> impl Iterator<Item = &TargetName> {
    let earlier = promotion.plan.waves.iter().take(promotion.wave as usize);
    earlier.flat_map(|wave| &wave.targets)
}

fn back_version(promotion: &PromotionState, target: &TargetName) -> Option<Version> {
    let change = promotion.plan.change(target)?;
    change.way_back.as_ref().map(|back| back.version.clone())
}

/// A target that has still to be moved in this direction.
fn pending(
    promotion: &PromotionState,
    target: &TargetName,
    back: bool,
) -> Option<(TargetName, Version, Option<DeploymentId>)> {
    let version = if back {
        back_version(promotion, target)?
    } else {
        promotion.plan.change(target)?.to.clone()
    };
    let moves = promotion.moves.get(target)?;
    let state = if back { &moves.back } else { &moves.forward };
    match state {
        None => Some((target.clone(), version, None)),
        Some(MoveState { report: None, deployment, .. }) => {
            Some((target.clone(), version, Some(*deployment)))
        }
        Some(MoveState { report: Some(report), .. }) => {
            let again = back && !worked(report, &version) && moves.back_tries < BACK_TRIES;
            again.then(|| (target.clone(), version, None))
        }
    }
}

fn is_back(promotion: &PromotionState, target: &TargetName) -> bool {
    let Some(version) = back_version(promotion, target) else { return false };
    let report = promotion.moves.get(target).and_then(|m| m.back.as_ref()?.report.as_ref());
    report.is_some_and(|report| worked(report, &version))
}

fn worked(report: &DeployReport, version: &Version) -> bool {
    match report.result {
        DeployResult::Done | DeployResult::FoundDone => report.observed.is(version),
        DeployResult::Misaimed { .. } | DeployResult::Failed { .. } => false,
    }
}

fn not_deployed(promotion: &PromotionState, target: &TargetName) -> Option<Regression> {
    let version = &promotion.plan.change(target)?.to;
    let state = promotion.moves.get(target)?.forward.as_ref()?;
    let report = state.report.as_ref()?;
    let deployment = state.deployment;
    let cause = match &report.result {
        DeployResult::Done | DeployResult::FoundDone if report.observed.is(version) => return None,
        DeployResult::Done | DeployResult::FoundDone => {
            RegressionCause::WrongVersion { observed: report.observed.clone() }
        }
        DeployResult::Misaimed { aimed_at } => RegressionCause::NotDeployed {
            deployment,
            finding: format!("it aimed at {aimed_at} and was not run"),
        },
        DeployResult::Failed { finding, .. } => {
            RegressionCause::NotDeployed { deployment, finding: finding.clone() }
        }
    };
    Some(Regression { target: target.clone(), cause })
}

/// Targets that got worse go back first.
fn failed_first(promotion: &PromotionState, targets: &[TargetName]) -> Vec<TargetName> {
    let failed = |target: &TargetName| promotion.regressions.iter().any(|r| r.target == *target);
    let (mut first, rest): (Vec<_>, Vec<_>) = targets.iter().cloned().partition(failed);
    first.extend(rest);
    first
}

fn reason_of(regressions: &[Regression]) -> String {
    let mut words: Vec<String> = regressions.iter().take(3).map(in_words).collect();
    if regressions.len() > 3 {
        words.push(format!("and {} more", regressions.len() - 3));
    }
    words.join("; ")
}

fn in_words(regression: &Regression) -> String {
    let target = &regression.target;
    match &regression.cause {
        RegressionCause::NotDeployed { finding, .. } => {
            format!("{target} could not be deployed: {finding}")
        }
        RegressionCause::WrongVersion { observed } => match observed {
            crate::record::Observed::Version(version) => {
                format!("{target} runs {version} after the deployment")
            }
            crate::record::Observed::Altered { version, how } => {
                format!("{target} runs an altered {version} after the deployment: {how}")
            }
            crate::record::Observed::Unknown(why) => {
                format!("what runs on {target} after the deployment is unknown: {why}")
            }
        },
        RegressionCause::Check { check, state, finding, .. } => {
            format!("{check} {} on {target}: {finding}", state.word())
        }
        RegressionCause::Gap { check, lasted_ms, finding, .. } => {
            let lasted = crate::units::Period::from_millis(*lasted_ms).roughly();
            format!("{target} did not answer {check} for {lasted}: {finding}")
        }
    }
}

#[cfg(test)]
mod tests;

//! A second look at a finished plan, by other means than it was made with. A fault here is a bug
//! of ours, and the plan is not carried out.

use std::collections::BTreeSet;

use crate::catalog::Service;
use crate::ids::TargetName;
use crate::record::{Plan, PlanKind};

/// What is wrong with a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanFault {
    /// It changes nothing.
    #[error("the plan changes nothing")]
    Empty,
    /// A target that the environment does not have.
    #[error("{0} is not a target of that environment")]
    Stranger(TargetName),
    /// A target in no wave, in two, or in a wave but without a change.
    #[error("{0} is not in exactly one wave")]
    NotInOneWave(TargetName),
    /// A promotion without a decision, or another move with one.
    #[error("the plan and the decision do not fit")]
    Decision,
    /// A promotion without a way back.
    #[error("{0} has no way back")]
    NoWayBack(TargetName),
    /// A way back whose artifacts nobody has just looked for.
    #[error("the way back of {0} was not proven")]
    Unproven(TargetName),
    /// A change to another version than the release's.
    #[error("{0} would not get the release")]
    OtherVersion(TargetName),
}

/// Looks at a plan once more. `accepted` are the targets whose missing way back a person has
/// accepted by a waiver.
///
/// # Errors
/// The first fault.
pub fn lint_plan(
    plan: &Plan,
    service: &Service,
    accepted: &BTreeSet<TargetName>,
) -> Result<(), PlanFault> {
    if plan.changes.is_empty() {
        return Err(PlanFault::Empty);
    }
    let known = service.environment(&plan.lane.environment);
    let mut changing = BTreeSet::new();
    for change in &plan.changes {
        if !known.is_some_and(|environment| environment.targets.contains_key(&change.target)) {
            return Err(PlanFault::Stranger(change.target.clone()));
        }
        if !changing.insert(&change.target) {
            return Err(PlanFault::NotInOneWave(change.target.clone()));
        }
    }
    let mut waved = BTreeSet::new();
    for target in plan.waves.iter().flat_map(|wave| &wave.targets) {
        if !changing.contains(target) || !waved.insert(target) {
            return Err(PlanFault::NotInOneWave(target.clone()));
        }
    }
    if let Some(left) = changing.iter().find(|target| !waved.contains(**target)) {
        return Err(PlanFault::NotInOneWave((*left).clone()));
    }
    lint_kind(plan, accepted)
}

fn lint_kind(plan: &Plan, accepted: &BTreeSet<TargetName>) -> Result<(), PlanFault> {
    let (wants_decision, wants_way_back, wants_release) = match plan.kind {
        PlanKind::Promotion => (true, !plan.irreversible, true),
        PlanKind::BreakGlass { .. } => (true, false, true),
        PlanKind::Deployment => (false, false, true),
        PlanKind::Rollback { .. } | PlanKind::Rehearsal => (false, false, false),
    };
    if plan.decision.is_some() != wants_decision {
        return Err(PlanFault::Decision);
    }
    for change in &plan.changes {
        let wants_way_back = wants_way_back && !accepted.contains(&change.target);
        if wants_release && change.to != plan.release.version {
            return Err(PlanFault::OtherVersion(change.target.clone()));
        }
        let back = change.way_back.as_ref();
        if wants_way_back && back.is_none() && change.from.as_ref() != Some(&change.to) {
            return Err(PlanFault::NoWayBack(change.target.clone()));
        }
        if wants_way_back && back.is_some_and(|back| back.proven_at.is_none()) {
            return Err(PlanFault::Unproven(change.target.clone()));
        }
    }
    Ok(())
}

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

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::gate::testing::World;
    use crate::ids::TargetName;
    use crate::promote::{Planning, plan_promotion};
    use crate::record::TargetChange;

    fn n<T: std::str::FromStr>(text: &str) -> T {
        text.parse().ok().expect("a name")
    }

    /// A plan that was made as plans are made, out of an allowing decision.
    fn sound() -> (World, Plan) {
        let world = World::green();
        let plan = plan_of(&world);
        (world, plan)
    }

    /// The plan of a promotion that the gate of this world allows.
    pub fn plan_of(world: &World) -> Plan {
        let pass = world.ask().pass().expect("everything is green").into();
        let release = world.state.releases[&world.candidate.version].clone();
        let (environment, by, only) = (n("production"), n("somebody"), BTreeSet::new());
        let service = world.catalog.services.values().next().expect("there is one");
        let planning = Planning {
            catalog: &world.catalog,
            service,
            environment: &environment,
            state: &world.state,
            facts: &world.facts,
            only: &only,
            by: &by,
            now: world.now,
        };
        let decision = crate::ids::DecisionId(crate::ids::Seq(9));
        plan_promotion(&planning, &release, &pass, decision).expect("there is a plan")
    }

    fn fault(spoil: impl FnOnce(&mut Plan)) -> Option<PlanFault> {
        let (world, mut plan) = sound();
        spoil(&mut plan);
        let service = world.catalog.services.values().next().expect("there is one");
        lint_plan(&plan, service, &BTreeSet::new()).err()
    }

    fn first(plan: &Plan) -> TargetName {
        plan.changes[0].target.clone()
    }

    #[test]
    fn a_plan_made_as_plans_are_made_has_no_fault() {
        assert_eq!(fault(|_| {}), None);
    }

    #[test]
    fn each_fault_is_found() {
        let (_, plan) = sound();
        let name = first(&plan);
        let stranger: TargetName = n("elsewhere");
        let twice = plan.changes[0].clone();
        assert_eq!(fault(|plan| plan.changes.clear()), Some(PlanFault::Empty));
        let moved = TargetChange { target: stranger.clone(), ..twice.clone() };
        assert_eq!(
            fault(|plan| plan.changes.push(moved)),
            Some(PlanFault::Stranger(stranger.clone()))
        );
        assert_eq!(
            fault(|plan| plan.changes.push(twice)),
            Some(PlanFault::NotInOneWave(name.clone()))
        );
        assert_eq!(fault(|plan| plan.waves.clear()), Some(PlanFault::NotInOneWave(name.clone())));
        let doubled = |plan: &mut Plan| plan.waves.push(plan.waves[0].clone());
        assert_eq!(fault(doubled), Some(PlanFault::NotInOneWave(name.clone())));
        let foreign = |plan: &mut Plan| plan.waves[0].targets.push(stranger.clone());
        assert_eq!(fault(foreign), Some(PlanFault::NotInOneWave(stranger.clone())));
        assert_eq!(fault(|plan| plan.decision = None), Some(PlanFault::Decision));
        assert_eq!(fault(|plan| plan.kind = PlanKind::Deployment), Some(PlanFault::Decision));
        assert_eq!(
            fault(|plan| plan.changes[0].to = n("9")),
            Some(PlanFault::OtherVersion(name.clone()))
        );
        assert_eq!(
            fault(|plan| plan.changes[0].way_back = None),
            Some(PlanFault::NoWayBack(name.clone()))
        );
        let unproven = |plan: &mut Plan| {
            let back = plan.changes[0].way_back.as_mut().expect("it has one");
            back.proven_at = None;
        };
        assert_eq!(fault(unproven), Some(PlanFault::Unproven(name)));
    }

    #[test]
    fn a_missing_way_back_is_no_fault_where_a_person_accepted_it_or_it_cannot_be_undone() {
        let (world, mut plan) = sound();
        let service = world.catalog.services.values().next().expect("there is one");
        plan.changes[0].way_back = None;
        let accepted = BTreeSet::from([first(&plan)]);
        assert_eq!(lint_plan(&plan, service, &accepted), Ok(()));
        plan.irreversible = true;
        assert_eq!(lint_plan(&plan, service, &BTreeSet::new()), Ok(()));
    }
}

//! Starting what moves targets: promotions, deployments, rollbacks, rehearsals.

use std::collections::BTreeSet;

use plimsoll_core::catalog::RuleName;
use plimsoll_core::event::{Actor, EventKind};
use plimsoll_core::gate::{Facts, Pass};
use plimsoll_core::ids::{DecisionId, LaneId, PersonName, PromotionId, TargetName, Version};
use plimsoll_core::ledger::{ServiceState, TargetState};
use plimsoll_core::promote::{
    PlanError, Planning, follow_ups, lint_plan, plan_deployment, plan_promotion, plan_rehearsal,
    plan_rollback,
};
use plimsoll_core::record::{Decision, FollowUp, Plan, Release, State};

use super::{Desk, DeskError};

/// What a person asks to be moved.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// Where.
    pub lane: &'a LaneId,
    /// Only these targets; all when empty.
    pub only: &'a BTreeSet<TargetName>,
    /// Who asks.
    pub by: &'a PersonName,
}

impl Desk {
    /// Plans a promotion out of a pass; nothing is started.
    ///
    /// # Errors
    /// There is no plan, or it is faulty.
    pub fn plan_promotion(
        &self,
        request: &Request<'_>,
        release: &Release,
        (pass, decision): (&Pass, DecisionId),
        (state, facts): (&ServiceState, &Facts),
    ) -> Result<Plan, DeskError> {
        self.planned(request, state, facts, &accepted(pass.decision()), |planning| {
            plan_promotion(planning, release, pass, decision)
        })
    }

    /// Plans a deployment into an environment without a gate; nothing is started.
    ///
    /// # Errors
    /// There is no plan, or it is faulty; the environment has a gate.
    pub async fn plan_deployment(
        &self,
        request: &Request<'_>,
        release: &Release,
    ) -> Result<Plan, DeskError> {
        let service = self.service(&request.lane.service)?;
        let gated = service.environment(&request.lane.environment).and_then(|e| e.after.as_ref());
        if let Some(after) = gated {
            return Err(DeskError::Refused(format!(
                "{} has a gate (it comes after {after}), so nothing is deployed there by hand: ask `plimsoll gate {} --to {}`, then promote",
                request.lane, release.id, request.lane.environment,
            )));
        }
        let state = self.load(&request.lane.service).await?;
        self.planned(request, &state, &Facts::default(), &BTreeSet::new(), |planning| {
            plan_deployment(planning, release)
        })
    }

    /// Plans the way back; nothing is started.
    ///
    /// # Errors
    /// There is no plan, or it is faulty.
    pub async fn plan_rollback(
        &self,
        request: &Request<'_>,
        to: Option<&Version>,
        reason: &str,
    ) -> Result<Plan, DeskError> {
        let state = self.load(&request.lane.service).await?;
        self.planned(request, &state, &Facts::default(), &BTreeSet::new(), |planning| {
            plan_rollback(planning, to, reason)
        })
    }

    /// Plans a rehearsal of the way back; nothing is started.
    ///
    /// # Errors
    /// There is no plan, or it is faulty; the environment has a gate.
    pub async fn plan_rehearsal(&self, request: &Request<'_>) -> Result<Plan, DeskError> {
        let service = self.service(&request.lane.service)?;
        let gated =
            service.environment(&request.lane.environment).is_some_and(|e| e.after.is_some());
        if gated {
            return Err(DeskError::Refused(format!(
                "{} has a gate; a way back is rehearsed where it disturbs nobody, on the environment before it",
                request.lane
            )));
        }
        let state = self.load(&request.lane.service).await?;
        self.planned(request, &state, &Facts::default(), &BTreeSet::new(), plan_rehearsal)
    }

    fn planned(
        &self,
        request: &Request<'_>,
        state: &ServiceState,
        facts: &Facts,
        accepted: &BTreeSet<TargetName>,
        plan: impl FnOnce(&Planning<'_>) -> Result<Plan, PlanError>,
    ) -> Result<Plan, DeskError> {
        let service = self.service(&request.lane.service)?;
        let planning = Planning {
            catalog: &self.catalog,
            service,
            environment: &request.lane.environment,
            state,
            facts,
            only: request.only,
            by: request.by,
            now: self.now(),
        };
        let plan = plan(&planning)?;
        lint_plan(&plan, service, accepted)?;
        Ok(plan)
    }

    /// Writes down that a plan begins. Only one can be under way on a lane: who comes second is
    /// told the number of the first.
    ///
    /// # Errors
    /// `PlanError::UnderWay`, or the ledger.
    pub async fn start(
        &self,
        plan: &Plan,
        follow_ups: Vec<FollowUp>,
    ) -> Result<PromotionId, DeskError> {
        let actor = Actor::Person(plan.by.clone());
        let driver = self.parts.driver.clone();
        self.parts.ledger.beat(&driver).await?;
        let events = self
            .move_lane(&plan.lane, &actor, |state| {
                if let Some(active) = state.active(&plan.lane.environment) {
                    return Err(PlanError::UnderWay(active.id).into());
                }
                still_true(plan, state)?;
                Ok(vec![EventKind::PromotionStarted {
                    plan: Box::new(plan.clone()),
                    digest: plan.digest(),
                    follow_ups: follow_ups.clone(),
                    driver: Some(driver.clone()),
                }])
            })
            .await?;
        match events.first() {
            Some(event) => Ok(PromotionId(event.seq)),
            None => Err(DeskError::Contended(plan.lane.to_string())),
        }
    }

    /// Starts a promotion with what its pass leaves to be made up for.
    ///
    /// # Errors
    /// See [`Desk::start`].
    pub async fn start_promotion(
        &self,
        plan: &Plan,
        pass: &Pass,
        decision: DecisionId,
    ) -> Result<PromotionId, DeskError> {
        self.start(plan, follow_ups(pass, decision)).await
    }
}

/// What the plan says that targets have must still be so: somebody may have moved them between the
/// plan and its confirmation.
fn still_true(plan: &Plan, state: &ServiceState) -> Result<(), DeskError> {
    for change in &plan.changes {
        let id = plan.lane.target(&change.target);
        let known = state.target(&id);
        let unchanged = match &change.from {
            Some(from) => {
                let deployment = known.and_then(|target| target.deployment.as_ref());
                let seen = known.and_then(TargetState::last_seen);
                deployment.is_some_and(|deployment| deployment.version == *from)
                    || seen == Some(from)
            }
            None => known.is_none_or(|target| target.last_seen().is_none()),
        };
        if !unchanged {
            return Err(DeskError::Refused(format!(
                "{id} was changed since the plan was made; look at a new plan first"
            )));
        }
    }
    Ok(())
}

/// The targets whose missing way back a person has accepted.
fn accepted(decision: &Decision) -> BTreeSet<TargetName> {
    decision
        .requirements
        .iter()
        .filter(|r| r.rule == RuleName::WayBack && r.state == State::Waived)
        .filter_map(|r| r.target.as_ref().map(|target| target.target.clone()))
        .collect()
}

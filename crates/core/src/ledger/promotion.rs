//! A promotion under way, as its events tell it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::digest::Digest;
use crate::event::{PromotionEnd, Regression, RegressionCause};
use crate::ids::{DecisionId, DeploymentId, PersonName, PromotionId, ReleaseId, TargetName};
use crate::record::{
    BackCause, DeployReport, DeployResult, Ending, MoveReason, Plan, PlanKind, State,
};

/// A promotion under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PromotionState {
    /// Its number.
    pub id: PromotionId,
    /// What it does, and nothing else.
    pub plan: Plan,
    /// The digest of the plan.
    pub digest: Digest,
    /// When it began.
    pub started_at: Timestamp,
    /// Who drives it, and since which epoch.
    pub driver: Option<(String, u64)>,
    /// The wave it is at, from 0.
    pub wave: u32,
    /// When that wave was allowed to begin.
    pub wave_started_at: Option<Timestamp>,
    /// Since when that wave waits for the gate, and the last decision that refused it.
    pub held: Option<(Timestamp, DecisionId)>,
    /// What happened on each target of the plan.
    pub moves: BTreeMap<TargetName, TargetMoves>,
    /// When the wave's checks were all green.
    pub wave_verified_at: Option<Timestamp>,
    /// What became worse.
    pub regressions: Vec<Regression>,
    /// Why a person wants it to end.
    pub abort: Option<String>,
    /// The way back, once it is on it.
    pub rollback: Option<Rollback>,
}

/// What happened on one target.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TargetMoves {
    /// The way there.
    pub forward: Option<MoveState>,
    /// The way back.
    pub back: Option<MoveState>,
    /// How many tries of the way back have ended.
    pub back_tries: u32,
    /// It was found well after the way back.
    pub back_verified: bool,
}

/// One deployment of a promotion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MoveState {
    /// Its number.
    pub deployment: DeploymentId,
    /// The driver that began it.
    pub epoch: u64,
    /// When it began.
    pub at: Timestamp,
    /// What became of it, once it ended.
    pub report: Option<DeployReport>,
}

/// The way back of a promotion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rollback {
    /// These targets, in this order.
    pub targets: Vec<TargetName>,
    /// Why.
    pub reason: String,
    /// When it began.
    pub at: Timestamp,
}

/// A promotion that has ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FinishedPromotion {
    /// Its number.
    pub id: PromotionId,
    /// What sort of move it was.
    pub kind: PlanKind,
    /// What.
    pub release: ReleaseId,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// How it ended.
    pub end: PromotionEnd,
    /// Who asked for it.
    pub by: PersonName,
    /// The targets that it was to change.
    #[serde(default)]
    pub targets: Vec<TargetName>,
}

impl PromotionState {
    /// The epoch of the current driver; 0 before the first.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.driver.as_ref().map_or(0, |(_, epoch)| *epoch)
    }

    /// The targets that a deployment was ever begun on, in the plan's order.
    #[must_use]
    pub fn moved(&self) -> Vec<TargetName> {
        self.plan
            .changes
            .iter()
            .filter(|change| self.moves.get(&change.target).is_some_and(TargetMoves::was_touched))
            .map(|change| change.target.clone())
            .collect()
    }

    /// Whose fault it is that the release does not stay; nothing when it only waited too long.
    /// What is red on a target that went back, and is red there still, is not the release's.
    pub(super) fn back_cause(&self) -> Option<BackCause> {
        if self.regressions.iter().any(|one| self.is_releases_fault(one)) {
            return Some(BackCause::Failed);
        }
        if !self.regressions.is_empty() {
            return Some(BackCause::Errored);
        }
        self.abort.as_ref().map(|_| BackCause::Asked)
    }

    fn is_releases_fault(&self, regression: &Regression) -> bool {
        let moves = self.moves.get(&regression.target);
        let red_without_it = moves.is_some_and(|m| m.back.is_some() && !m.back_verified);
        let says_something = match &regression.cause {
            RegressionCause::NotDeployed { .. } => {
                let report = moves.and_then(|m| m.forward.as_ref()?.report.as_ref());
                report.is_none_or(|report| match report.result {
                    DeployResult::Misaimed { .. }
                    | DeployResult::Failed { ending: Ending::NotStarted, .. } => false,
                    DeployResult::Failed {
                        ending: Ending::Exit(_) | Ending::Signal(_) | Ending::TimedOut,
                        ..
                    }
                    | DeployResult::Done
                    | DeployResult::FoundDone => true,
                })
            }
            RegressionCause::WrongVersion { observed } => observed.version().is_some(),
            RegressionCause::Gap { .. } => true,
            RegressionCause::Check { state, .. } => match state {
                State::Failed | State::Flaky | State::Unmet | State::WrongVersion => true,
                State::Errored
                | State::Uncovered
                | State::NotRun
                | State::Running
                | State::Stale
                | State::KnownFailure
                | State::Waived
                | State::NotApplicable
                | State::Satisfied => false,
            },
        };
        says_something && !red_without_it
    }

    /// Which way a target moves when it goes *there* or *back* in this plan: a rollback and a
    /// rehearsal go back first.
    #[must_use]
    pub fn reason_of(&self, back: bool) -> MoveReason {
        let goes_back_first = match self.plan.kind {
            PlanKind::Rollback { .. } | PlanKind::Rehearsal => true,
            PlanKind::Promotion | PlanKind::BreakGlass { .. } | PlanKind::Deployment => false,
        };
        if goes_back_first == back { MoveReason::Forward } else { MoveReason::Back }
    }
}

impl TargetMoves {
    /// Something was begun there, and was not refused for its aim before anything ran.
    fn was_touched(&self) -> bool {
        self.forward.as_ref().is_some_and(|state| match state.report.as_ref().map(|r| &r.result) {
            Some(DeployResult::Misaimed { .. }) => false,
            Some(DeployResult::Done | DeployResult::FoundDone | DeployResult::Failed { .. }) => {
                true
            }
            None => true,
        })
    }

    /// Whether a deployment was begun and never reported: it may still be at work.
    #[must_use]
    pub fn is_left_open(&self) -> bool {
        let moves = [&self.forward, &self.back].into_iter().flatten();
        moves.into_iter().any(|state| state.report.is_none())
    }

    /// The move that the deployment with this number is.
    pub(super) fn of(&mut self, deployment: DeploymentId) -> Option<&mut MoveState> {
        [self.back.as_mut(), self.forward.as_mut()]
            .into_iter()
            .flatten()
            .find(|state| state.deployment == deployment)
    }
}

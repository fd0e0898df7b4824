//! Plans.

use std::collections::BTreeSet;

use crate::Timestamp;
use crate::catalog::{Catalog, CheckKind, OnRegression, Service, WaveTargets};
use crate::digest::Digest;
use crate::gate::{self, Facts, Pass};
use crate::ids::{
    CheckName, DecisionId, EnvironmentName, LaneId, PersonName, ReleaseId, TargetId, TargetName,
    Version,
};
use crate::ledger::{ServiceState, TargetState};
use crate::record::{
    FollowUp, Pinned, Plan, PlanKind, PlannedWave, ProofOutcome, Release, TargetChange, WayBack,
};
use crate::units::Period;

/// What every sort of plan is made from.
#[derive(Debug, Clone, Copy)]
pub struct Planning<'a> {
    /// The configuration.
    pub catalog: &'a Catalog,
    /// The service.
    pub service: &'a Service,
    /// The environment whose targets change.
    pub environment: &'a EnvironmentName,
    /// What is so now.
    pub state: &'a ServiceState,
    /// What was looked at outside just before.
    pub facts: &'a Facts,
    /// Only these targets; all that would change when empty.
    pub only: &'a BTreeSet<TargetName>,
    /// Who asks.
    pub by: &'a PersonName,
    /// What time it is.
    pub now: Timestamp,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// There is no such environment.
    #[error("{0} has no environment of that name")]
    NoEnvironment(ReleaseId),
    /// The environment has no such target.
    #[error("there is no target {0}")]
    NoTarget(TargetId),
    /// The release is not in the ledger.
    #[error("release {0} is unknown: name it with `plimsoll release add`")]
    ReleaseUnknown(ReleaseId),
    /// Every target runs it already.
    #[error("every target runs {0} already; nothing would change")]
    NothingToDo(ReleaseId),
    /// Another promotion of the same service and environment is under way.
    #[error("{0} is under way there")]
    UnderWay(crate::ids::PromotionId),
    /// Nothing to go back to.
    #[error("{target} has no verified good version to go back to from {from}")]
    NoWayBack {
        /// The target.
        target: TargetId,
        /// What it has now.
        from: String,
    },
    /// The version asked for was never verified good there.
    #[error(
        "{version} was never verified good on {target}, or was gone back from since; name another version to go back to"
    )]
    NeverGood {
        /// The target.
        target: TargetId,
        /// The version.
        version: Version,
    },
    /// Nothing was ever deployed there.
    #[error("nothing was ever deployed on {0}")]
    NeverDeployed(TargetId),
    /// Nothing was ever deployed in the whole environment.
    #[error("nothing was ever deployed or adopted on {0}")]
    NothingDeployed(LaneId),
    /// The decision is about another release or environment.
    #[error("the decision is about {0}")]
    OtherDecision(ReleaseId),
}

/// Plans a promotion. Without a [`Pass`], which only an allowing decision or a break-glass gives,
/// there is none.
///
/// # Errors
/// See [`PlanError`]; all of them are for the person who asked.
pub fn plan_promotion(
    planning: &Planning<'_>,
    release: &Release,
    pass: &Pass,
    decision: DecisionId,
) -> Result<Plan, PlanError> {
    let decided = pass.decision();
    if decided.release != release.id || decided.to != *planning.environment {
        return Err(PlanError::OtherDecision(decided.release.clone()));
    }
    let kind = match pass {
        Pass::Allowed(_) => PlanKind::Promotion,
        Pass::BreakGlass(glass) => PlanKind::BreakGlass { reason: glass.reason().to_owned() },
    };
    let mut plan = planning.forward(release, kind)?;
    plan.decision = Some(decision);
    Ok(plan)
}

/// Plans a deployment into an environment without a gate.
///
/// # Errors
/// See [`PlanError`].
pub fn plan_deployment(planning: &Planning<'_>, release: &Release) -> Result<Plan, PlanError> {
    let mut plan = planning.forward(release, PlanKind::Deployment)?;
    let targets = plan.changes.iter().map(|change| change.target.clone()).collect();
    plan.waves = vec![PlannedWave { targets, soak: Period::ZERO }];
    plan.probes.clear();
    plan.on_regression = OnRegression::Freeze;
    Ok(plan)
}

/// Plans the way back of a whole environment or some of its targets, to the last verified good
/// version of each, or to `to`. Of a whole environment the targets stay that run well what others
/// go back to: they have never left it, or are back already.
///
/// # Errors
/// See [`PlanError`].
pub fn plan_rollback(
    planning: &Planning<'_>,
    to: Option<&Version>,
    reason: &str,
) -> Result<Plan, PlanError> {
    let mut ways = Vec::new();
    for (id, state) in planning.deployed()? {
        let way = way_down(&id, state, to);
        ways.push((id, state, way));
    }
    let aims: BTreeSet<Version> =
        ways.iter().filter_map(|(.., way)| way.as_ref().ok().map(|way| way.to.clone())).collect();
    // What the others go back to is right where it is, unless somebody names it.
    let all = to.is_none() && planning.only.is_empty();
    let stays = |state: &TargetState| all && state.runs_well_one_of(&aims);
    let all_stay = ways.iter().all(|(_, state, _)| stays(state));
    let mut changes = Vec::new();
    for (_, state, way) in ways {
        if stays(state) && !all_stay {
            continue;
        }
        let change = way?;
        planning.release(&change.to)?;
        changes.push(change);
    }
    let Some(first) = changes.first() else {
        return Err(PlanError::NoEnvironment(planning.some_release()));
    };
    let release = planning.release(&first.to)?;
    Ok(planning.plan_of(release, PlanKind::Rollback { reason: reason.to_owned() }, changes, true))
}

/// Where a target goes back to: to `to`, to where it was to go back to and did not arrive, or to
/// the last verified good version before the one it has.
fn way_down(
    id: &TargetId,
    state: &TargetState,
    to: Option<&Version>,
) -> Result<TargetChange, PlanError> {
    let Some(deployment) = &state.deployment else {
        return Err(PlanError::NeverDeployed(id.clone()));
    };
    let current = deployment.version.clone();
    let (from, good) = match (to, state.way_back_not_reached()) {
        (None, Some(good)) => {
            let seen = state.last_seen().filter(|seen| **seen != good.version);
            (seen.cloned(), good)
        }
        (None, None) => match state.last_verified_good_but(&current) {
            Some(good) => (Some(current), good),
            None => {
                let (target, from) = (id.clone(), current.to_string());
                return Err(PlanError::NoWayBack { target, from });
            }
        },
        (Some(version), _) => {
            match state.verified_good.iter().rev().find(|good| good.version == *version) {
                Some(good) => (Some(current), good),
                None => {
                    let (target, version) = (id.clone(), version.clone());
                    return Err(PlanError::NeverGood { target, version });
                }
            }
        }
    };
    let (target, to) = (id.target.clone(), good.version.clone());
    Ok(TargetChange { target, from, to, way_back: None, pinned: None })
}

/// Plans a rehearsal of the way back: to the last verified good version and forward again.
///
/// # Errors
/// See [`PlanError`].
pub fn plan_rehearsal(planning: &Planning<'_>) -> Result<Plan, PlanError> {
    let mut changes = Vec::new();
    for (id, state) in planning.deployed()? {
        let Some(current) = state.version() else { return Err(PlanError::NeverDeployed(id)) };
        let Some(good) = state.last_verified_good_but(current) else {
            return Err(PlanError::NoWayBack { target: id, from: current.to_string() });
        };
        planning.release(&good.version)?;
        let forward_again = planning.release(current)?;
        changes.push(TargetChange {
            target: id.target,
            from: Some(current.clone()),
            to: good.version.clone(),
            way_back: Some(WayBack {
                version: current.clone(),
                digest: forward_again.digest(),
                verified_at: planning.now,
                proven_at: None,
            }),
            pinned: None,
        });
    }
    let Some(first) = changes.first() else {
        return Err(PlanError::NoEnvironment(planning.some_release()));
    };
    let release = planning.release(&first.to)?;
    Ok(planning.plan_of(release, PlanKind::Rehearsal, changes, true))
}

/// What a break-glass leaves to be made up for: every requirement that it passed over.
#[must_use]
pub fn follow_ups(pass: &Pass, decision: DecisionId) -> Vec<FollowUp> {
    match pass {
        Pass::Allowed(_) => Vec::new(),
        Pass::BreakGlass(glass) => glass.follow_ups(decision),
    }
}

impl Planning<'_> {
    fn some_release(&self) -> ReleaseId {
        let version = Version::new("unknown").expect("a plain word is a version");
        ReleaseId { service: self.service.name.clone(), version }
    }

    fn release(&self, version: &Version) -> Result<&Release, PlanError> {
        self.state.releases.get(version).ok_or_else(|| {
            PlanError::ReleaseUnknown(ReleaseId {
                service: self.service.name.clone(),
                version: version.clone(),
            })
        })
    }

    /// The targets that were asked for.
    fn targets(&self) -> Result<Vec<TargetName>, PlanError> {
        let Some(environment) = self.service.environment(self.environment) else {
            return Err(PlanError::NoEnvironment(self.some_release()));
        };
        if let Some(active) = self.state.active(self.environment) {
            return Err(PlanError::UnderWay(active.id));
        }
        let lane = self.service.lane(self.environment);
        if let Some(unknown) = self.only.iter().find(|t| !environment.targets.contains_key(*t)) {
            return Err(PlanError::NoTarget(lane.target(unknown)));
        }
        let wanted = |target: &&TargetName| self.only.is_empty() || self.only.contains(*target);
        Ok(environment.targets.keys().filter(wanted).cloned().collect())
    }

    /// The targets that were asked for and that something was deployed on; a target named by the
    /// person must be one of them.
    fn deployed(&self) -> Result<Vec<(TargetId, &TargetState)>, PlanError> {
        let lane = self.service.lane(self.environment);
        let mut found = Vec::new();
        for target in self.targets()? {
            let id = lane.target(&target);
            match self.state.target(&id).filter(|state| state.deployment.is_some()) {
                Some(state) => found.push((id, state)),
                None if self.only.is_empty() => {}
                None => return Err(PlanError::NeverDeployed(id)),
            }
        }
        match found.is_empty() {
            true => Err(PlanError::NothingDeployed(lane)),
            false => Ok(found),
        }
    }

    /// A plan that takes every target to `release` that does not run it well already.
    fn forward(&self, release: &Release, kind: PlanKind) -> Result<Plan, PlanError> {
        let lane = self.service.lane(self.environment);
        let mut changes = Vec::new();
        for target in self.targets()? {
            let id = lane.target(&target);
            let state = self.state.target(&id);
            if self.runs_well(&id, state, &release.id.version) && kind != PlanKind::Deployment {
                continue;
            }
            changes.push(TargetChange {
                from: state.and_then(TargetState::last_seen).cloned(),
                to: release.id.version.clone(),
                way_back: state.and_then(|state| self.way_back(&id, state, &release.id.version)),
                target,
                pinned: None,
            });
        }
        if changes.is_empty() {
            return Err(PlanError::NothingToDo(release.id.clone()));
        }
        Ok(self.plan_of(release, kind, changes, false))
    }

    fn runs_well(&self, id: &TargetId, state: Option<&TargetState>, version: &Version) -> bool {
        let recorded = state.is_some_and(|state| {
            state.version() == Some(version)
                && state.drift.is_none()
                && state.last_verified_good().is_some_and(|good| good.version == *version)
        });
        let seen = self.facts.observations.get(id);
        recorded && seen.is_none_or(|observation| observation.observed.is(version))
    }

    fn way_back(&self, id: &TargetId, state: &TargetState, to: &Version) -> Option<WayBack> {
        let good = gate::way_back(state, to)?;
        let release = self.state.releases.get(&good.version)?;
        let proof = self.facts.proofs.get(id).filter(|proof| proof.version == good.version);
        let proven_at = proof.and_then(|proof| match proof.outcome {
            ProofOutcome::Present { .. } => Some(proof.at),
            ProofOutcome::Missing { .. } | ProofOutcome::Unknown { .. } => None,
        });
        Some(WayBack {
            version: good.version.clone(),
            digest: release.digest(),
            verified_at: good.at,
            proven_at,
        })
    }

    fn plan_of(
        &self,
        release: &Release,
        kind: PlanKind,
        mut changes: Vec<TargetChange>,
        at_once: bool,
    ) -> Plan {
        let policy = &self.service.promotion;
        for change in &mut changes {
            change.pinned = Pinned::of(self.service, self.environment, &change.target);
        }
        let waves = if at_once {
            let targets = changes.iter().map(|change| change.target.clone()).collect();
            vec![PlannedWave { targets, soak: Period::ZERO }]
        } else {
            self.waves(&changes)
        };
        Plan {
            kind,
            lane: self.service.lane(self.environment),
            release: release.id.clone(),
            release_digest: release.digest(),
            waves,
            probes: if at_once { Vec::new() } else { self.probes(&changes) },
            changes,
            on_regression: if at_once { OnRegression::Freeze } else { policy.on_regression },
            irreversible: release.irreversible,
            probe_every: policy.probe_every,
            max_gap: policy.max_gap,
            wait_at_most: policy.wait_at_most,
            decision: None,
            policy: self.policy(),
            by: self.by.clone(),
            at: self.now,
        }
    }

    fn policy(&self) -> Digest {
        self.catalog.policy_digest(&self.service.name)
    }

    /// The waves of the policy, without targets that do not change; what no wave names comes last.
    fn waves(&self, changes: &[TargetChange]) -> Vec<PlannedWave> {
        let policy = &self.service.promotion;
        let named: BTreeSet<&TargetName> = policy
            .waves
            .iter()
            .flat_map(|wave| match wave {
                WaveTargets::Named(targets) => targets.as_slice(),
                WaveTargets::Rest => &[],
            })
            .collect();
        let changing: BTreeSet<&TargetName> = changes.iter().map(|c| &c.target).collect();
        let mut rest: Vec<TargetName> =
            changing.iter().filter(|t| !named.contains(**t)).map(|t| (*t).clone()).collect();
        let mut waves: Vec<Vec<TargetName>> = policy
            .waves
            .iter()
            .map(|wave| match wave {
                WaveTargets::Named(targets) => {
                    targets.iter().filter(|t| changing.contains(t)).cloned().collect()
                }
                WaveTargets::Rest => std::mem::take(&mut rest),
            })
            .collect();
        waves.push(rest);
        waves.retain(|targets| !targets.is_empty());
        let soak = policy.soak;
        waves.into_iter().map(|targets| PlannedWave { targets, soak }).collect()
    }

    fn probes(&self, changes: &[TargetChange]) -> Vec<CheckName> {
        let environment = self.service.environment(self.environment);
        let wanted = &self.service.promotion.probes;
        let covers = |name: &CheckName, check: &crate::catalog::Check| {
            let chosen = match check.kind {
                CheckKind::Http(_) if wanted.is_empty() => true,
                CheckKind::Http(_)
                | CheckKind::Page(_)
                | CheckKind::Command(_)
                | CheckKind::Twins(_)
                | CheckKind::Process(_) => wanted.contains(name),
                // Nothing of it can be asked.
                CheckKind::Reported(_) => false,
            };
            chosen
                && changes.iter().any(|change| {
                    environment
                        .and_then(|e| e.targets.get(&change.target))
                        .is_some_and(|t| check.only.covers(self.environment, &change.target, t))
                })
        };
        self.service
            .checks
            .iter()
            .filter(|(name, check)| covers(name, check))
            .map(|(name, _)| name.clone())
            .collect()
    }
}

#[cfg(test)]
mod tests;

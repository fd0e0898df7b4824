//! Plans: immutable and complete, so that who carries one out has nothing left to choose.

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::catalog::{OnRegression, Service};
use crate::digest::Digest;
use crate::ids::{
    CheckName, DecisionId, EnvironmentName, LaneId, PersonName, ReleaseId, TargetName, Version,
};
use crate::units::Period;

/// Everything that a promotion will do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What sort of move it is.
    pub kind: PlanKind,
    /// Where.
    pub lane: LaneId,
    /// What.
    pub release: ReleaseId,
    /// The digest of the release's artifacts.
    pub release_digest: Digest,
    /// Every target that changes, and nothing else changes.
    pub changes: Vec<TargetChange>,
    /// In which order; each names targets of `changes`, every one exactly once.
    pub waves: Vec<PlannedWave>,
    /// What happens when a wave regresses.
    pub on_regression: OnRegression,
    /// Whether the release says that it cannot be undone.
    pub irreversible: bool,
    /// How often targets are probed while waves run and soak.
    pub probe_every: Period,
    /// The checks that serve as probes.
    pub probes: Vec<CheckName>,
    /// The longest gap in a target's answers that is no regression.
    pub max_gap: Period,
    /// How long to wait between waves for the gate to allow again.
    pub wait_at_most: Period,
    /// The decision that allowed it; absent where there is no gate.
    pub decision: Option<DecisionId>,
    /// The policy it was planned under.
    pub policy: Digest,
    /// Who asked for it.
    pub by: PersonName,
    /// When it was planned.
    pub at: Timestamp,
}

/// What sort of move a plan is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlanKind {
    /// Into an environment with a gate.
    Promotion,
    /// Into an environment with a gate, although the gate refused.
    BreakGlass {
        /// Why.
        reason: String,
    },
    /// Into an environment without a gate.
    Deployment,
    /// Back to what was verified good, asked for by a person.
    Rollback {
        /// Why.
        reason: String,
    },
    /// Back and forth again, on an environment without a gate, to try the way back.
    Rehearsal,
}

/// What changes on one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetChange {
    /// The target.
    pub target: TargetName,
    /// The version that it has now, as far as the ledger knows.
    pub from: Option<Version>,
    /// The version that it will have.
    pub to: Version,
    /// Where it goes back to.
    pub way_back: Option<WayBack>,
    /// How it is moved, there and back, and by what it is judged; plans of older ledgers do not
    /// say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned: Option<Pinned>,
}

/// What the configuration says of a target, as digests: nobody who carries a plan out may move it
/// in another way than the plan was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pinned {
    /// The target and its platform: how it is deployed, taken back and observed, and where.
    pub place: Digest,
    /// The checks that are expected there, with their definitions.
    pub checks: Digest,
}

/// Where a target goes back to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WayBack {
    /// The last verified good version there.
    pub version: Version,
    /// The digest of that release's artifacts.
    pub digest: Digest,
    /// When it was verified good.
    pub verified_at: Timestamp,
    /// When its artifacts were proven to be there, if they were.
    pub proven_at: Option<Timestamp>,
}

/// One wave of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedWave {
    /// Its targets.
    pub targets: Vec<TargetName>,
    /// How long it is watched before the next begins, or before the end.
    pub soak: Period,
}

impl Pinned {
    /// What the configuration says of a target; nothing when it does not have it.
    #[must_use]
    pub fn of(service: &Service, environment: &EnvironmentName, name: &TargetName) -> Option<Self> {
        let target = service.environment(environment)?.targets.get(name)?;
        let platform = service.platforms.get(&target.platform)?;
        let checks: Vec<_> = service
            .expected_checks(environment, name, target)
            .map(|(check, definition)| (check, definition.digest()))
            .collect();
        let place = Digest::of_json(&(target, platform));
        Some(Self { place, checks: Digest::of_json(&checks) })
    }
}

impl Plan {
    /// The digest of the whole plan: what was confirmed is what is carried out.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of_json(self)
    }

    /// The change planned for a target.
    #[must_use]
    pub fn change(&self, target: &TargetName) -> Option<&TargetChange> {
        self.changes.iter().find(|change| change.target == *target)
    }

    /// Whether the gate is asked before each wave.
    #[must_use]
    pub fn is_gated(&self) -> bool {
        match self.kind {
            PlanKind::Promotion => true,
            PlanKind::BreakGlass { .. }
            | PlanKind::Deployment
            | PlanKind::Rollback { .. }
            | PlanKind::Rehearsal => false,
        }
    }
}

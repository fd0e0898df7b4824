//! A plan, as programs read it.

use plimsoll_core::catalog::OnRegression;
use plimsoll_core::record::{Plan, PlannedWave, TargetChange, WayBack};
use plimsoll_core::say;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Everything that a promotion will do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PlanView {
    /// The digest of the whole plan: what is confirmed is what is carried out.
    pub digest: String,
    /// `promotion`, `break-glass promotion`, `deployment`, `rollback`, `rehearsal`.
    pub kind: String,
    /// Why, where a person had to say so.
    pub reason: Option<String>,
    /// The release.
    pub release: String,
    /// The digest of its artifacts.
    pub release_digest: String,
    /// `service/environment`.
    pub lane: String,
    /// Every target that changes, and nothing else changes.
    pub changes: Vec<ChangeView>,
    /// In which order.
    pub waves: Vec<WaveView>,
    /// `roll-back`, `roll-back-wave` or `freeze`.
    pub on_regression: String,
    /// Whether the release says that it cannot be undone.
    pub irreversible: bool,
    /// The checks that serve as probes.
    pub probes: Vec<String>,
    /// How often targets are probed, in milliseconds.
    pub probe_every_ms: u64,
    /// The longest gap in a target's answers that is no regression, in milliseconds.
    pub max_gap_ms: u64,
    /// The decision that allowed it.
    pub decision: Option<String>,
    /// The policy it was planned under.
    pub policy: String,
    /// Who asked for it.
    pub by: String,
    /// When it was planned (RFC 3339, UTC).
    pub at: String,
}

/// What changes on one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ChangeView {
    /// The target.
    pub target: String,
    /// The version that it has now, as far as known.
    pub from: Option<String>,
    /// The version that it will have.
    pub to: String,
    /// Where it goes back to.
    pub way_back: Option<WayBackView>,
}

/// Where a target goes back to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct WayBackView {
    /// The last verified good version there.
    pub version: String,
    /// The digest of that release's artifacts.
    pub digest: String,
    /// When it was verified good (RFC 3339, UTC).
    pub verified_at: String,
    /// When its artifacts were proven to be there (RFC 3339, UTC).
    pub proven_at: Option<String>,
}

/// One wave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct WaveView {
    /// Its targets.
    pub targets: Vec<String>,
    /// How long it is watched, in milliseconds.
    pub soak_ms: u64,
}

impl From<&Plan> for PlanView {
    fn from(plan: &Plan) -> Self {
        use plimsoll_core::record::PlanKind;
        let reason = match &plan.kind {
            PlanKind::BreakGlass { reason } | PlanKind::Rollback { reason } => Some(reason.clone()),
            PlanKind::Promotion | PlanKind::Deployment | PlanKind::Rehearsal => None,
        };
        Self {
            digest: plan.digest().to_string(),
            kind: say::plan_kind(&plan.kind).to_owned(),
            reason,
            release: plan.release.to_string(),
            release_digest: plan.release_digest.to_string(),
            lane: plan.lane.to_string(),
            changes: plan.changes.iter().map(ChangeView::from).collect(),
            waves: plan.waves.iter().map(WaveView::from).collect(),
            on_regression: on_regression(plan.on_regression).to_owned(),
            irreversible: plan.irreversible,
            probes: plan.probes.iter().map(ToString::to_string).collect(),
            probe_every_ms: plan.probe_every.as_millis(),
            max_gap_ms: plan.max_gap.as_millis(),
            decision: plan.decision.map(|id| id.to_string()),
            policy: plan.policy.to_string(),
            by: plan.by.to_string(),
            at: plan.at.to_string(),
        }
    }
}

const fn on_regression(what: OnRegression) -> &'static str {
    match what {
        OnRegression::RollBack => "roll-back",
        OnRegression::RollBackWave => "roll-back-wave",
        OnRegression::Freeze => "freeze",
    }
}

impl From<&TargetChange> for ChangeView {
    fn from(change: &TargetChange) -> Self {
        Self {
            target: change.target.to_string(),
            from: change.from.as_ref().map(ToString::to_string),
            to: change.to.to_string(),
            way_back: change.way_back.as_ref().map(WayBackView::from),
        }
    }
}

impl From<&WayBack> for WayBackView {
    fn from(way_back: &WayBack) -> Self {
        Self {
            version: way_back.version.to_string(),
            digest: way_back.digest.to_string(),
            verified_at: way_back.verified_at.to_string(),
            proven_at: way_back.proven_at.map(|moment| moment.to_string()),
        }
    }
}

impl From<&PlannedWave> for WaveView {
    fn from(wave: &PlannedWave) -> Self {
        Self {
            targets: wave.targets.iter().map(ToString::to_string).collect(),
            soak_ms: wave.soak.as_millis(),
        }
    }
}

//! A deployment, as programs read it.

use plimsoll_core::ids::TargetId;
use plimsoll_core::ledger::DeploymentState;
use plimsoll_core::record::State;
use plimsoll_core::say;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::StateView;

/// A release put on a target at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct DeploymentView {
    /// Its number, `d-17`.
    pub id: String,
    /// Where: `service/environment/target`.
    pub target: String,
    /// What was put there.
    pub version: String,
    /// What was there before, as far as known.
    pub previous: Option<String>,
    /// `forward` or `back`.
    pub direction: String,
    /// Whether it was there before plimsoll was.
    pub adopted: bool,
    /// `satisfied` when it is done and was observed, `running`, or `failed`.
    pub state: StateView,
    /// The same in one sentence.
    pub finding: String,
    /// The promotion it is part of.
    pub promotion: Option<String>,
    /// When it began; when it was adopted (RFC 3339, UTC).
    pub started_at: String,
    /// When it ended (RFC 3339, UTC).
    pub finished_at: Option<String>,
    /// What was observed right after it.
    pub observed: Option<String>,
    /// How long it took, in milliseconds.
    pub took_ms: Option<u64>,
    /// What it printed, its end cut off where it is very long.
    pub output: Option<String>,
    /// The digest of all that it printed.
    pub output_digest: Option<String>,
}

/// A deployment that somebody else made and that was observed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ReportedDeploymentView {
    /// Its number, `d-17`, the same on each of its targets.
    pub id: String,
    /// The release.
    pub release: String,
    /// Where.
    pub environment: String,
    /// The targets on which it was observed.
    pub targets: Vec<String>,
    /// What cannot be known, in words.
    pub unknown: Vec<String>,
    /// The answer in one sentence.
    pub summary: String,
}

impl DeploymentView {
    /// The view of a deployment on a target, and what it printed.
    #[must_use]
    pub fn of(deployment: &DeploymentState, on: &TargetId, printed: Option<&str>) -> Self {
        let report = deployment.report.as_ref();
        let (state, finding) = match report {
            _ if deployment.adopted => (State::Satisfied, "adopted as it was".to_owned()),
            None => (State::Running, "under way".to_owned()),
            Some(report) if deployment.is_good() => (State::Satisfied, say::deploy_result(report)),
            Some(report) => (State::Failed, say::deploy_result(report)),
        };
        let blob = report.and_then(|report| report.output);
        Self {
            id: deployment.id.to_string(),
            target: on.to_string(),
            version: deployment.version.to_string(),
            previous: deployment.previous.as_ref().map(ToString::to_string),
            direction: say::direction(deployment.reason).to_owned(),
            adopted: deployment.adopted,
            state: state.into(),
            finding,
            promotion: deployment.promotion.map(|id| id.to_string()),
            started_at: deployment.started_at.to_string(),
            finished_at: deployment.finished_at.map(|at| at.to_string()),
            observed: report.map(|report| say::observed(&report.observed).into_owned()),
            took_ms: report.map(|report| report.took_ms),
            output: printed.map(ToOwned::to_owned),
            output_digest: blob.map(|blob| blob.digest.to_string()),
        }
    }
}

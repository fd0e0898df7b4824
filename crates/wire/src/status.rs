//! The board, as programs read it.

use plimsoll_core::catalog::Environment;
use plimsoll_core::say::{self, BoardRow, Reader, Seen};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::StateView;

/// Every service, and what is not well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct StatusView {
    /// As of when (RFC 3339, UTC).
    pub at: String,
    /// What is not well, worst first.
    pub waiting: Vec<BoardRowView>,
    /// All services.
    pub services: Vec<ServiceView>,
}

/// Something that is not well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct BoardRowView {
    /// The service.
    pub service: String,
    /// The version it is about.
    pub version: String,
    /// `needs-a-person`, `refused`, `rolled-back`, `drifted`, `interrupted` (the process that
    /// drove it is gone), `failed`, `flaky`, `errored`, `not-run` (what the last checks were),
    /// `going-back`, `moving`, `waits`, `held`.
    pub standing: String,
    /// In one sentence.
    pub sentence: String,
    /// The command that says more.
    pub command: String,
}

/// One service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ServiceView {
    /// Its name.
    pub service: String,
    /// What of it is not well, worst first.
    pub waiting: Vec<BoardRowView>,
    /// Its environments in order.
    pub environments: Vec<LaneView>,
}

/// A service in an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct LaneView {
    /// The environment.
    pub environment: String,
    /// The promotion under way.
    pub promotion: Option<String>,
    /// Whether the process that drives it is there; `plimsoll resume` goes on where it is not. Null
    /// when nothing is under way.
    pub driven: Option<bool>,
    /// Its targets.
    pub targets: Vec<TargetView>,
}

/// One target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct TargetView {
    /// Its name.
    pub target: String,
    /// The site.
    pub site: String,
    /// The platform.
    pub platform: String,
    /// The version last deployed; null when never deployed.
    pub version: Option<String>,
    /// `satisfied` when it runs and was verified good.
    pub state: StateView,
    /// In one sentence.
    pub detail: String,
    /// The version it goes back to.
    pub last_verified_good: Option<String>,
}

impl StatusView {
    /// The board of these services as of `reader.now`.
    #[must_use]
    pub fn of(services: &[Seen<'_>], reader: &Reader) -> Self {
        let mut waiting: Vec<_> =
            services.iter().flat_map(|seen| say::board(seen, reader)).collect();
        waiting.sort_by_key(|row| row.standing);
        Self {
            at: reader.now.to_string(),
            waiting: waiting.iter().map(BoardRowView::from).collect(),
            services: services.iter().map(|seen| ServiceView::of(seen, reader)).collect(),
        }
    }
}

impl From<&BoardRow> for BoardRowView {
    fn from(row: &BoardRow) -> Self {
        Self {
            service: row.service.clone(),
            version: row.version.clone(),
            standing: row.standing.word().replace(' ', "-"),
            sentence: row.sentence.clone(),
            command: row.command.clone(),
        }
    }
}

impl ServiceView {
    /// The view of one service as of `reader.now`.
    #[must_use]
    pub fn of(seen: &Seen<'_>, reader: &Reader) -> Self {
        Self {
            service: seen.service.name.to_string(),
            waiting: say::board(seen, reader).iter().map(BoardRowView::from).collect(),
            environments: seen.service.environments.iter().map(|e| lane(seen, e)).collect(),
        }
    }
}

fn lane(seen: &Seen<'_>, environment: &Environment) -> LaneView {
    let lane = seen.state.lanes.get(&environment.name);
    let targets = environment.targets.iter().map(|(name, target)| {
        let known = lane.and_then(|lane| lane.targets.get(name));
        let (state, words, detail) = say::target_cell(known);
        let deployment = known.and_then(|known| known.deployment.as_ref());
        let good = known.and_then(|known| known.last_verified_good());
        TargetView {
            target: name.to_string(),
            site: target.site.to_string(),
            platform: target.platform.to_string(),
            version: deployment.map(|deployment| deployment.version.to_string()),
            state: state.into(),
            detail: if detail.is_empty() { words } else { detail },
            last_verified_good: good.map(|good| good.version.to_string()),
        }
    });
    let active = lane.and_then(|lane| lane.active.as_ref());
    LaneView {
        environment: environment.name.to_string(),
        promotion: active.map(|promotion| promotion.id.to_string()),
        driven: active.map(|_| !seen.left.contains(&environment.name)),
        targets: targets.collect(),
    }
}

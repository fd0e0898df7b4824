//! The board, as programs read it.

use plimsoll_core::catalog::Service;
use plimsoll_core::ledger::ServiceState;
use plimsoll_core::say::{self, BoardRow, Reader};
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
    /// `needs-a-person`, `refused`, `drifted`, `going-back`, `moving`, `waits`, `held`.
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
    pub fn of(services: &[(&Service, &ServiceState)], reader: &Reader) -> Self {
        let mut waiting: Vec<_> = services
            .iter()
            .flat_map(|(service, state)| say::board(service, state, reader))
            .collect();
        waiting.sort_by_key(|row| row.standing);
        Self {
            at: reader.now.to_string(),
            waiting: waiting.iter().map(BoardRowView::from).collect(),
            services: services
                .iter()
                .map(|(service, state)| ServiceView::of(service, state))
                .collect(),
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
    /// The view of one service.
    #[must_use]
    pub fn of(service: &Service, state: &ServiceState) -> Self {
        let environments = service.environments.iter().map(|environment| {
            let lane = state.lanes.get(&environment.name);
            let targets = environment.targets.iter().map(|(name, target)| {
                let known = lane.and_then(|lane| lane.targets.get(name));
                let (state, words, detail) = say::target_cell(known);
                TargetView {
                    target: name.to_string(),
                    site: target.site.to_string(),
                    platform: target.platform.to_string(),
                    version: known
                        .and_then(|known| known.deployment.as_ref())
                        .map(|deployment| deployment.version.to_string()),
                    state: state.into(),
                    detail: if detail.is_empty() { words } else { detail },
                    last_verified_good: known
                        .and_then(|known| known.last_verified_good())
                        .map(|good| good.version.to_string()),
                }
            });
            LaneView {
                environment: environment.name.to_string(),
                promotion: lane.and_then(|lane| lane.active.as_ref()).map(|p| p.id.to_string()),
                targets: targets.collect(),
            }
        });
        Self { service: service.name.to_string(), environments: environments.collect() }
    }
}

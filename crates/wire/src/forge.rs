//! What forges were told, as programs read it.

use plimsoll_core::Timestamp;
use plimsoll_core::catalog::Forge;
use plimsoll_core::forge::{hangs_until, paused_until};
use plimsoll_core::ids::{ForgeName, Seq};
use plimsoll_core::ledger::{ForgeState, Hanging, StatusKey, StatusSaid, WaitingRule};
use plimsoll_core::record::ForgeFault;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Every forge of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ForgesView {
    /// By name.
    pub forges: Vec<ForgeView>,
}

/// A forge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ForgeView {
    /// Its name.
    pub name: String,
    /// `github`, `gitlab`, `gitea`.
    pub kind: String,
    /// Where its API is.
    pub url: String,
    /// The process that tells it, or last did.
    pub told_by: Option<String>,
    /// What stands in the way of everything.
    pub paused: Option<ForgeFaultView>,
    /// What it was told and what hangs, newest first.
    pub statuses: Vec<ForgeStatusView>,
    /// Deployments that wait for an answer, oldest first.
    pub waiting: Vec<WaitingDeploymentView>,
}

/// How a commit stands under one context.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ForgeStatusView {
    /// The repository.
    pub repository: String,
    /// The commit.
    pub commit: String,
    /// `plimsoll/production`.
    pub context: String,
    /// What the forge was last told: `pending`, `success`, `failure`, `error`; nothing yet when
    /// absent.
    pub state: Option<String>,
    /// In words.
    pub description: Option<String>,
    /// Since when.
    pub told_at: Option<String>,
    /// What it was to be told since, and was not.
    pub hangs: Option<ForgeHangingView>,
}

/// Something that was to be said and was not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ForgeHangingView {
    /// `pending`, `success`, `failure`, `error`; of a deployment `approved`, `rejected`, `waiting`.
    pub what: String,
    /// Why not.
    pub fault: ForgeFaultView,
}

/// Why a forge was not told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ForgeFaultView {
    /// `away`, `limited`, `not allowed`, `refused`.
    pub kind: String,
    /// In words.
    pub words: String,
    /// How often, one after the other.
    pub attempts: u32,
    /// When it is tried again.
    pub again_at: String,
}

/// A deployment that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct WaitingDeploymentView {
    /// The event of the webhook that asked.
    pub event: u64,
    /// The repository.
    pub repository: String,
    /// The commit.
    pub commit: String,
    /// The environment that it wants to enter.
    pub environment: String,
    /// The workflow run that waits.
    pub run: u64,
    /// Since when.
    pub since: String,
    /// How often it was told to wait.
    pub reports: u32,
    /// What it was to be told, and was not.
    pub hangs: Option<ForgeHangingView>,
}

impl ForgeView {
    /// A forge as it stands at `now`.
    #[must_use]
    pub fn of(name: &ForgeName, forge: &Forge, state: &ForgeState, now: Timestamp) -> Self {
        let paused = state.pause.as_ref().zip(paused_until(state, now));
        let mut statuses: Vec<_> = state.statuses.iter().collect();
        statuses.sort_by_key(|(_, said)| std::cmp::Reverse(said.seq));
        Self {
            name: name.to_string(),
            kind: forge.kind.to_string(),
            url: forge.url.clone(),
            told_by: state.driver.clone(),
            paused: paused
                .map(|(pause, until)| ForgeFaultView::of(&pause.fault, pause.attempts, until)),
            statuses: statuses
                .into_iter()
                .map(|(key, said)| ForgeStatusView::of(state, key, said))
                .collect(),
            waiting: state
                .waiting
                .iter()
                .filter_map(|(event, waiting)| WaitingDeploymentView::of(state, *event, waiting))
                .collect(),
        }
    }
}

impl ForgeStatusView {
    fn of(state: &ForgeState, key: &StatusKey, said: &StatusSaid) -> Self {
        let (repository, commit, context) = key;
        let told = said.told.as_ref();
        Self {
            repository: repository.to_string(),
            commit: commit.clone(),
            context: context.clone(),
            state: told.map(|(status, _)| status.state.to_string()),
            description: told.map(|(status, _)| status.description.clone()),
            told_at: told.map(|(_, at)| at.to_string()),
            hangs: said
                .hangs
                .as_ref()
                .map(|hanging| ForgeHangingView::of(state, hanging, hanging.what.state.word())),
        }
    }
}

impl ForgeHangingView {
    fn of<T>(state: &ForgeState, hanging: &Hanging<T>, what: &str) -> Self {
        let until = hangs_until(state, hanging);
        let fault = ForgeFaultView::of(&hanging.fault, hanging.attempts, until);
        Self { what: what.to_owned(), fault }
    }
}

impl ForgeFaultView {
    fn of(fault: &ForgeFault, attempts: u32, again: Timestamp) -> Self {
        Self {
            kind: fault.kind.word().to_owned(),
            words: fault.words.clone(),
            attempts,
            again_at: again.to_string(),
        }
    }
}

impl WaitingDeploymentView {
    fn of(state: &ForgeState, event: Seq, waiting: &WaitingRule) -> Option<Self> {
        let asks = waiting.delivery.asks.as_ref()?;
        let hangs = waiting.hangs.as_ref();
        Some(Self {
            event: event.0,
            repository: waiting.delivery.repository.to_string(),
            commit: waiting.delivery.commit.clone(),
            environment: asks.environment.to_string(),
            run: asks.run,
            since: waiting.at.to_string(),
            reports: waiting.reports,
            hangs: hangs
                .map(|hanging| ForgeHangingView::of(state, hanging, hanging.what.verdict.word())),
        })
    }
}

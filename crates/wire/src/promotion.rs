//! A promotion, as programs read it.

use plimsoll_core::event::{PromotionEnd, Regression};
use plimsoll_core::ids::{PromotionId, ReleaseId};
use plimsoll_core::ledger::{FinishedPromotion, PromotionState};
use plimsoll_core::say;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{EventView, PlanView};

/// A promotion, under way or ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PromotionView {
    /// Its number, `p-17`.
    pub id: String,
    /// The release.
    pub release: String,
    /// `promotion`, `break-glass promotion`, `deployment`, `rollback`, `rehearsal`.
    pub kind: String,
    /// `under-way`, `going-back`, `waits`, `verified-good`, `deployed`, `withdrawn`,
    /// `rolled-back` or `needs-person`.
    pub state: String,
    /// How it stands or ended, in one sentence.
    pub summary: String,
    /// What it does; absent for one that ended long ago.
    pub plan: Option<PlanView>,
    /// The wave it is at, from 1.
    pub wave: Option<u32>,
    /// What became worse.
    pub regressions: Vec<RegressionView>,
    /// When it began (RFC 3339, UTC).
    pub started_at: String,
    /// When it ended (RFC 3339, UTC).
    pub finished_at: Option<String>,
    /// Who asked for it.
    pub by: String,
}

/// The promotions of a service that the state still knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PromotionsView {
    /// The service.
    pub service: String,
    /// Newest first: what is under way, and what has ended.
    pub promotions: Vec<PromotionView>,
}

/// A promotion with everything that happened in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PromotionStoryView {
    /// Its number, `p-17`.
    pub id: String,
    /// How it stands or ended, in one sentence.
    pub standing: String,
    /// Whether the process that drives it is there; null when it has ended.
    pub driven: Option<bool>,
    /// What it does.
    pub plan: PlanView,
    /// Everything that happened in it, oldest first.
    pub events: Vec<EventView>,
}

/// What was left under way, and what came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ResumedView {
    /// How many promotions were gone on with.
    pub resumed: usize,
    /// How each of them ended.
    pub promotions: Vec<PromotionView>,
    /// Where another process is at work, which was left alone: `service/environment`.
    pub driven: Vec<String>,
}

/// Nothing had to be done: every target runs it already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct NothingToDoView {
    /// `nothing-to-do`, where other answers say how a promotion ended.
    pub state: String,
    /// The release.
    pub release: String,
    /// In one sentence.
    pub summary: String,
}

impl NothingToDoView {
    /// Every target runs this release already.
    #[must_use]
    pub fn new(release: &ReleaseId, summary: &str) -> Self {
        Self {
            state: "nothing-to-do".to_owned(),
            release: release.to_string(),
            summary: say::safe(summary).into_owned(),
        }
    }
}

/// Something that became worse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct RegressionView {
    /// The target.
    pub target: String,
    /// What, in one sentence.
    pub what: String,
}

impl PromotionView {
    /// The view of one that has ended, as [`PromotionEnd`] says.
    #[must_use]
    pub fn ended(
        promotion: &PromotionState,
        at: plimsoll_core::Timestamp,
        end: &PromotionEnd,
    ) -> Self {
        Self {
            state: state(end).to_owned(),
            summary: say::end(end),
            finished_at: Some(at.to_string()),
            ..Self::from(promotion)
        }
    }
}

const fn state(end: &PromotionEnd) -> &'static str {
    match end {
        PromotionEnd::VerifiedGood => "verified-good",
        PromotionEnd::Deployed => "deployed",
        PromotionEnd::Rehearsed => "rehearsed",
        PromotionEnd::Withdrawn { .. } => "withdrawn",
        PromotionEnd::RolledBack { .. } => "rolled-back",
        PromotionEnd::NeedsPerson { .. } => "needs-person",
    }
}

fn number(id: PromotionId) -> String {
    id.to_string()
}

impl From<&PromotionState> for PromotionView {
    fn from(promotion: &PromotionState) -> Self {
        let reader = say::Reader::utc(promotion.started_at);
        let (standing, summary) = say::going(promotion, &reader);
        let state = match standing {
            say::Standing::GoingBack => "going-back",
            say::Standing::Waits | say::Standing::Held => "waits",
            say::Standing::NeedsPerson => "needs-person",
            say::Standing::Moving
            | say::Standing::Refused
            | say::Standing::RolledBack
            | say::Standing::Interrupted
            | say::Standing::Red(_)
            | say::Standing::Drifted => "under-way",
        };
        Self {
            id: number(promotion.id),
            release: promotion.plan.release.to_string(),
            kind: say::plan_kind(&promotion.plan.kind).to_owned(),
            state: state.to_owned(),
            summary,
            plan: Some((&promotion.plan).into()),
            wave: Some(promotion.wave + 1),
            regressions: promotion.regressions.iter().map(RegressionView::from).collect(),
            started_at: promotion.started_at.to_string(),
            finished_at: None,
            by: promotion.plan.by.to_string(),
        }
    }
}

impl From<&FinishedPromotion> for PromotionView {
    fn from(promotion: &FinishedPromotion) -> Self {
        Self {
            id: number(promotion.id),
            release: promotion.release.to_string(),
            kind: say::plan_kind(&promotion.kind).to_owned(),
            state: state(&promotion.end).to_owned(),
            summary: say::end(&promotion.end),
            plan: None,
            wave: None,
            regressions: Vec::new(),
            started_at: promotion.started_at.to_string(),
            finished_at: Some(promotion.finished_at.to_string()),
            by: promotion.by.to_string(),
        }
    }
}

impl From<&Regression> for RegressionView {
    fn from(regression: &Regression) -> Self {
        Self { target: regression.target.to_string(), what: say::regression(&regression.cause) }
    }
}

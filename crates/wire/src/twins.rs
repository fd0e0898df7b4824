//! What comparing twins found, as programs read it.

use plimsoll_core::record::{TwinAnswer, TwinChange, TwinSide, TwinState};
use plimsoll_core::say::{safe, twin_change, twin_next};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What comparing twins found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct TwinsView {
    /// Whether every change has its twin, or is accepted.
    pub mirrored: bool,
    /// What was compared with, as a commit or folder.
    pub base: String,
    /// What was compared, as a commit or folder.
    pub head: String,
    /// The pairs, as written.
    pub pairs: Vec<String>,
    /// What became of each change and difference; those that do not pass come first.
    pub answers: Vec<TwinAnswerView>,
}

/// What became of one change or difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct TwinAnswerView {
    /// `mirrored`, `missing-twin`, `divergent`, `only-here`, `accepted` or `unparsable`.
    pub state: TwinStateView,
    /// The place: for `missing-twin` and `divergent`, where the equal of the change is wanted.
    #[serde(rename = "where")]
    pub place: String,
    /// What changed: `added @copy:style-blocks`.
    pub change: String,
    /// `added`, `removed`, `changed`, `moved`, `differs` or `unreadable`.
    pub kind: String,
    /// The item or value; for `changed`, the new one.
    pub item: String,
    /// For `changed`, the old value.
    pub from: Option<String>,
    /// The pair, as written.
    pub pair: String,
    /// Other pairs that say the same.
    pub also: Vec<String>,
    /// The side that changed, or that has it: `left` or `right`.
    pub side: String,
    /// What else is to be said.
    pub reason: Option<String>,
    /// What to do about it.
    pub next: Option<String>,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TwinStateView {
    /// Both changed alike, or one caught up with the other.
    Mirrored,
    /// One side changed and the other did not.
    MissingTwin,
    /// Both changed, differently.
    Divergent,
    /// It differed before and has not changed.
    OnlyHere,
    /// Somebody has accepted it.
    Accepted,
    /// A side cannot be read.
    Unparsable,
}

impl From<TwinState> for TwinStateView {
    fn from(state: TwinState) -> Self {
        match state {
            TwinState::Mirrored => Self::Mirrored,
            TwinState::MissingTwin => Self::MissingTwin,
            TwinState::Divergent => Self::Divergent,
            TwinState::OnlyHere => Self::OnlyHere,
            TwinState::Accepted => Self::Accepted,
            TwinState::Unparsable => Self::Unparsable,
        }
    }
}

impl From<&TwinAnswer> for TwinAnswerView {
    fn from(answer: &TwinAnswer) -> Self {
        let (kind, from) = match &answer.change {
            TwinChange::Added { .. } => ("added", None),
            TwinChange::Removed { .. } => ("removed", None),
            TwinChange::Changed { from, .. } => ("changed", Some(from.clone())),
            TwinChange::Moved { .. } => ("moved", None),
            TwinChange::Differs { .. } => ("differs", None),
            TwinChange::Unreadable { .. } => ("unreadable", None),
        };
        let side = match answer.side {
            TwinSide::Left => "left",
            TwinSide::Right => "right",
        };
        Self {
            state: answer.state.into(),
            place: answer.place.clone(),
            change: twin_change(&answer.change),
            kind: kind.to_owned(),
            item: answer.change.item().to_owned(),
            from,
            pair: answer.pairs.first().cloned().unwrap_or_default(),
            also: answer.pairs.iter().skip(1).cloned().collect(),
            side: side.to_owned(),
            reason: answer.reason.as_deref().map(|reason| safe(reason).into_owned()),
            next: twin_next(answer),
        }
    }
}

/// Pairs that a history proposes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct TwinProposalsView {
    /// Commits that were read.
    pub commits: usize,
    /// The pairs, the best first.
    pub proposals: Vec<TwinProposalView>,
    /// The same as configuration.
    pub configuration: String,
}

/// Two parts that changed together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct TwinProposalView {
    /// One part.
    pub left: String,
    /// The other.
    pub right: String,
    /// In how many changes both changed.
    pub support: u32,
    /// In how many changes the busier of the two changed.
    pub changes: u32,
    /// The one divided by the other.
    pub confidence: f64,
    /// How alike the parts and their changes are: 0 to 1.
    pub similarity: f64,
    /// Commits that show it, newest first.
    pub commits: Vec<TwinWitnessView>,
}

/// A commit in which both parts changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct TwinWitnessView {
    /// Its object id.
    pub id: String,
    /// The day on which it was committed, in UTC.
    pub day: String,
    /// What it is called.
    pub subject: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_the_words_that_programs_look_for() {
        let answer = TwinAnswer {
            state: TwinState::MissingTwin,
            place: "composer.json#/scripts/site:global".to_owned(),
            change: TwinChange::Added { item: "@copy:style-blocks".to_owned() },
            side: TwinSide::Left,
            reason: None,
            pairs: vec!["a = b".to_owned(), "c = b".to_owned()],
        };
        let view = serde_json::to_value(TwinAnswerView::from(&answer)).expect("JSON");
        assert_eq!(view["state"], "missing-twin");
        assert_eq!(view["where"], "composer.json#/scripts/site:global");
        assert_eq!(view["change"], "added @copy:style-blocks");
        assert_eq!(
            (&view["pair"], &view["also"][0], &view["side"]),
            (&"a = b".into(), &"c = b".into(), &"left".into())
        );
    }
}

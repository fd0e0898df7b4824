//! What checks found, as programs read it.

use std::collections::BTreeMap;

use plimsoll_core::say::{Cell, Matrix, Reader};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{CauseView, StateView};

/// What checks found of a release in an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct VerifyView {
    /// The release.
    pub release: String,
    /// Where.
    pub environment: String,
    /// Whether every expected result is there and lets the release pass.
    pub verified: bool,
    /// The answer in one sentence.
    pub summary: String,
    /// Every expected result.
    pub results: Vec<ResultView>,
    /// How many results stand how.
    pub counts: BTreeMap<String, u64>,
    /// Targets that nothing looks at.
    pub uncovered: Vec<UncoveredView>,
}

/// One expected result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ResultView {
    /// The target.
    pub target: String,
    /// The check.
    pub check: String,
    /// How it stands.
    pub state: StateView,
    /// What was found, in one sentence.
    pub finding: String,
    /// The run, `r-17`.
    pub run: Option<String>,
    /// Why it is red, where control runs found it out.
    pub cause: Option<CauseView>,
}

/// A target that nothing looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct UncoveredView {
    /// The target.
    pub target: String,
    /// Why, in one sentence.
    pub reason: String,
}

/// What was taken in as it ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct AdoptionView {
    /// The release that runs there.
    pub release: String,
    /// Where.
    pub environment: String,
    /// The answer in one sentence.
    pub summary: String,
    /// The targets of which it is recorded now that the release runs there.
    pub targets: Vec<String>,
    /// Those of them that were found well: only to these there is a way back.
    pub verified_good: Vec<String>,
    /// What cannot be known, in words.
    pub unknown: Vec<String>,
    /// What the checks said.
    pub verify: VerifyView,
}

impl From<&Matrix> for VerifyView {
    fn from(matrix: &Matrix) -> Self {
        let uncovered = matrix.uncovered.iter().chain(&matrix.ahead).map(|(target, reason)| {
            UncoveredView { target: target.clone(), reason: reason.clone() }
        });
        let counts = matrix
            .counts()
            .into_iter()
            .map(|(state, count)| (state.word().replace(' ', "-"), count as u64));
        Self {
            release: matrix.release.to_string(),
            environment: matrix.environment.to_string(),
            verified: matrix.is_verified(),
            summary: matrix.summary(),
            results: matrix.cells.iter().map(ResultView::from).collect(),
            counts: counts.collect(),
            uncovered: uncovered.collect(),
        }
    }
}

impl From<&Cell> for ResultView {
    fn from(cell: &Cell) -> Self {
        Self {
            target: cell.target.to_string(),
            check: cell.check.to_string(),
            state: cell.state.into(),
            finding: cell.finding.clone(),
            run: cell.run.map(|id| id.to_string()),
            cause: cell.cause.as_ref().map(|(cause, at)| CauseView::of(cause, &Reader::utc(*at))),
        }
    }
}

//! A decision, as programs read it.

use std::collections::BTreeMap;

use plimsoll_core::ids::DecisionId;
use plimsoll_core::record::{Decision, EvidenceRef, FreezeStatus, NextStep, Requirement};
use plimsoll_core::say::{self, Reader};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{CauseView, StateView, VerdictView};

/// What the gate answered, complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct DecisionView {
    /// Its number in the ledger, `g-17`; absent when it was not written down.
    pub id: Option<String>,
    /// Who asks to enter: `service@version`.
    pub release: String,
    /// Where.
    pub to: String,
    /// As of when (RFC 3339, UTC).
    pub at: String,
    /// The answer.
    pub decision: VerdictView,
    /// The answer in one sentence, shorter than 160 characters.
    pub summary: String,
    /// Every requirement, unmet ones first.
    pub requirements: Vec<RequirementView>,
    /// How many requirements stand how.
    pub counts: BTreeMap<String, u64>,
    /// The freeze windows that are on or come next.
    pub freezes: Vec<FreezeView>,
    /// The digest of the policy it was made under.
    pub policy: String,
    /// The last event of the ledger that it knew of.
    pub ledger: u64,
    /// How long an allowing answer holds if nothing changes (RFC 3339, UTC).
    pub good_until: Option<String>,
}

/// A rule applied to a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct RequirementView {
    /// Which rule.
    pub rule: String,
    /// Where: `service/environment/target`; null when the release as a whole is meant.
    pub target: Option<String>,
    /// Which check, for evidence.
    pub check: Option<String>,
    /// How it stands.
    pub state: StateView,
    /// Why, in one sentence.
    pub reason: String,
    /// Who can do what; empty when it is met.
    pub next: Vec<NextView>,
    /// What was looked at.
    pub evidence: Option<EvidenceView>,
    /// What a waiver or a known failure covers.
    pub covers: Option<CoveredView>,
    /// Why a red check is red, where control runs found it out.
    pub cause: Option<CauseView>,
}

/// Who can do what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct NextView {
    /// A role, a person, `developers`, `anyone`, `nobody`.
    pub who: String,
    /// A sentence or a command.
    pub what: String,
}

/// What was looked at; `plimsoll show ID` shows it whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct EvidenceView {
    /// `run`, `event` or `deployment`.
    pub kind: String,
    /// `r-17`, `17`, `d-17`.
    pub id: String,
}

/// How a covered requirement would stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct CoveredView {
    /// The state it would have.
    pub state: StateView,
    /// Why.
    pub reason: String,
}

/// A freeze window and when it is on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct FreezeView {
    /// Its name.
    pub window: String,
    /// Whether it is on.
    pub on: bool,
    /// When that changes next (RFC 3339, UTC).
    pub changes_at: Option<String>,
}

impl DecisionView {
    /// The same, with the number that the ledger gave it.
    #[must_use]
    pub fn with_id(mut self, id: DecisionId) -> Self {
        self.id = Some(id.to_string());
        self
    }
}

impl From<&Decision> for DecisionView {
    fn from(decision: &Decision) -> Self {
        let reader = Reader::utc(decision.at);
        let mut counts = BTreeMap::new();
        for requirement in &decision.requirements {
            *counts.entry(requirement.state.word().replace(' ', "-")).or_default() += 1;
        }
        Self {
            id: None,
            release: decision.release.to_string(),
            to: decision.to.to_string(),
            at: decision.at.to_string(),
            decision: decision.verdict.into(),
            summary: say::summary(decision, &reader),
            requirements: decision
                .requirements
                .iter()
                .map(|requirement| view(requirement, decision, &reader))
                .collect(),
            counts,
            freezes: decision.freezes.iter().map(FreezeView::from).collect(),
            policy: decision.policy.to_string(),
            ledger: decision.ledger.0,
            good_until: decision.good_until.map(|moment| moment.to_string()),
        }
    }
}

fn view(requirement: &Requirement, decision: &Decision, reader: &Reader) -> RequirementView {
    let covers = requirement.without.as_deref().map(|(state, why)| {
        let bare =
            Requirement { state: *state, why: why.clone(), without: None, ..requirement.clone() };
        CoveredView { state: (*state).into(), reason: say::why(&bare, reader) }
    });
    RequirementView {
        rule: requirement.rule.to_string(),
        target: requirement.target.as_ref().map(ToString::to_string),
        check: requirement.check.as_ref().map(ToString::to_string),
        state: requirement.state.into(),
        reason: say::why(requirement, reader),
        next: say::next(requirement, decision, reader).into_iter().map(NextView::from).collect(),
        evidence: requirement.evidence.as_ref().map(EvidenceView::from),
        covers,
        cause: requirement.cause.as_deref().map(|cause| CauseView::of(cause, reader)),
    }
}

impl From<NextStep> for NextView {
    fn from(step: NextStep) -> Self {
        Self { who: step.who, what: step.what }
    }
}

impl From<&EvidenceRef> for EvidenceView {
    fn from(evidence: &EvidenceRef) -> Self {
        let (kind, id) = match evidence {
            EvidenceRef::Run(id) => ("run", id.to_string()),
            EvidenceRef::Event(seq) => ("event", seq.to_string()),
            EvidenceRef::Deployment(id) => ("deployment", id.to_string()),
        };
        Self { kind: kind.to_owned(), id }
    }
}

impl From<&FreezeStatus> for FreezeView {
    fn from(freeze: &FreezeStatus) -> Self {
        Self {
            window: freeze.window.to_string(),
            on: freeze.on,
            changes_at: freeze.changes_at.map(|moment| moment.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_core::catalog::RuleName;
    use plimsoll_core::digest::Digest;
    use plimsoll_core::ids::Seq;
    use plimsoll_core::record::{State, Verdict, Why};

    use super::*;
    use crate::ExitCode;

    fn decision(states: &[State]) -> Decision {
        let requirement = |state: &State| Requirement {
            rule: RuleName::Evidence,
            target: Some("planet4/staging/nl-k8s".parse().expect("a target")),
            check: Some("home".parse().expect("a name")),
            state: *state,
            why: Why::CheckFailed { finding: "404\u{1b}[2J".into(), failed_tests: vec![], more: 0 },
            evidence: Some(EvidenceRef::Run("r-7".parse().expect("a number"))),
            without: None,
            lapsed: None,
            cause: None,
            reported_by: None,
            reported_as_junit: false,
        };
        Decision {
            release: "planet4@1.23".parse().expect("a release"),
            to: "production".parse().expect("a name"),
            at: "2026-11-18T22:32:00Z".parse().expect("a moment"),
            verdict: Verdict::Refused,
            requirements: states.iter().map(requirement).collect(),
            freezes: vec![],
            policy: Digest::ZERO,
            ledger: Seq(6),
            good_until: None,
        }
    }

    #[test]
    fn the_json_has_every_promised_field_and_every_state_its_spelling() {
        let all = [
            (State::Satisfied, "satisfied"),
            (State::Waived, "waived"),
            (State::KnownFailure, "known-failure"),
            (State::NotApplicable, "not-applicable"),
            (State::NotRun, "not-run"),
            (State::Running, "running"),
            (State::Stale, "stale"),
            (State::Failed, "failed"),
            (State::Errored, "errored"),
            (State::Flaky, "flaky"),
            (State::WrongVersion, "wrong-version"),
            (State::Uncovered, "uncovered"),
            (State::Unmet, "unmet"),
        ];
        let states: Vec<_> = all.iter().map(|(state, _)| *state).collect();
        let json = serde_json::to_value(DecisionView::from(&decision(&states))).expect("JSON");
        for field in ["release", "to", "at", "decision", "summary", "requirements"] {
            assert!(json.get(field).is_some(), "{field}");
        }
        assert_eq!(json["decision"], "refused");
        assert_eq!(json["at"], "2026-11-18T22:32:00Z");
        for (at, (state, spelling)) in all.iter().enumerate() {
            let requirement = &json["requirements"][at];
            for field in ["rule", "target", "check", "state", "reason", "next", "evidence"] {
                assert!(requirement.get(field).is_some(), "{field}");
            }
            assert_eq!(requirement["state"], *spelling);
            assert_eq!(json["counts"][*spelling], 1);
            let next = requirement["next"].as_array().expect("a list");
            assert_eq!(next.is_empty(), state.lets_pass(), "{spelling}");
        }
        assert!(!json.to_string().contains("\\u001b"), "{json}");
    }

    #[test]
    fn a_view_reads_back_as_itself() {
        let view = DecisionView::from(&decision(&[State::Failed]))
            .with_id("g-7".parse().expect("a number"));
        let text = serde_json::to_string(&view).expect("JSON");
        assert_eq!(serde_json::from_str::<DecisionView>(&text).expect("a view"), view);
        assert!(text.starts_with("{\"id\":\"g-7\",\"release\":\"planet4@1.23\""), "{text}");
    }

    #[test]
    fn refused_with_nothing_unmet_is_still_refused() {
        let code = |states: &[State]| ExitCode::of_decision(&decision(states)).code();
        assert_eq!(code(&[]), 10);
        assert_eq!(code(&[State::NotRun, State::Satisfied]), 11);
        assert_eq!(code(&[State::NotRun, State::Running]), 12);
        assert_eq!(code(&[State::NotRun, State::Uncovered]), 10);
    }
}

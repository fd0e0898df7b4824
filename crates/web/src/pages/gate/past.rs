//! The gate as of a past moment: decided again from what was written down by then.

use plimsoll_core::Timestamp;
use plimsoll_core::event::EventKind;
use plimsoll_core::gate::{self, Facts, Question};
use plimsoll_core::ids::{DecisionId, EnvironmentName, ReleaseId, Seq};
use plimsoll_core::ledger::{PeopleState, ServiceState};
use plimsoll_core::record::{Decision, Verdict};
use plimsoll_core::say;
use plimsoll_engine::desk::{Desk, DeskError};
use plimsoll_engine::ports::HistoryFilter;

use crate::pages::frame::reader;
use crate::problem::Problem;
use crate::site::Web;

/// Events read at once.
const PAGE: u32 = 2_000;

/// How long somebody may wait for a past moment to be folded; that takes a core.
///
/// # Units
/// Milliseconds.
const PATIENCE_MS: u64 = 30_000;

/// How many decisions about a service are looked through for those about one question.
const LOOKED_THROUGH: u32 = 500;

/// How many earlier decisions are listed.
const LISTED: usize = 12;

/// A decision that was written down.
#[derive(Debug, Clone)]
pub(super) struct Earlier {
    pub id: DecisionId,
    pub at: Timestamp,
    pub verdict: Verdict,
    pub unmet: u32,
}

/// What would have been answered then.
pub(super) struct Past {
    pub decision: Decision,
    pub people: PeopleState,
    pub words: String,
    pub nearest: Option<Earlier>,
}

/// The decisions about one question, newest first.
pub(super) async fn decisions(
    desk: &Desk,
    id: &ReleaseId,
    to: &EnvironmentName,
) -> Result<Vec<Earlier>, Problem> {
    let mut all = about(desk, id, to).await?;
    all.truncate(LISTED);
    Ok(all)
}

async fn about(desk: &Desk, id: &ReleaseId, to: &EnvironmentName) -> Result<Vec<Earlier>, Problem> {
    let filter = HistoryFilter {
        service: Some(id.service.clone()),
        before: None,
        kinds: vec!["decision-made".to_owned()],
    };
    let events = desk.parts().ledger.recent(&filter, LOOKED_THROUGH).await;
    let found = events.map_err(DeskError::from)?.into_iter().filter_map(|event| {
        let EventKind::DecisionMade { release, to: into, verdict, counts, .. } = event.kind else {
            return None;
        };
        let unmet = counts.iter().filter(|(state, _)| !state.lets_pass()).map(|(_, n)| n).sum();
        let is_it = release == *id && into == *to;
        is_it.then_some(Earlier { id: DecisionId(event.seq), at: event.at, verdict, unmet })
    });
    Ok(found.collect())
}

/// Decides again, as of then.
pub(super) async fn decided(
    site: &Web,
    desk: &Desk,
    (id, to): (&ReleaseId, &EnvironmentName),
    then: Timestamp,
) -> Result<Past, Problem> {
    let _place = site.pages.folds.acquire().await;
    let service = desk.service(&id.service)?;
    let state = state_at(desk, id, then).await?;
    let all = about(desk, id, to).await?;
    // The list has the newest first: the first that is not later is the one that was in force.
    let before = all.iter().find(|one| one.at <= then).cloned();
    let facts = match &before {
        Some(before) => Some(super::whole(desk, before.id).await?.2),
        None => None,
    };
    let known = facts.as_ref().map(|whole| whole.decision.at);
    let facts = facts.map_or_else(Facts::default, |whole| whole.facts);
    let question = Question {
        catalog: desk.catalog(),
        service,
        release: id,
        to,
        state: &state,
        facts: &facts,
        now: then,
    };
    let decision = gate::decide(&question).map_err(DeskError::from)?.into_decision();
    let name = before.as_ref().map(|before| before.id.to_string());
    let words = say::as_of_then(then, known.zip(name.as_deref()), &reader(desk.now()));
    let distance = |one: &&Earlier| one.at.as_millisecond().abs_diff(then.as_millisecond());
    let nearest = all.iter().min_by_key(distance).cloned();
    Ok(Past { decision, people: state.people, words, nearest })
}

/// What was so then.
async fn state_at(desk: &Desk, id: &ReleaseId, then: Timestamp) -> Result<ServiceState, Problem> {
    let parts = desk.parts();
    let began = parts.clock.monotonic_ms();
    let mut state = ServiceState::default();
    let mut after = Seq(0);
    loop {
        let events = parts.ledger.service_events(&id.service, after, PAGE).await;
        let events = events.map_err(DeskError::from)?;
        let Some(last) = events.last() else { return Ok(state) };
        after = last.seq;
        let full = events.len() == PAGE as usize;
        for event in &events {
            if event.at > then {
                return Ok(state);
            }
            state.apply(event).map_err(DeskError::from)?;
        }
        if !full {
            return Ok(state);
        }
        if parts.clock.monotonic_ms().saturating_sub(began) > PATIENCE_MS {
            return Err(Problem::new(
                axum::http::StatusCode::SERVICE_UNAVAILABLE,
                "too-slow",
                "so much was written down by then that it cannot be folded in time",
            )
            .hint("the decisions that were written down are in the history"));
        }
    }
}

//! Asking the gate: gather, decide, write down what is new.

use std::sync::Arc;

use plimsoll_core::catalog::Service;
use plimsoll_core::event::{Actor, EventKind, Stream};
use plimsoll_core::gate::{self, Facts, Question, Ruling};
use plimsoll_core::ids::{CheckRunId, DecisionId, EnvironmentName, LaneId, ReleaseId};
use plimsoll_core::ledger::ServiceState;
use plimsoll_core::record::{BlobRef, CheckResult, Decision, Observed, Requirement, Why};
use serde::{Deserialize, Serialize};

use super::{Desk, DeskError};

/// Unmet requirements that stand in the event itself; all of them are in the blob.
const LISTED: usize = 50;

/// The gate's answer, and where it is written down.
pub struct Asked {
    /// The answer.
    pub ruling: Ruling,
    /// Its number. The same answer asked again keeps its number, another one gets its own.
    pub id: DecisionId,
    /// What was looked at.
    pub facts: Facts,
    /// What was so.
    pub state: Arc<ServiceState>,
}

/// A decision with everything it was made from beside the ledger, as kept in a blob.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WholeDecision {
    /// The decision.
    pub decision: Decision,
    /// What was looked at.
    pub facts: Facts,
}

impl Desk {
    /// Asks whether `release` may enter `to`.
    ///
    /// # Errors
    /// The question makes no sense, or the ledger is away. A refusal is no error.
    pub async fn ask_gate(
        &self,
        release: &ReleaseId,
        to: &EnvironmentName,
    ) -> Result<Asked, DeskError> {
        let service = self.service(&release.service)?;
        let state = self.load(&release.service).await?;
        let facts = self.gather(service, &release.version, to, &state).await?;
        // What was seen just now is written down first, and decided from: an end of a drift must not
        // wait for the next question.
        let lane = service.lane(to);
        let noted = self.note_drift(&facts, &state).await? | self.note_moot(&lane, &state).await?;
        let state = if noted { self.load(&release.service).await? } else { state };
        let question = Question {
            catalog: &self.catalog,
            service,
            release,
            to,
            state: &state,
            facts: &facts,
            now: self.now(),
        };
        let ruling = gate::decide(&question)?;
        self.close_met(ruling.decision()).await?;
        let id = self.write_down(ruling.decision(), &facts, &state).await?;
        Ok(Asked { ruling, id, facts, state })
    }

    /// Follow-ups that later evidence has met are closed for good: a check that turns red again
    /// afterwards is another matter.
    async fn close_met(&self, decision: &Decision) -> Result<(), DeskError> {
        for requirement in &decision.requirements {
            let Why::FollowUpMet { id, .. } = &requirement.why else { continue };
            let reason = "the check has passed since".to_owned();
            let kind = EventKind::FollowUpClosed { id: *id, reason };
            let stream = Stream::People(decision.release.service.clone());
            self.append(stream, None, Actor::Plimsoll, vec![kind]).await?;
        }
        Ok(())
    }

    /// Follow-ups that these results make up for are closed at once: the target may run another
    /// release when the gate is asked next. Only for results that a person asked for: a promotion
    /// that was forced does not make up for itself.
    pub(crate) async fn close_made_up(
        &self,
        service: &Service,
        state: &ServiceState,
        results: &[(CheckRunId, CheckResult)],
    ) -> Result<(), DeskError> {
        for one in &state.follow_ups {
            if let Some(run) = gate::made_up_by(service, one, results) {
                let kind = EventKind::FollowUpClosed {
                    id: one.id,
                    reason: format!("the check has passed since, {run}"),
                };
                let stream = Stream::People(one.release.service.clone());
                self.append(stream, None, Actor::Plimsoll, vec![kind]).await?;
            }
        }
        Ok(())
    }

    /// Writes the decision down, unless the last one about the same question was the same.
    async fn write_down(
        &self,
        decision: &Decision,
        facts: &Facts,
        state: &ServiceState,
    ) -> Result<DecisionId, DeskError> {
        let sameness = gate::sameness(decision);
        let marks = state.decisions.get(&decision.to);
        if let Some(mark) = marks.and_then(|marks| marks.get(&decision.release.version))
            && mark.sameness == sameness
        {
            return Ok(mark.id);
        }
        let whole = self.keep_whole(decision, facts).await?;
        let unmet: Vec<Requirement> = decision.unmet().take(LISTED).cloned().collect();
        let kind = EventKind::DecisionMade {
            release: decision.release.clone(),
            to: decision.to.clone(),
            verdict: decision.verdict,
            counts: gate::counts(decision),
            unmet,
            sameness,
            policy: decision.policy,
            whole,
        };
        let stream = Stream::Gate(decision.release.service.clone());
        let events = self.append(stream, None, Actor::Plimsoll, vec![kind]).await?;
        let Some(event) = events.first() else {
            return Err(DeskError::Contended("the gate's stream".to_owned()));
        };
        Ok(DecisionId(event.seq))
    }

    async fn keep_whole(&self, decision: &Decision, facts: &Facts) -> Result<BlobRef, DeskError> {
        let whole = WholeDecision { decision: decision.clone(), facts: facts.clone() };
        let bytes = serde_json::to_vec(&whole).map_err(|error| {
            DeskError::Refused(format!("the decision cannot be written: {error}"))
        })?;
        Ok(self.parts.blobs.put(&bytes).await?)
    }

    /// Writes down where something else runs than was deployed, and where that has ended. Only
    /// changes are written; a target that does not answer says nothing about versions. Gives whether
    /// anything was.
    pub(crate) async fn note_drift(
        &self,
        facts: &Facts,
        state: &ServiceState,
    ) -> Result<bool, DeskError> {
        let mut noted = false;
        for (id, observation) in &facts.observations {
            let Some(target) = state.target(id) else { continue };
            let Some(expected) = target.version() else { continue };
            let seen = &observation.observed;
            if matches!(seen, Observed::Unknown(_)) {
                continue;
            }
            let known = target.drift.as_ref().map(|drift| &drift.observed);
            let moving = state.active(&id.environment).is_some();
            let kind = if seen.is(expected) {
                target.drift.as_ref().map(|_| EventKind::DriftEnded { target: id.target.clone() })
            } else if known.is_some_and(|known| known.says_as(seen)) || moving {
                None
            } else {
                Some(EventKind::DriftFound {
                    target: id.target.clone(),
                    expected: Some(expected.clone()),
                    observed: seen.clone(),
                })
            };
            if let Some(kind) = kind {
                self.append(Stream::Lane(id.lane()), None, Actor::Plimsoll, vec![kind]).await?;
                noted = true;
            }
        }
        Ok(noted)
    }

    /// Writes down which follow-ups can not be made up for any more because their release went from
    /// the environment in another way than by a promotion's end, or before that was written down.
    async fn note_moot(&self, lane: &LaneId, state: &ServiceState) -> Result<bool, DeskError> {
        // What is under way may still bring it there, and its end says what became of it.
        if state.active(&lane.environment).is_some() {
            return Ok(false);
        }
        let to = &lane.environment;
        let became = |release: &ReleaseId| format!("no target of {to} runs {release} any more");
        let kinds: Vec<_> = state
            .moot_follow_ups(to)
            .map(|one| EventKind::FollowUpBecameMoot { id: one.id, reason: became(&one.release) })
            .collect();
        if kinds.is_empty() {
            return Ok(false);
        }
        self.append(Stream::Lane(lane.clone()), None, Actor::Plimsoll, kinds).await?;
        Ok(true)
    }
}

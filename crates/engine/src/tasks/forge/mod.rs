//! Telling forges how commits stand, and answering the deployments that wait.
//!
//! 1. For each forge one process tells, by a claim in the forge's stream.
//! 2. It looks at the commits that are of interest, one environment after the other: those that the
//!    forge has named, and those that releases are made of ([`look`]).
//! 3. What is due is what they come to, less what was said ([`plimsoll_core::forge`]).
//! 4. It is said, and written down that it was, or why not. A crash between the two says the same
//!    again, which does no harm.
//!
//! It takes no input and may be run at any time: a webhook that was lost is made up for by the next
//! look.

mod look;

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::join_all;
use plimsoll_core::Timestamp;
use plimsoll_core::catalog::Forge;
use plimsoll_core::event::EventKind;
use plimsoll_core::forge::{
    decide_answer, decisions, due_statuses, rule_is_due, said_of, standing,
};
use plimsoll_core::ids::{EnvironmentName, ForgeName, Seq};
use plimsoll_core::ledger::WaitingRule;
use plimsoll_core::push::{PushAnswer, Stands};
use plimsoll_core::record::{CommitStatus, RuleAnswer, RuleVerdict};
use plimsoll_core::say::{self, Reader};
use plimsoll_core::units::Period;
use tokio::sync::Mutex;

use crate::desk::{Desk, DeskError};

use look::{Looked, Place};

/// What a round came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// So many things were said.
    pub told: usize,
    /// So many were to be said, and were not.
    pub not_told: usize,
    /// So many forges are told by another process.
    pub elsewhere: usize,
}

impl Round {
    fn and(self, other: Self) -> Self {
        Self {
            told: self.told + other.told,
            not_told: self.not_told + other.not_told,
            elsewhere: self.elsewhere + other.elsewhere,
        }
    }
}

/// How often it says that it is there: well within the time after which another would take over.
const BEATS: Period = Period::from_secs(5);

/// Tells forges how commits stand.
pub struct ForgeTeller {
    base_url: Option<String>,
    beaten: Mutex<Option<Timestamp>>,
    looked: Mutex<BTreeMap<Place, Looked>>,
}

/// Whether it goes on with this forge.
enum Next {
    Said,
    NotSaid,
    /// What stands in the way would meet the next one too, or another process has taken over.
    Stop(Round),
}

impl ForgeTeller {
    /// Tells with links to the server at this address, where there is one that people reach.
    #[must_use]
    pub fn new(base_url: Option<String>) -> Self {
        Self { base_url, beaten: Mutex::default(), looked: Mutex::default() }
    }

    /// Looks at everything once, and says what is due.
    ///
    /// # Errors
    /// The ledger is away. A forge that is away is no error: it is written down.
    pub async fn round(&self, desk: &Desk) -> Result<Round, DeskError> {
        let forges = &desk.catalog().forges;
        if forges.is_empty() {
            return Ok(Round::default());
        }
        self.beat(desk).await?;
        let rounds = forges.iter().map(|(name, forge)| self.of_forge(desk, name, forge));
        let mut all = Round::default();
        for round in join_all(rounds).await {
            all = all.and(round?);
        }
        Ok(all)
    }

    async fn beat(&self, desk: &Desk) -> Result<(), DeskError> {
        let (mut beaten, now) = (self.beaten.lock().await, desk.now());
        if beaten.is_none_or(|at| now < at || now >= BEATS.after(at)) {
            desk.parts().ledger.beat(&desk.parts().driver).await?;
            *beaten = Some(now);
        }
        Ok(())
    }

    async fn of_forge(
        &self,
        desk: &Desk,
        name: &ForgeName,
        forge: &Forge,
    ) -> Result<Round, DeskError> {
        if !desk.claims_forge(name).await? {
            return Ok(Round { elsewhere: 1, ..Round::default() });
        }
        let mut round = Round::default();
        // A deployment that waits holds somebody up.
        let waiting = desk.forge_state(name).await?.waiting.clone();
        for (request, waiting) in waiting {
            match self.answer(desk, (name, forge), request, &waiting).await? {
                None => {}
                Some(Next::Said) => round.told += 1,
                Some(Next::NotSaid) => round.not_told += 1,
                Some(Next::Stop(last)) => return Ok(round.and(last)),
            }
        }
        let wanted = self.wanted(desk, name, forge).await?;
        let state = desk.forge_state(name).await?;
        for status in due_statuses(&state, &wanted, desk.now()) {
            match tell(desk, name, &status).await? {
                Next::Said => round.told += 1,
                Next::NotSaid => round.not_told += 1,
                Next::Stop(last) => return Ok(round.and(last)),
            }
        }
        Ok(round)
    }

    /// What is to be said of every commit that is of interest.
    async fn wanted(
        &self,
        desk: &Desk,
        name: &ForgeName,
        forge: &Forge,
    ) -> Result<Vec<CommitStatus>, DeskError> {
        let mut looked = self.looked.lock().await;
        let places = look::places(desk, name, forge).await?;
        // What is no longer of interest is not kept.
        looked.retain(|place, _| place.forge != *name || places.contains(place));
        let mut wanted = Vec::with_capacity(places.len());
        for place in places {
            let before = looked.remove(&place);
            let now = match look::look(desk, forge, &place, before).await {
                Ok(now) => now,
                // What cannot be asked about one commit is not in the way of the others.
                Err(error) => {
                    passed_over(error, &place)?;
                    continue;
                }
            };
            wanted.push(self.status(desk, forge, &place, &now.answer));
            looked.insert(place, now);
        }
        Ok(wanted)
    }

    fn status(
        &self,
        desk: &Desk,
        forge: &Forge,
        place: &Place,
        answer: &PushAnswer,
    ) -> CommitStatus {
        let reader = Reader::utc(desk.now());
        let description = say::status_description(answer, forge.kind, &reader);
        CommitStatus {
            repository: place.repository.clone(),
            commit: place.commit.clone(),
            context: context(&place.environment),
            state: standing(answer).state(),
            description: desk.parts().redact.text(&description),
            url: self.link(answer),
            of: said_of(answer),
        }
    }

    /// Where more is to be seen: the gate's page of what keeps the commit out, or of what it is.
    fn link(&self, answer: &PushAnswer) -> Option<String> {
        let base = self.base_url.as_deref()?;
        let release = |stands: &Stands| match stands {
            Stands::NoRelease => None,
            Stands::Decided { decision, .. } | Stands::Forced { decision, .. } => {
                Some(decision.release.clone())
            }
        };
        let held = answer.asked.iter().find(|one| !one.stands.lets_pass());
        let one = held.or_else(|| answer.asked.first())?;
        let to = &answer.question.environment;
        Some(match release(&one.stands) {
            Some(release) => format!("{base}/gate/{release}/{to}"),
            None => format!("{base}/services/{}", one.service),
        })
    }

    /// Answers a deployment that waits, if there is something to answer.
    async fn answer(
        &self,
        desk: &Desk,
        (name, forge): (&ForgeName, &Forge),
        request: Seq,
        waiting: &WaitingRule,
    ) -> Result<Option<Next>, DeskError> {
        let Some(asks) = &waiting.delivery.asks else { return Ok(None) };
        // As the configuration spells it now.
        let Some((repository, _)) = forge.repository(waiting.delivery.repository.as_str()) else {
            return Ok(None);
        };
        let place = Place {
            forge: name.clone(),
            repository: repository.clone(),
            commit: waiting.delivery.commit.clone(),
            environment: asks.environment.clone(),
        };
        let known = self.looked.lock().await.remove(&place);
        let looked = match look::look(desk, forge, &place, known).await {
            Ok(looked) => looked,
            Err(error) => return passed_over(error, &place).map(|()| None),
        };
        let mut answer = looked.answer.clone();
        self.looked.lock().await.insert(place.clone(), looked);
        let state = desk.forge_state(name).await?;
        if !rule_is_due(&state, waiting, &answer, desk.now()) {
            return Ok(None);
        }
        if decide_answer(&answer) != RuleVerdict::Waiting {
            // What is said for good is asked just now.
            answer = Arc::new(look::ask(desk, forge, &place).await?);
        }
        let answer = self.rule_answer(desk, &answer);
        let told = desk.parts().forges.answer_rule(name, repository, asks, &answer).await;
        let kind = match &told {
            Ok(()) => EventKind::RuleAnswered { request, answer },
            Err(fault) => EventKind::RuleNotAnswered { request, answer, fault: fault.clone() },
        };
        note(desk, name, &kind, told.err().map(|fault| fault.kind.stops_all())).await.map(Some)
    }

    fn rule_answer(&self, desk: &Desk, answer: &PushAnswer) -> RuleAnswer {
        let verdict = decide_answer(answer);
        let (url, reader) = (self.link(answer), Reader::utc(desk.now()));
        let comment = say::rule_comment(answer, verdict, url.as_deref(), &reader);
        RuleAnswer {
            verdict,
            comment: desk.parts().redact.text(&comment),
            decisions: decisions(answer),
            of: said_of(answer),
        }
    }
}

/// Says what could not be asked.
///
/// # Errors
/// It is the ledger that is away: then nothing else can be asked either.
fn passed_over(error: DeskError, place: &Place) -> Result<(), DeskError> {
    if matches!(error, DeskError::Ledger(_)) {
        return Err(error);
    }
    let Place { repository, commit, .. } = place;
    tracing::warn!(%repository, commit, %error, "the gate could not be asked about a commit");
    Ok(())
}

/// Under which name a commit stands at a gate.
fn context(environment: &EnvironmentName) -> String {
    format!("plimsoll/{environment}")
}

async fn tell(desk: &Desk, name: &ForgeName, status: &CommitStatus) -> Result<Next, DeskError> {
    let told = desk.parts().forges.post_status(name, status).await;
    let status = status.clone();
    let kind = match &told {
        Ok(()) => EventKind::StatusPosted { status },
        Err(fault) => {
            tracing::warn!(forge = %name, words = %fault.words, "a forge was not told");
            EventKind::StatusNotPosted { status, fault: fault.clone() }
        }
    };
    note(desk, name, &kind, told.err().map(|fault| fault.kind.stops_all())).await
}

/// Writes down what came of it; `fault` says whether one stops all.
async fn note(
    desk: &Desk,
    name: &ForgeName,
    kind: &EventKind,
    fault: Option<bool>,
) -> Result<Next, DeskError> {
    let written = desk.note_of_forge(name, kind).await?;
    Ok(match (written, fault) {
        (None, _) => Next::Stop(Round { elsewhere: 1, ..Round::default() }),
        (Some(_), None) => Next::Said,
        (Some(_), Some(false)) => Next::NotSaid,
        (Some(_), Some(true)) => Next::Stop(Round { not_told: 1, ..Round::default() }),
    })
}

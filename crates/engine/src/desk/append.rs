//! Appending, with patience for a ledger that is away for a moment.

use plimsoll_core::event::{Actor, Event, EventKind, NewEvent, Stream};
use plimsoll_core::ids::{LaneId, PersonName, ServiceName};
use plimsoll_core::ledger::ServiceState;
use plimsoll_core::units::Period;

use crate::ports::{Expect, LedgerError};

use super::{Desk, DeskError};

/// How long an append is tried again while the ledger is away. Long enough for a database to be
/// restarted in the middle of a promotion, short enough that a person is told.
const PATIENCE: Period = Period::from_secs(120);

/// The pause before the first new try; it doubles up to ten seconds.
const FIRST_PAUSE_MS: u64 = 250;

/// How often a decision is made again because somebody else was faster.
const OVERTAKEN: u32 = 20;

impl Desk {
    /// Appends events to one stream, at `expected` if given.
    ///
    /// # Errors
    /// `Conflict` when the stream has moved on: load and decide again.
    pub async fn append(
        &self,
        stream: Stream,
        expected: Option<u64>,
        actor: Actor,
        kinds: Vec<EventKind>,
    ) -> Result<Vec<Event>, DeskError> {
        let at = self.now();
        let events: Vec<NewEvent> = kinds
            .into_iter()
            .map(|kind| NewEvent { stream: stream.clone(), at, actor: actor.clone(), kind })
            .collect();
        let expect: Vec<_> =
            expected.map(|version| Expect { stream: stream.clone(), version }).into_iter().collect();
        Ok(self.parts.ledger.append(events, expect).await?)
    }

    /// Appends what an executor did. While the ledger is away it waits and tries again, because
    /// the effect has happened and must be written down; a commit in doubt is looked up.
    pub(crate) async fn append_patiently(
        &self,
        stream: Stream,
        expected: Option<u64>,
        kinds: Vec<EventKind>,
    ) -> Result<Vec<Event>, DeskError> {
        let began = self.parts.clock.monotonic_ms();
        let mut pause = FIRST_PAUSE_MS;
        loop {
            let tried = self.append(stream.clone(), expected, Actor::Plimsoll, kinds.clone()).await;
            let error = match tried {
                Ok(events) => return Ok(events),
                Err(DeskError::Ledger(error)) => error,
                Err(other) => return Err(other),
            };
            match &error {
                LedgerError::Unavailable { .. } | LedgerError::InDoubt { .. } => {}
                LedgerError::Conflict { .. } | LedgerError::Unusable { .. } => {
                    return Err(error.into());
                }
            }
            if self.parts.clock.monotonic_ms().saturating_sub(began) > PATIENCE.as_millis() {
                return Err(error.into());
            }
            self.parts.clock.sleep(Period::from_millis(pause)).await;
            pause = (pause * 2).min(10_000);
            if let (LedgerError::InDoubt { .. }, Some(version)) = (&error, expected)
                && let Some(events) = self.written(&stream, version, &kinds).await
            {
                return Ok(events);
            }
        }
    }

    /// The events after `version`, when they are the very ones that were to be written.
    async fn written(&self, stream: &Stream, version: u64, kinds: &[EventKind]) -> Option<Vec<Event>> {
        let limit = u32::try_from(kinds.len()).ok()?;
        let events = self.parts.ledger.stream_events(stream, version, limit).await.ok()?;
        let same = events.len() == kinds.len()
            && events.iter().zip(kinds).all(|(event, kind)| event.kind == *kind);
        same.then_some(events)
    }

    /// Appends what a person decided on the people stream of a service, at the state that `decide`
    /// looked at; decides again when somebody else was faster.
    ///
    /// # Errors
    /// What `decide` says, or the ledger.
    pub async fn say(
        &self,
        service: &ServiceName,
        by: &PersonName,
        decide: impl Fn(&ServiceState) -> Result<EventKind, DeskError> + Send + Sync,
    ) -> Result<Event, DeskError> {
        for _ in 0..OVERTAKEN {
            let state = self.load(service).await?;
            let kind = decide(&state)?;
            let stream = Stream::People(service.clone());
            let actor = Actor::Person(by.clone());
            let tried = self.append(stream, Some(state.people.version), actor, vec![kind]).await;
            match tried {
                Ok(mut events) => return Ok(events.remove(0)),
                Err(DeskError::Ledger(LedgerError::Conflict { .. })) => {}
                Err(other) => return Err(other),
            }
        }
        Err(DeskError::Contended(Stream::People(service.clone()).to_string()))
    }

    /// Appends to a lane what `decide` makes of its state; decides again when somebody else was
    /// faster. Nothing is written when it gives nothing.
    ///
    /// # Errors
    /// What `decide` says, or the ledger.
    pub async fn move_lane(
        &self,
        lane: &LaneId,
        actor: &Actor,
        decide: impl Fn(&ServiceState) -> Result<Vec<EventKind>, DeskError> + Send + Sync,
    ) -> Result<Vec<Event>, DeskError> {
        for _ in 0..OVERTAKEN {
            let state = self.load(&lane.service).await?;
            let kinds = decide(&state)?;
            if kinds.is_empty() {
                return Ok(Vec::new());
            }
            let version = state.lanes.get(&lane.environment).map_or(0, |lane| lane.version);
            let stream = Stream::Lane(lane.clone());
            match self.append(stream, Some(version), actor.clone(), kinds).await {
                Ok(events) => return Ok(events),
                Err(DeskError::Ledger(LedgerError::Conflict { .. })) => {}
                Err(other) => return Err(other),
            }
        }
        Err(DeskError::Contended(Stream::Lane(lane.clone()).to_string()))
    }
}

//! Appending, with patience for a ledger that is away for a moment.

use std::sync::Arc;

use plimsoll_core::event::{Actor, Event, EventKind, NewEvent, Stream};
use plimsoll_core::ids::{LaneId, PersonName, ServiceName};
use plimsoll_core::ledger::ServiceState;
use plimsoll_core::units::Period;

use crate::ports::{Expect, LedgerError, Progress};

use super::{Desk, DeskError};

/// How long an append is tried again while the ledger is away. Long enough for a database to be
/// restarted in the middle of a promotion, short enough that a person is told.
const PATIENCE: Period = Period::from_secs(120);

/// How long an answer that was lost is looked for, even when a person waits.
const SETTLING: Period = Period::from_secs(15);

/// Among how many of the last events of a stream an answer that was lost is looked for, where the
/// version was not given. Nobody writes more between a commit and the look at it.
const LOOK_BACK: u32 = 1_000;

/// The pause before the first new try; it doubles up to ten seconds.
const FIRST_PAUSE_MS: u64 = 250;

/// How often a decision is made again because somebody else was faster.
const OVERTAKEN: u32 = 20;

/// Events on their way into one stream; the same ones however often it is tried.
struct Writing {
    stream: Stream,
    expected: Option<u64>,
    events: Vec<NewEvent>,
}

impl Writing {
    fn new(
        stream: Stream,
        expected: Option<u64>,
        actor: Actor,
        kinds: Vec<EventKind>,
        at: plimsoll_core::Timestamp,
    ) -> Self {
        let event = |kind| NewEvent { stream: stream.clone(), at, actor: actor.clone(), kind };
        Self { events: kinds.into_iter().map(event).collect(), stream, expected }
    }
}

/// Waiting for a ledger that is away, longer each time.
struct Waiting<'a> {
    desk: &'a Desk,
    patience: Period,
    began_ms: u64,
    pause_ms: u64,
    ever: bool,
}

impl<'a> Waiting<'a> {
    fn new(desk: &'a Desk, patience: Period) -> Self {
        let began_ms = desk.parts.clock.monotonic_ms();
        Self { desk, patience, began_ms, pause_ms: FIRST_PAUSE_MS, ever: false }
    }

    /// Pauses, or gives the error back when the patience is at its end.
    async fn after(&mut self, error: LedgerError, at_least: Period) -> Result<(), LedgerError> {
        let clock = &self.desk.parts.clock;
        let patience = self.patience.max(at_least);
        let waited = clock.monotonic_ms().saturating_sub(self.began_ms);
        match &error {
            LedgerError::Unavailable { .. } | LedgerError::InDoubt { .. }
                if waited < patience.as_millis() => {}
            LedgerError::Unavailable { .. }
            | LedgerError::InDoubt { .. }
            | LedgerError::Conflict { .. }
            | LedgerError::Unusable { .. } => return Err(error),
        }
        if !self.ever {
            let words = format!("{error}; trying again for up to {}", patience.roughly());
            self.desk.tell(Progress::Said { words });
        }
        self.ever = true;
        clock.sleep(Period::from_millis(self.pause_ms)).await;
        self.pause_ms = (self.pause_ms * 2).min(10_000);
        Ok(())
    }
}

impl Desk {
    /// Appends events to one stream, at `expected` if given. A commit in doubt is looked up; a
    /// ledger that is away is an error at once.
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
        self.write(&Writing::new(stream, expected, actor, kinds, self.now()), Period::ZERO).await
    }

    /// Appends what an executor did. While the ledger is away it waits and tries again, because
    /// the effect has happened and must be written down.
    pub(crate) async fn append_patiently(
        &self,
        stream: Stream,
        expected: Option<u64>,
        kinds: Vec<EventKind>,
    ) -> Result<Vec<Event>, DeskError> {
        let writing = Writing::new(stream, expected, Actor::Plimsoll, kinds, self.now());
        self.write(&writing, PATIENCE).await
    }

    /// Writes once, whatever becomes of the answers: after a commit in doubt nothing is written
    /// again before the ledger has been looked at.
    async fn write(&self, writing: &Writing, patience: Period) -> Result<Vec<Event>, DeskError> {
        let mut waiting = Waiting::new(self, patience);
        let mut in_doubt = false;
        loop {
            if in_doubt {
                match self.written(writing).await {
                    Ok(Some(events)) => return Ok(events),
                    Ok(None) => in_doubt = false,
                    Err(error) => {
                        waiting.after(error, SETTLING).await?;
                        continue;
                    }
                }
            }
            let expect =
                writing.expected.map(|version| Expect { stream: writing.stream.clone(), version });
            let tried = self
                .parts
                .ledger
                .append(writing.events.clone(), expect.into_iter().collect())
                .await;
            match tried {
                Ok(events) => return Ok(events),
                Err(error @ LedgerError::InDoubt { .. }) => {
                    in_doubt = true;
                    waiting.after(error, SETTLING).await?;
                }
                Err(error @ LedgerError::Unavailable { .. }) => {
                    waiting.after(error, Period::ZERO).await?
                }
                // A commit that was in doubt may have come through after it was looked for.
                Err(error @ LedgerError::Conflict { .. }) if waiting.ever => {
                    return match self.written(writing).await {
                        Ok(Some(events)) => Ok(events),
                        Ok(None) => Err(error.into()),
                        Err(away) => {
                            in_doubt = true;
                            waiting.after(away, SETTLING).await?;
                            continue;
                        }
                    };
                }
                Err(error @ (LedgerError::Conflict { .. } | LedgerError::Unusable { .. })) => {
                    return Err(error.into());
                }
            }
        }
    }

    /// The very events that were to be written, if they are in the ledger.
    async fn written(&self, writing: &Writing) -> Result<Option<Vec<Event>>, LedgerError> {
        let ledger = &self.parts.ledger;
        let most = u32::try_from(writing.events.len()).unwrap_or(u32::MAX);
        let events = match writing.expected {
            Some(version) => ledger.stream_events(&writing.stream, version, most).await?,
            None => {
                let version = ledger.version(&writing.stream).await?;
                ledger
                    .stream_events(
                        &writing.stream,
                        version.saturating_sub(u64::from(LOOK_BACK)),
                        LOOK_BACK,
                    )
                    .await?
            }
        };
        let same = |found: &[Event]| {
            found.iter().zip(&writing.events).all(|(event, new)| is_that(new, event))
        };
        let found = events.windows(writing.events.len().max(1)).find(|found| same(found));
        Ok(found.map(<[Event]>::to_vec))
    }

    /// Loads, waiting for a ledger that is away.
    pub(crate) async fn load_patiently(
        &self,
        service: &ServiceName,
    ) -> Result<Arc<ServiceState>, DeskError> {
        let mut waiting = Waiting::new(self, PATIENCE);
        loop {
            match self.load(service).await {
                Err(DeskError::Ledger(error @ LedgerError::Unavailable { .. })) => {
                    waiting.after(error, Period::ZERO).await?;
                }
                other => return other,
            }
        }
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
            let writing = Writing::new(stream, Some(version), actor.clone(), kinds, self.now());
            // A person is told at once that the ledger is away; what plimsoll does waits.
            let patience = match actor {
                Actor::Person(_) => Period::ZERO,
                Actor::Plimsoll => PATIENCE,
            };
            match self.write(&writing, patience).await {
                Ok(events) => return Ok(events),
                Err(DeskError::Ledger(LedgerError::Conflict { .. })) => {}
                Err(other) => return Err(other),
            }
        }
        Err(DeskError::Contended(Stream::Lane(lane.clone()).to_string()))
    }
}

/// Whether an event of the ledger is the very one that was to be written.
fn is_that(new: &NewEvent, event: &Event) -> bool {
    new.at == event.at && new.actor == event.actor && new.kind == event.kind
}

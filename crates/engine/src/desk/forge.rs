//! What is said to forges and heard from them: a stream for each.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use plimsoll_core::event::{Actor, Event, EventKind, Stream};
use plimsoll_core::ids::{ForgeName, Seq};
use plimsoll_core::ledger::ForgeState;
use plimsoll_core::record::Delivery;

use crate::ports::LedgerError;

use super::{Desk, DeskError};

/// How many events are read at once.
const BATCH: u32 = 1_000;

/// How far back a stream is read: what lies before can only be said again, which does no harm.
const LOOK_BACK: u64 = 20_000;

/// How often something is written again because somebody else wrote first. Webhooks come in bursts.
const OVERTAKEN: u32 = 50;

/// Forges as they were last read.
#[derive(Default)]
pub(super) struct Known(Mutex<BTreeMap<ForgeName, Arc<ForgeState>>>);

/// What became of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is written down; what follows from it is done later.
    New(Seq),
    /// It came before.
    Before,
}

impl Desk {
    /// What was said to a forge and heard from it, as it is now.
    ///
    /// # Errors
    /// The ledger is away, or its events contradict each other.
    pub async fn forge_state(&self, name: &ForgeName) -> Result<Arc<ForgeState>, DeskError> {
        let known = self.forges.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        let (ledger, stream) = (&self.parts.ledger, Stream::Forge(name.clone()));
        let mut state = known.unwrap_or_default();
        if state.version == 0 {
            let version = ledger.version(&stream).await?.saturating_sub(LOOK_BACK);
            Arc::make_mut(&mut state).version = version;
        }
        loop {
            let events = ledger.stream_events(&stream, state.version, BATCH).await?;
            if !events.is_empty() {
                let more = Arc::make_mut(&mut state);
                events.iter().try_for_each(|event| more.apply(event))?;
            }
            if events.len() < BATCH as usize {
                break;
            }
        }
        let mut held = self.forges.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = held.entry(name.clone()).or_insert_with(|| state.clone());
        if kept.version < state.version {
            *kept = state.clone();
        }
        Ok(state)
    }

    /// Writes a webhook down, unless it came before. What follows from it is for who tells forges.
    ///
    /// # Errors
    /// The ledger is away.
    pub async fn hear(&self, name: &ForgeName, delivery: &Delivery) -> Result<Taken, DeskError> {
        let kind = EventKind::WebhookReceived { delivery: delivery.clone() };
        let written =
            self.say_of_forge(name, |state| (!state.knows(delivery)).then(|| kind.clone())).await?;
        Ok(written.map_or(Taken::Before, |event| Taken::New(event.seq)))
    }

    /// Whether this process is the one that tells the forge: it is, or becomes it when nobody else
    /// is there who was.
    ///
    /// # Errors
    /// The ledger is away.
    pub(crate) async fn claims_forge(&self, name: &ForgeName) -> Result<bool, DeskError> {
        let me = &self.parts.driver;
        let state = self.forge_state(name).await?;
        match &state.driver {
            Some(driver) if driver == me => return Ok(true),
            Some(driver) if self.is_alive(driver).await? => return Ok(false),
            Some(_) | None => {}
        }
        let (before, kind) = (&state.driver, EventKind::ForgeClaimed { driver: me.clone() });
        // Whoever was faster stays.
        let claim = |now: &ForgeState| (now.driver == *before).then(|| kind.clone());
        Ok(self.say_of_forge(name, claim).await?.is_some())
    }

    /// Writes down what was said to a forge. Gives nothing when another process tells it by now.
    ///
    /// # Errors
    /// The ledger is away.
    pub(crate) async fn note_of_forge(
        &self,
        name: &ForgeName,
        kind: &EventKind,
    ) -> Result<Option<Event>, DeskError> {
        let mine = Some(&self.parts.driver);
        self.say_of_forge(name, |state| (state.driver.as_ref() == mine).then(|| kind.clone())).await
    }

    async fn say_of_forge(
        &self,
        name: &ForgeName,
        decide: impl Fn(&ForgeState) -> Option<EventKind> + Send + Sync,
    ) -> Result<Option<Event>, DeskError> {
        let stream = Stream::Forge(name.clone());
        for _ in 0..OVERTAKEN {
            let state = self.forge_state(name).await?;
            let Some(kind) = decide(&state) else { return Ok(None) };
            let version = Some(state.version);
            match self.append(stream.clone(), version, Actor::Plimsoll, vec![kind]).await {
                Ok(events) => return Ok(events.into_iter().next()),
                Err(DeskError::Ledger(LedgerError::Conflict { .. })) => {}
                Err(other) => return Err(other),
            }
        }
        Err(DeskError::Contended(stream.to_string()))
    }
}

//! Loading: a snapshot, and the events after it.

use std::sync::{Arc, PoisonError};

use plimsoll_core::ids::{Seq, ServiceName};
use plimsoll_core::ledger::ServiceState;

use crate::ports::LedgerError;

use super::shared::{Shared, Turn};
use super::snapshot::{opened, seal};
use super::{Desk, DeskError};

/// Events read at once: large enough that a long tail takes few round trips, small enough that a
/// page of results with long outputs stays in the tens of megabytes.
const PAGE: u32 = 2_000;

/// After so many events a snapshot is put aside: folding 500 takes a few milliseconds, writing a
/// snapshot about the same.
const SNAPSHOT_EVERY: u64 = 500;

/// The state of one service in this process's memory.
pub(super) type Cached = Shared<Arc<ServiceState>>;

/// Where the ledger ended when it was last asked, or why that is not known.
pub(super) type SharedHead = Shared<Result<Seq, LedgerError>>;

impl Desk {
    /// What is so now for a service, folded from the ledger: everything that was appended before
    /// this was called.
    ///
    /// # Errors
    /// The ledger cannot be read or understood.
    pub async fn load(&self, service: &ServiceName) -> Result<Arc<ServiceState>, DeskError> {
        let cached = self.cached(service);
        let mut reading = match cached.turn().await {
            Turn::Answered(state) => return Ok(state),
            Turn::Read(reading) => reading,
        };
        let mut state = match reading.before() {
            Some(state) => state,
            None => Arc::new(self.load_snapshot(service).await?),
        };
        let folded = match self.fold_tail(service, &mut state).await {
            Ok(folded) => folded,
            Err(error) => {
                // What was folded before the ledger went away is still so. A state that could not be
                // folded on is not kept.
                if matches!(error, DeskError::Ledger(_)) {
                    reading.keep(state);
                }
                return Err(error);
            }
        };
        if folded >= SNAPSHOT_EVERY {
            self.put_aside(service, &state).await;
        }
        Ok(reading.tell(state))
    }

    /// Where the ledger ends: the position of its last event, of all that were appended before this
    /// was called.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub async fn head(&self) -> Result<Seq, DeskError> {
        match self.head.turn().await {
            Turn::Answered(head) => Ok(head?),
            Turn::Read(reading) => {
                let head = self.parts.ledger.head().await.map(|(head, _)| head);
                Ok(reading.tell(head)?)
            }
        }
    }

    fn cached(&self, service: &ServiceName) -> Arc<Cached> {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        states.entry(service.clone()).or_default().clone()
    }

    async fn fold_tail(
        &self,
        service: &ServiceName,
        state: &mut Arc<ServiceState>,
    ) -> Result<u64, DeskError> {
        let mut folded = 0;
        loop {
            let events = self.parts.ledger.service_events(service, state.seq, PAGE).await?;
            // Copied only while somebody still looks at the older state.
            for event in &events {
                Arc::make_mut(state).apply(event)?;
            }
            folded += events.len() as u64;
            if events.len() < PAGE as usize {
                return Ok(folded);
            }
        }
    }

    /// A snapshot counts only when it is of this shape and of this very history, and no byte of it
    /// was changed since.
    async fn load_snapshot(&self, service: &ServiceName) -> Result<ServiceState, DeskError> {
        let Some(snapshot) = self.parts.ledger.snapshot(service).await? else {
            return Ok(ServiceState::default());
        };
        let Some(state) = opened(service, &snapshot) else {
            tracing::debug!(%service, seq = %snapshot.seq, "snapshot not used: folded anew");
            return Ok(ServiceState::default());
        };
        let event = self.parts.ledger.event(snapshot.seq).await?;
        if event.is_none_or(|event| event.hash != snapshot.hash) {
            return Ok(ServiceState::default());
        }
        Ok(state)
    }

    /// Puts a state aside. It is only a cache, so failing is not worth more than a line.
    async fn put_aside(&self, service: &ServiceName, state: &ServiceState) {
        let Some(snapshot) = seal(service, state) else { return };
        if let Err(error) = self.parts.ledger.save_snapshot(service, snapshot).await {
            tracing::debug!(%service, %error, "snapshot not saved");
        }
    }
}

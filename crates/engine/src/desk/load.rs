//! Loading: a snapshot, and the events after it.

use plimsoll_core::ids::ServiceName;
use plimsoll_core::ledger::{STATE_SHAPE, ServiceState};

use crate::ports::Snapshot;

use super::{Desk, DeskError};

/// Events read at once: large enough that a long tail takes few round trips, small enough that a
/// page of results with long outputs stays in the tens of megabytes.
const PAGE: u32 = 2_000;

/// After so many events a snapshot is put aside: folding 500 takes a few milliseconds, writing a
/// snapshot about the same.
const SNAPSHOT_EVERY: u64 = 500;

impl Desk {
    /// What is so now for a service, folded from the ledger.
    ///
    /// # Errors
    /// The ledger cannot be read or understood.
    pub async fn load(&self, service: &ServiceName) -> Result<ServiceState, DeskError> {
        let mut states = self.states.lock().await;
        let mut state = match states.remove(service) {
            Some(state) => state,
            None => self.load_snapshot(service).await?,
        };
        let folded = self.fold_tail(service, &mut state).await?;
        if folded >= SNAPSHOT_EVERY {
            self.put_aside(service, &state).await;
        }
        states.insert(service.clone(), state.clone());
        Ok(state)
    }

    async fn fold_tail(&self, service: &ServiceName, state: &mut ServiceState) -> Result<u64, DeskError> {
        let mut folded = 0;
        loop {
            let events = self.parts.ledger.service_events(service, state.seq, PAGE).await?;
            for event in &events {
                state.apply(event)?;
            }
            folded += events.len() as u64;
            if events.len() < PAGE as usize {
                return Ok(folded);
            }
        }
    }

    /// A snapshot counts only when it is of this shape and of this very history.
    async fn load_snapshot(&self, service: &ServiceName) -> Result<ServiceState, DeskError> {
        let Some(snapshot) = self.parts.ledger.snapshot(service).await? else {
            return Ok(ServiceState::default());
        };
        if snapshot.shape != STATE_SHAPE {
            return Ok(ServiceState::default());
        }
        let event = self.parts.ledger.event(snapshot.seq).await?;
        if event.is_none_or(|event| event.hash != snapshot.hash) {
            return Ok(ServiceState::default());
        }
        Ok(serde_json::from_slice(&snapshot.bytes).unwrap_or_default())
    }

    /// Puts a state aside. It is only a cache, so failing is not worth more than a line.
    async fn put_aside(&self, service: &ServiceName, state: &ServiceState) {
        let Some(hash) = state.hash else { return };
        let Ok(bytes) = serde_json::to_vec(state) else { return };
        let snapshot = Snapshot { seq: state.seq, hash, shape: STATE_SHAPE, bytes };
        if let Err(error) = self.parts.ledger.save_snapshot(service, snapshot).await {
            tracing::debug!(%service, %error, "snapshot not saved");
        }
    }
}

//! Events as they are written, for everybody who listens.
//!
//! However many listen, the ledger is asked once: one of them waits for it, reads what is new, and
//! puts it where the others find it. The last events are kept, so that who was away for a moment
//! goes on without the ledger.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use plimsoll_core::event::Event;
use plimsoll_core::ids::Seq;
use plimsoll_engine::ports::{Ledger, LedgerError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// How many events are kept.
const KEPT: usize = 1_024;

/// How many events are given at once.
pub(crate) const BATCH: u32 = 256;

/// How many listen at once. Each takes a connection; the rest of them is for questions.
const LISTENERS: usize = 3_000;

/// Events as they are written.
pub(crate) struct Feed {
    recent: Mutex<Recent>,
    head: watch::Sender<Seq>,
    closed: watch::Sender<bool>,
    reading: tokio::sync::Mutex<()>,
    places: Arc<Semaphore>,
}

#[derive(Default)]
struct Recent {
    /// The events after this one are kept.
    after: Option<Seq>,
    events: VecDeque<Arc<Event>>,
}

impl Default for Feed {
    fn default() -> Self {
        Self {
            recent: Mutex::default(),
            head: watch::Sender::new(Seq(0)),
            closed: watch::Sender::new(false),
            reading: tokio::sync::Mutex::default(),
            places: Arc::new(Semaphore::new(LISTENERS)),
        }
    }
}

impl Feed {
    /// A place to listen from, as long as there is one.
    pub(crate) fn place(&self) -> Option<OwnedSemaphorePermit> {
        self.places.clone().try_acquire_owned().ok()
    }

    /// Everybody who listens is sent away.
    pub(crate) fn close(&self) {
        self.closed.send_replace(true);
    }

    /// How many listen.
    pub(crate) fn listeners(&self) -> usize {
        LISTENERS - self.places.available_permits()
    }

    /// Whether everybody was sent away.
    pub(crate) fn is_closed(&self) -> bool {
        *self.closed.borrow()
    }

    /// The events after `after`, oldest first, as soon as there are any; none when that takes
    /// longer than `at_most`, or when everybody is sent away.
    ///
    /// # Errors
    /// The ledger is away.
    pub(crate) async fn after(
        &self,
        ledger: &dyn Ledger,
        after: Seq,
        at_most: Duration,
    ) -> Result<Vec<Arc<Event>>, LedgerError> {
        let (mut head, mut closed) = (self.head.subscribe(), self.closed.subscribe());
        let waiting = async {
            loop {
                match self.kept(after) {
                    Some(events) if !events.is_empty() => return Ok(events),
                    Some(_) => {}
                    None => {
                        let events = ledger.events(after, BATCH).await?;
                        if !events.is_empty() {
                            return Ok(events.into_iter().map(Arc::new).collect());
                        }
                        self.begin_at(after);
                    }
                }
                tokio::select! {
                    _ = head.changed() => {}
                    reads = self.reading.lock() => {
                        // Whoever read before may have read just this.
                        if self.kept(after).is_none_or(|events| events.is_empty()) {
                            self.read_on(ledger, at_most).await?;
                        }
                        drop(reads);
                    }
                }
            }
        };
        tokio::select! {
            events = waiting => events,
            () = tokio::time::sleep(at_most) => Ok(Vec::new()),
            _ = closed.wait_for(|closed| *closed) => Ok(Vec::new()),
        }
    }

    /// The kept events after `after`; nothing when they are too old to be kept.
    fn kept(&self, after: Seq) -> Option<Vec<Arc<Event>>> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let first = recent.after?;
        let skip = usize::try_from(after.0.checked_sub(first.0)?).ok()?;
        if skip > recent.events.len() {
            return None;
        }
        Some(recent.events.iter().skip(skip).take(BATCH as usize).cloned().collect())
    }

    /// Begins to keep what comes after an event that was the last one a moment ago.
    fn begin_at(&self, after: Seq) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.after.is_none() {
            recent.after = Some(after);
        }
    }

    /// Waits for the ledger, and keeps what is new.
    async fn read_on(&self, ledger: &dyn Ledger, at_most: Duration) -> Result<(), LedgerError> {
        let last = {
            let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(first) = recent.after else { return Ok(()) };
            Seq(first.0 + recent.events.len() as u64)
        };
        ledger.wait_for_change(last, at_most).await?;
        let events = ledger.events(last, BATCH).await?;
        if events.is_empty() {
            return Ok(());
        }
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let head = events.last().map(|event| event.seq);
        recent.events.extend(events.into_iter().map(Arc::new));
        while recent.events.len() > KEPT {
            recent.after = recent.events.pop_front().map(|event| event.seq);
        }
        drop(recent);
        if let Some(head) = head {
            self.head.send_replace(head);
        }
        Ok(())
    }
}

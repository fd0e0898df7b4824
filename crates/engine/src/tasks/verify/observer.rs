//! Observing a target before and after its checks without asking it twice for each.
//!
//! Whoever needs to know what runs *after* a moment shares an observation that began after that
//! moment with everyone else who waits.

use std::sync::atomic::{AtomicU64, Ordering};

use plimsoll_core::record::Observed;
use tokio::sync::Mutex;

use crate::ports::{Fleet, TargetContext};

/// Observes one target for many checks.
pub(super) struct Observer {
    context: TargetContext,
    begun: AtomicU64,
    last: Mutex<Option<(u64, Observed)>>,
}

impl Observer {
    pub(super) fn new(context: TargetContext) -> Self {
        Self { context, begun: AtomicU64::new(0), last: Mutex::new(None) }
    }

    /// The last observation; the first one is made if there is none.
    pub(super) async fn latest(&self, fleet: &dyn Fleet) -> Observed {
        let mut last = self.last.lock().await;
        match &*last {
            Some((_, observed)) => observed.clone(),
            None => self.observe(fleet, &mut last).await,
        }
    }

    /// An observation that began after this call.
    pub(super) async fn fresh(&self, fleet: &dyn Fleet) -> Observed {
        let needed = self.begun.load(Ordering::SeqCst) + 1;
        let mut last = self.last.lock().await;
        match &*last {
            Some((number, observed)) if *number >= needed => observed.clone(),
            Some(_) | None => self.observe(fleet, &mut last).await,
        }
    }

    async fn observe(&self, fleet: &dyn Fleet, last: &mut Option<(u64, Observed)>) -> Observed {
        let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let observed = fleet.observe(&self.context).await;
        *last = Some((number, observed.clone()));
        observed
    }
}

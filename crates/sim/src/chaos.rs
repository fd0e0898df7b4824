//! What goes wrong, and when.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use crate::rng::Rng;

/// What may go wrong in a story. All zero: nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Chaos {
    /// The process dies at this port call, counted from 1; never when 0.
    pub dies_at: u64,
    /// One in so many port calls kills the process; never when 0.
    pub dies_one_in: u64,
    /// One in so many appends is written, and its answer is lost.
    pub lost_answer_one_in: u64,
    /// One in so many appends and reads finds the ledger away.
    pub away_one_in: u64,
    /// One in so many deployments fails.
    pub deploy_fails_one_in: u64,
    /// One in so many deployments says that it is done and does nothing.
    pub deploy_lies_one_in: u64,
    /// One in so many checks is red for no reason.
    pub check_flakes_one_in: u64,
    /// One in so many observations gets no answer.
    pub observe_fails_one_in: u64,
}

/// Where in a port call the process may die.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    Before,
    After,
}

/// The dice, and whether the process that throws them is still alive.
#[derive(Debug, Clone)]
pub(crate) struct Dice(Arc<Mutex<Inner>>, Arc<Notify>);

#[derive(Debug)]
struct Inner {
    chaos: Chaos,
    rng: Rng,
    calls: u64,
}

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        let inner = Inner { chaos: Chaos::default(), rng: Rng::new(seed), calls: 0 };
        Self(Arc::new(Mutex::new(inner)), Arc::default())
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set(&self, chaos: Chaos) {
        let mut inner = self.inner();
        inner.chaos = chaos;
        inner.calls = 0;
    }

    /// Throws for one of the chances.
    pub(crate) fn hits(&self, chance: impl Fn(&Chaos) -> u64) -> bool {
        let mut inner = self.inner();
        let times = chance(&inner.chaos);
        times > 0 && inner.rng.one_in(times)
    }

    pub(crate) fn below(&self, end: u64) -> u64 {
        self.inner().rng.below(end)
    }

    /// A boundary between effects. When the process dies here, this never returns.
    pub(crate) async fn boundary(&self, moment: Moment) {
        let dies = {
            let mut inner = self.inner();
            inner.calls += 1;
            let at = inner.chaos.dies_at == inner.calls;
            let times = inner.chaos.dies_one_in;
            // The answer of an append may be lost with the process; count both sides.
            let by_chance =
                times > 0 && inner.rng.one_in(times * if moment == Moment::After { 2 } else { 1 });
            at || by_chance
        };
        if dies {
            self.1.notify_one();
            std::future::pending::<()>().await;
        }
    }

    /// Returns when the process dies.
    pub(crate) async fn death(&self) {
        self.1.notified().await;
    }
}

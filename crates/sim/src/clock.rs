//! Time that passes only when everybody waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use plimsoll_core::Timestamp;
use plimsoll_core::units::Period;
use plimsoll_engine::ports::Clock;
use tokio::time::Instant;

/// Where every story begins: a Wednesday noon.
const BEGINNING: i64 = 1_795_003_200;

/// The simulated clock. Needs a paused tokio runtime.
#[derive(Debug, Clone)]
pub(crate) struct SimClock {
    began: Instant,
    /// How far the wall clock was set off, in milliseconds.
    skew_ms: Arc<AtomicI64>,
}

impl SimClock {
    pub(crate) fn new() -> Self {
        Self { began: Instant::now(), skew_ms: Arc::default() }
    }

    /// Sets the wall clock off; nothing else notices.
    pub(crate) fn step(&self, millis: i64) {
        self.skew_ms.fetch_add(millis, Ordering::Relaxed);
    }
}

#[async_trait]
impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        let elapsed = i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX);
        let millis = BEGINNING * 1_000 + elapsed + self.skew_ms.load(Ordering::Relaxed);
        Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX)
    }

    fn monotonic_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    async fn sleep(&self, period: Period) {
        tokio::time::sleep(period.to_std()).await;
    }
}

//! The clock of this machine.

use std::time::Instant;

use async_trait::async_trait;
use plimsoll_core::Timestamp;
use plimsoll_core::units::Period;
use plimsoll_engine::ports::Clock;

/// The clock of this machine.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    began: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { began: Instant::now() }
    }
}

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        // Milliseconds are what the ledger's readers see; finer digits would only be noise.
        let millis = Timestamp::now().as_millisecond();
        Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX)
    }

    fn monotonic_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    async fn sleep(&self, period: Period) {
        tokio::time::sleep(period.to_std()).await;
    }
}

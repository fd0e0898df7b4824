//! Time.

use async_trait::async_trait;
use plimsoll_core::Timestamp;
use plimsoll_core::units::Period;

/// What time it is, and waiting.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The wall clock.
    fn now(&self) -> Timestamp;

    /// Milliseconds that never go backwards, for measuring.
    fn monotonic_ms(&self) -> u64;

    /// Waits. A wall clock that is set in the meantime changes nothing.
    async fn sleep(&self, period: Period);
}

//! Saying "I am alive" while something long goes on.

use std::future::Future;
use std::pin::pin;

use futures_util::future::{Either, select};
use plimsoll_core::units::Period;

use crate::desk::Desk;

/// How often. A driver counts as gone after four missed beats.
const EVERY: Period = Period::from_secs(5);

impl Desk {
    /// Runs `work`, beating beside it.
    pub(crate) async fn with_heartbeat<T>(&self, work: impl Future<Output = T>) -> T {
        let beats = pin!(async {
            loop {
                // A ledger that is away for a moment is the work's concern, not the heart's.
                let _ = self.parts.ledger.beat(&self.parts.driver).await;
                self.parts.clock.sleep(EVERY).await;
            }
        });
        match select(pin!(work), beats).await {
            Either::Left((done, _)) => done,
            Either::Right((never, _)) => never,
        }
    }
}

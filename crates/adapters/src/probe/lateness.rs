//! How late our own process was.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

/// How often we look whether we are still looked at.
const EVERY: Duration = Duration::from_millis(50);

/// Runs a future and adds up by how much timers beside it fired too late: time in which this
/// process could not have noticed an answer.
pub(super) struct Watched<F> {
    inner: Pin<Box<F>>,
    tick: Pin<Box<Sleep>>,
    late: Duration,
}

impl<F: Future> Watched<F> {
    pub(super) fn new(inner: F) -> Self {
        Self { inner: Box::pin(inner), tick: Box::pin(sleep(EVERY)), late: Duration::ZERO }
    }
}

impl<F: Future> Future for Watched<F> {
    type Output = (F::Output, Duration);

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        while this.tick.as_mut().poll(context).is_ready() {
            let now = Instant::now();
            this.late += now.saturating_duration_since(this.tick.deadline());
            this.tick.as_mut().reset(now + EVERY);
        }
        match this.inner.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready((output, this.late)),
            Poll::Pending => Poll::Pending,
        }
    }
}

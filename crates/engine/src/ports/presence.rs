//! Whether another process is still there.

/// What can be said about another driver without asking the ledger: a process on this very machine
/// can be looked up at once, one on another cannot.
pub trait Presence: Send + Sync {
    /// `Some(true)` when it is alive, `Some(false)` when it is gone for certain, `None` when this
    /// machine cannot tell (the ledger's heartbeats then do).
    fn is_alive(&self, driver: &str) -> Option<bool>;
}

/// Knows nothing, so that heartbeats decide.
#[derive(Debug, Clone, Copy, Default)]
pub struct HeartbeatsOnly;

impl Presence for HeartbeatsOnly {
    fn is_alive(&self, _: &str) -> Option<bool> {
        None
    }
}

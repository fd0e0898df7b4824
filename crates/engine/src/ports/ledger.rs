//! The ledger, as the engine sees it.

use std::time::Duration;

use async_trait::async_trait;
use plimsoll_core::digest::Digest;
use plimsoll_core::event::{Event, NewEvent, Stream};
use plimsoll_core::ids::{Seq, ServiceName};

/// At which version a stream must stand for an append to take place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expect {
    /// The stream.
    pub stream: Stream,
    /// Its last version; 0 when it must not exist yet.
    pub version: u64,
}

/// Why the ledger did not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LedgerError {
    /// Somebody else appended to the stream first. Load again and decide again.
    #[error("stream {stream} is at version {found}, not {expected}")]
    Conflict {
        /// The stream.
        stream: Stream,
        /// The version that was expected.
        expected: u64,
        /// The version that it has.
        found: u64,
    },
    /// It cannot be reached now, and may be later: the database is away, the disk is full.
    /// Nothing was written.
    #[error("the ledger is unavailable: {reason}")]
    Unavailable {
        /// Why, and what to do.
        reason: String,
    },
    /// It may or may not have been written: the connection broke after the commit was sent. Load
    /// again to find out.
    #[error("the connection to the ledger broke during a commit: {reason}")]
    InDoubt {
        /// What broke.
        reason: String,
    },
    /// It is no ledger, a damaged one, or one of a newer version. It was not touched.
    #[error("{reason}")]
    Unusable {
        /// What is wrong, and what to do.
        reason: String,
    },
}

/// A folded state that was put aside, so that not every command folds everything. A cache: it may
/// be thrown away at any time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The last event that is folded into it.
    pub seq: Seq,
    /// The hash of that event; a snapshot of another history is not used.
    pub hash: Digest,
    /// Which shape of state it is; another shape is not used.
    pub shape: u32,
    /// The state.
    pub bytes: Vec<u8>,
}

/// Which events a history shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    /// Only events of this service.
    pub service: Option<ServiceName>,
    /// Only events before this one.
    pub before: Option<Seq>,
    /// Only events with these kinds (the kebab-case tag of `EventKind`); all when empty.
    pub kinds: Vec<String>,
}

/// The append-only list of what happened.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// Appends all of `events` or none, in order, when every stream in `expect` stands where it
    /// is expected. When it returns, the events are on disk.
    ///
    /// # Errors
    /// See [`LedgerError`]; after every error but `InDoubt` nothing was written.
    async fn append(
        &self,
        events: Vec<NewEvent>,
        expect: Vec<Expect>,
    ) -> Result<Vec<Event>, LedgerError>;

    /// The events of a service after `after`, oldest first, at most `limit`.
    async fn service_events(
        &self,
        service: &ServiceName,
        after: Seq,
        limit: u32,
    ) -> Result<Vec<Event>, LedgerError>;

    /// The events of a stream after its version `after`, oldest first, at most `limit`.
    async fn stream_events(
        &self,
        stream: &Stream,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Event>, LedgerError>;

    /// All events after `after`, oldest first, at most `limit`.
    async fn events(&self, after: Seq, limit: u32) -> Result<Vec<Event>, LedgerError>;

    /// The newest events that the filter shows, newest first, at most `limit`.
    async fn recent(&self, filter: &HistoryFilter, limit: u32) -> Result<Vec<Event>, LedgerError>;

    /// One event.
    async fn event(&self, seq: Seq) -> Result<Option<Event>, LedgerError>;

    /// The last event's position and hash; `(0, zeroes)` in an empty ledger.
    async fn head(&self) -> Result<(Seq, Digest), LedgerError>;

    /// The last version of a stream; 0 when it has no events.
    async fn version(&self, stream: &Stream) -> Result<u64, LedgerError>;

    /// The put-aside state of a service.
    async fn snapshot(&self, service: &ServiceName) -> Result<Option<Snapshot>, LedgerError>;

    /// Puts a state aside; an older one is replaced, a newer one kept.
    async fn save_snapshot(
        &self,
        service: &ServiceName,
        snapshot: Snapshot,
    ) -> Result<(), LedgerError>;

    /// Says that `driver` is alive (by the ledger's own clock, where it has one).
    async fn beat(&self, driver: &str) -> Result<(), LedgerError>;

    /// How long ago `driver` last said that it is alive; `None` when it never did.
    async fn silent_for(&self, driver: &str) -> Result<Option<Duration>, LedgerError>;

    /// Waits until there is an event after `after`, or for `at_most`; returns the last position.
    async fn wait_for_change(&self, after: Seq, at_most: Duration) -> Result<Seq, LedgerError>;
}

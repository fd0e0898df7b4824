//! What looking at a ledger found, as programs read it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What hashing a ledger again found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct LedgerVerifiedView {
    /// Whether everything that was looked at is as it was.
    pub verified: bool,
    /// How many events there are, unchanged and in order.
    pub events: u64,
    /// The hash of the last one. Kept elsewhere, it proves later that nothing before it changed.
    pub head: String,
    /// How much content was looked at; null when none was.
    pub contents: Option<u64>,
    /// Content that is not as it was, the heaviest first.
    pub faults: Vec<ContentFaultView>,
    /// How many snapshots were compared with their events.
    pub snapshots: u64,
    /// Snapshots that are not what their events say.
    pub snapshot_faults: Vec<SnapshotFaultView>,
}

/// A folded state that was put aside and is not what its events say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct SnapshotFaultView {
    /// The service.
    pub service: String,
    /// The event after which it was put aside.
    pub event: u64,
    /// What is wrong with it, as the end of a sentence.
    pub reason: String,
    /// Whether it was removed, as was asked.
    pub removed: bool,
}

/// What a backup has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct LedgerBackupView {
    /// Where it is.
    pub backup: String,
    /// How much content the ledger names; null when none was copied.
    pub contents: Option<u64>,
    /// Content that could not be copied, because it was missing or changed before; the heaviest
    /// first.
    pub faults: Vec<ContentFaultView>,
}

/// Content that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ContentFaultView {
    /// `way back`, `release` or `record`: what cannot be done without it.
    pub weight: String,
    /// The first event that names it.
    pub event: u64,
    /// What that event is about.
    pub stream: String,
    /// What it is for.
    pub what: String,
    /// `missing`, `changed` or `unreadable`.
    pub fault: String,
    /// The hash that it was kept by.
    pub digest: String,
    /// The targets that would go back to it.
    pub targets: Vec<String>,
}

//! An event and what surrounds it.

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::digest::Digest;
use crate::ids::{PersonName, Seq};

use super::{EventKind, Stream};

/// Who caused an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    /// A person, by handle.
    Person(PersonName),
    /// plimsoll itself, while carrying something out.
    Plimsoll,
}

/// An event that is to be appended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewEvent {
    /// What it is about.
    pub stream: Stream,
    /// When it happened, by the clock of who appends it.
    pub at: Timestamp,
    /// Who caused it.
    pub actor: Actor,
    /// What happened.
    pub kind: EventKind,
}

/// An event of the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Its position, from 1, without gaps.
    pub seq: Seq,
    /// What it is about.
    pub stream: Stream,
    /// Its position in the stream, from 1, without gaps.
    pub version: u64,
    /// When it happened.
    pub at: Timestamp,
    /// Who caused it.
    pub actor: Actor,
    /// What happened.
    pub kind: EventKind,
    /// The hash of the event before it.
    pub prev: Digest,
    /// Its own hash, see [`super::link_hash`].
    pub hash: Digest,
}

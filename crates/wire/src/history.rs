//! What happened, as programs read it.

use plimsoll_core::event::Event;
use plimsoll_core::say::{self, Reader, Weight};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What happened, newest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct HistoryView {
    /// The events.
    pub events: Vec<EventView>,
    /// The last event up to which the chain was verified, if it was.
    pub verified_to: Option<u64>,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct EventView {
    /// Its position in the ledger.
    pub seq: u64,
    /// When (RFC 3339, UTC).
    pub at: String,
    /// What it is about: `lane/planet4/production`.
    pub stream: String,
    /// Who caused it: a handle, or `plimsoll`.
    pub who: String,
    /// What happened, in a word or two.
    pub word: String,
    /// With what.
    pub what: String,
    /// More, in short.
    pub detail: String,
    /// Whether it is of interest to everybody.
    pub headline: bool,
    /// The event as it is in the ledger. Its shape follows the ledger's version, not this one's.
    pub event: serde_json::Value,
}

impl From<&Event> for EventView {
    fn from(event: &Event) -> Self {
        let line = say::event(event, &Reader::utc(event.at));
        Self {
            seq: event.seq.0,
            at: event.at.to_string(),
            stream: event.stream.to_string(),
            who: line.who,
            word: line.word,
            what: line.what,
            detail: line.detail,
            headline: line.weight == Weight::Headline,
            event: serde_json::to_value(&event.kind).unwrap_or_default(),
        }
    }
}

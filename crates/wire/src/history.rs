//! What happened, as programs read it.

use std::collections::BTreeMap;

use plimsoll_core::event::Event;
use plimsoll_core::say::{self, EventLine, Reader, Told, Weight};
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
    /// Whether there are older events that are not listed here, because `--limit` says so.
    pub truncated: bool,
    /// What to give as `--before` to go on; null when there is nothing older.
    pub next: Option<u64>,
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
    /// For a verification, whose results are one line: how many came to what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub results: Option<BTreeMap<String, u64>>,
    /// Its position in its stream.
    pub version: u64,
    /// The hash that binds it to all events before it.
    pub hash: String,
    /// The hash of the event before it.
    pub prev: String,
    /// The event as it is in the ledger. Its shape follows the ledger's version, not this one's.
    pub event: serde_json::Value,
}

impl HistoryView {
    /// The lines, newest first. `next` is the last event that was read, if there are older ones.
    #[must_use]
    pub fn of(told: &[Told], next: Option<u64>) -> Self {
        Self {
            events: told.iter().map(EventView::from).collect(),
            verified_to: None,
            truncated: next.is_some(),
            next,
        }
    }
}

impl From<&Event> for EventView {
    fn from(event: &Event) -> Self {
        view(event, say::event(event, &Reader::utc(event.at)))
    }
}

impl From<&Told> for EventView {
    fn from(told: &Told) -> Self {
        let results = told.results.iter().map(|(state, n)| (state.word().replace(' ', "-"), *n));
        let results: BTreeMap<_, _> = results.collect();
        Self {
            results: (!results.is_empty()).then_some(results),
            ..view(&told.event, told.line.clone())
        }
    }
}

fn view(event: &Event, line: EventLine) -> EventView {
    EventView {
        seq: event.seq.0,
        at: event.at.to_string(),
        stream: event.stream.to_string(),
        who: line.who,
        word: line.word,
        what: line.what,
        detail: line.detail,
        headline: line.weight == Weight::Headline,
        results: None,
        version: event.version,
        hash: event.hash.to_string(),
        prev: event.prev.to_string(),
        event: serde_json::to_value(&event.kind).unwrap_or_default(),
    }
}

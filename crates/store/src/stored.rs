//! An event as it is stored: the very texts that its hash covers.

use plimsoll_core::digest::Digest;
use plimsoll_core::event::{Event, NewEvent, Stream, link_hash};
use plimsoll_core::ids::Seq;
use plimsoll_engine::ports::LedgerError;
use serde::Serialize;

/// An event with its texts, before it has a place.
pub(crate) struct Draft {
    pub(crate) event: NewEvent,
    pub(crate) stream: String,
    pub(crate) tag: String,
    pub(crate) at: String,
    pub(crate) actor: String,
    pub(crate) kind: String,
}

/// The place of an event in the ledger.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) seq: u64,
    pub(crate) version: u64,
    pub(crate) prev: Digest,
    pub(crate) hash: Digest,
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("words of core are always JSON")
}

/// The service that events of a stream are found by; none for those that change no service's state.
pub(crate) fn service_of(stream: &Stream) -> &str {
    stream.service().map_or("", |service| service.as_str())
}

/// The kebab-case tag of a kind's JSON text: its first string.
pub(crate) fn tag_of(kind: &str) -> &str {
    kind.split('"').nth(1).unwrap_or_default()
}

impl Draft {
    /// Writes the texts of an event, once.
    pub(crate) fn of(event: NewEvent) -> Self {
        let kind = json(&event.kind);
        Self {
            stream: event.stream.to_string(),
            tag: tag_of(&kind).to_owned(),
            at: event.at.to_string(),
            actor: json(&event.actor),
            kind,
            event,
        }
    }

    /// The place after `(last, prev)`, with its hash.
    pub(crate) fn place_after(&self, last: u64, prev: Digest, version: u64) -> Place {
        let seq = last + 1;
        let hash = link_hash(&prev, seq, &self.stream, version, &self.at, &self.actor, &self.kind);
        Place { seq, version, prev, hash }
    }

    /// The event at its place.
    pub(crate) fn at_place(self, place: Place) -> Event {
        let NewEvent { stream, at, actor, kind } = self.event;
        let Place { seq, version, prev, hash } = place;
        Event { seq: Seq(seq), stream, version, at, actor, kind, prev, hash }
    }
}

/// A row of the ledger, not yet believed.
#[derive(Debug, Clone)]
pub(crate) struct StoredEvent {
    pub(crate) seq: u64,
    pub(crate) stream: String,
    pub(crate) version: u64,
    pub(crate) service: String,
    pub(crate) tag: String,
    pub(crate) at: String,
    pub(crate) actor: String,
    pub(crate) kind: String,
    pub(crate) prev: Vec<u8>,
    pub(crate) hash: Vec<u8>,
}

/// Wraps 32 stored bytes.
pub(crate) fn digest(bytes: &[u8]) -> Option<Digest> {
    bytes.try_into().ok().map(Digest::from_bytes)
}

impl StoredEvent {
    /// The hash that its texts have.
    pub(crate) fn computed_hash(&self, prev: &Digest) -> Digest {
        link_hash(prev, self.seq, &self.stream, self.version, &self.at, &self.actor, &self.kind)
    }

    /// The event, or in words what cannot be read of it.
    pub(crate) fn read(&self) -> Result<Event, String> {
        Ok(Event {
            seq: Seq(self.seq),
            stream: self.stream.parse().map_err(|error| format!("its stream: {error}"))?,
            version: self.version,
            at: self.at.parse().map_err(|error| format!("its time: {error}"))?,
            actor: serde_json::from_str(&self.actor)
                .map_err(|error| format!("its actor: {error}"))?,
            kind: serde_json::from_str(&self.kind)
                .map_err(|error| format!("its kind `{}`: {error}", self.tag.escape_debug()))?,
            prev: digest(&self.prev).ok_or("its link to the event before it")?,
            hash: digest(&self.hash).ok_or("its hash")?,
        })
    }
}

/// Reads rows as events.
///
/// # Errors
/// `Unusable`, naming the first event that cannot be read: nothing is guessed or left out.
pub(crate) fn read_all(rows: &[StoredEvent]) -> Result<Vec<Event>, LedgerError> {
    rows.iter()
        .map(|row| {
            row.read().map_err(|why| LedgerError::Unusable {
                reason: format!(
                    "event {} of the ledger cannot be read ({why}): was it written by a newer plimsoll, or changed by \
                     hand? `plimsoll ledger verify` tells the two apart",
                    row.seq
                ),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_is_the_first_string_of_the_json_text() {
        assert_eq!(tag_of(r#"{"hold-released":{"hold":1}}"#), "hold-released");
        assert_eq!(tag_of(r#""unit""#), "unit");
        assert_eq!(tag_of("7"), "");
    }
}

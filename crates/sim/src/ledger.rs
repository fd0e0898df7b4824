//! A ledger in memory, with the same chain as the real ones.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use plimsoll_core::digest::Digest;
use plimsoll_core::event::{Event, NewEvent, Stream, link_hash};
use plimsoll_core::ids::{Seq, ServiceName};
use plimsoll_engine::ports::{Expect, HistoryFilter, Ledger, LedgerError, Snapshot};
use tokio::time::Instant;

use crate::chaos::{Dice, Moment};

/// A ledger in memory.
pub(crate) struct SimLedger {
    dice: Dice,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    events: Vec<Event>,
    versions: BTreeMap<Stream, u64>,
    snapshots: BTreeMap<ServiceName, Snapshot>,
    beats: BTreeMap<String, Instant>,
}

impl SimLedger {
    pub(crate) fn new(dice: Dice) -> Self {
        Self { dice, inner: Mutex::default() }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything that happened.
    pub(crate) fn all(&self) -> Vec<Event> {
        self.inner().events.clone()
    }
}

impl Inner {
    fn append(
        &mut self,
        events: Vec<NewEvent>,
        expect: &[Expect],
    ) -> Result<Vec<Event>, LedgerError> {
        for wanted in expect {
            let found = self.versions.get(&wanted.stream).copied().unwrap_or(0);
            if found != wanted.version {
                let stream = wanted.stream.clone();
                return Err(LedgerError::Conflict { stream, expected: wanted.version, found });
            }
        }
        let mut appended = Vec::new();
        for new in events {
            let (last, prev) =
                self.events.last().map_or((0, Digest::ZERO), |event| (event.seq.0, event.hash));
            let version = self.versions.entry(new.stream.clone()).or_default();
            *version += 1;
            let kind = serde_json::to_string(&new.kind)
                .map_err(|error| LedgerError::Unusable { reason: error.to_string() })?;
            let (seq, stream) = (last + 1, new.stream.to_string());
            let hash = link_hash(&prev, seq, &stream, *version, &new.at.to_string(), "", &kind);
            // Through text and back, as the real ledgers do: what cannot be read again must fail here.
            let read = serde_json::from_str(&kind)
                .map_err(|error| LedgerError::Unusable { reason: error.to_string() })?;
            let event = Event {
                seq: Seq(seq),
                stream: new.stream,
                version: *version,
                at: new.at,
                actor: new.actor,
                kind: read,
                prev,
                hash,
            };
            self.events.push(event.clone());
            appended.push(event);
        }
        Ok(appended)
    }

    fn page(&self, limit: u32, wanted: impl Fn(&Event) -> bool) -> Vec<Event> {
        self.events.iter().filter(|event| wanted(event)).take(limit as usize).cloned().collect()
    }
}

#[async_trait]
impl Ledger for SimLedger {
    async fn append(
        &self,
        events: Vec<NewEvent>,
        expect: Vec<Expect>,
    ) -> Result<Vec<Event>, LedgerError> {
        self.dice.boundary(Moment::Before).await;
        if self.dice.hits(|chaos| chaos.away_one_in) {
            return Err(LedgerError::Unavailable { reason: "simulated".to_owned() });
        }
        let appended = self.inner().append(events, &expect)?;
        self.dice.boundary(Moment::After).await;
        if self.dice.hits(|chaos| chaos.lost_answer_one_in) {
            return Err(LedgerError::InDoubt { reason: "simulated".to_owned() });
        }
        Ok(appended)
    }

    async fn service_events(
        &self,
        service: &ServiceName,
        after: Seq,
        limit: u32,
    ) -> Result<Vec<Event>, LedgerError> {
        if self.dice.hits(|chaos| chaos.away_one_in) {
            return Err(LedgerError::Unavailable { reason: "simulated".to_owned() });
        }
        let inner = self.inner();
        let from = usize::try_from(after.0).unwrap_or(usize::MAX).min(inner.events.len());
        let wanted =
            inner.events[from..].iter().filter(|event| event.stream.service() == Some(service));
        Ok(wanted.take(limit as usize).cloned().collect())
    }

    async fn stream_events(
        &self,
        stream: &Stream,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Event>, LedgerError> {
        if self.dice.hits(|chaos| chaos.away_one_in) {
            return Err(LedgerError::Unavailable { reason: "simulated".to_owned() });
        }
        Ok(self.inner().page(limit, |event| event.stream == *stream && event.version > after))
    }

    async fn events(&self, after: Seq, limit: u32) -> Result<Vec<Event>, LedgerError> {
        Ok(self.inner().page(limit, |event| event.seq > after))
    }

    async fn recent(&self, filter: &HistoryFilter, limit: u32) -> Result<Vec<Event>, LedgerError> {
        let inner = self.inner();
        let wanted = inner.events.iter().rev().filter(|event| {
            filter.service.as_ref().is_none_or(|service| event.stream.service() == Some(service))
                && filter.before.is_none_or(|before| event.seq < before)
        });
        Ok(wanted.take(limit as usize).cloned().collect())
    }

    async fn event(&self, seq: Seq) -> Result<Option<Event>, LedgerError> {
        Ok(self.inner().events.iter().find(|event| event.seq == seq).cloned())
    }

    async fn head(&self) -> Result<(Seq, Digest), LedgerError> {
        Ok(self
            .inner()
            .events
            .last()
            .map_or((Seq(0), Digest::ZERO), |event| (event.seq, event.hash)))
    }

    async fn version(&self, stream: &Stream) -> Result<u64, LedgerError> {
        Ok(self.inner().versions.get(stream).copied().unwrap_or(0))
    }

    async fn snapshot(&self, service: &ServiceName) -> Result<Option<Snapshot>, LedgerError> {
        Ok(self.inner().snapshots.get(service).cloned())
    }

    async fn save_snapshot(
        &self,
        service: &ServiceName,
        snapshot: Snapshot,
    ) -> Result<(), LedgerError> {
        self.inner().snapshots.insert(service.clone(), snapshot);
        Ok(())
    }

    async fn beat(&self, driver: &str) -> Result<(), LedgerError> {
        self.inner().beats.insert(driver.to_owned(), Instant::now());
        Ok(())
    }

    async fn silent_for(&self, driver: &str) -> Result<Option<Duration>, LedgerError> {
        Ok(self.inner().beats.get(driver).map(Instant::elapsed))
    }

    async fn wait_for_change(&self, after: Seq, at_most: Duration) -> Result<Seq, LedgerError> {
        let until = Instant::now() + at_most;
        loop {
            let head = self.inner().events.last().map_or(Seq(0), |event| event.seq);
            if head > after || Instant::now() >= until {
                return Ok(head);
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
}

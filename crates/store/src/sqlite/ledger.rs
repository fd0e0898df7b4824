//! The port on SQLite.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use plimsoll_core::Timestamp;
use plimsoll_core::digest::Digest;
use plimsoll_core::event::{Event, NewEvent, Stream};
use plimsoll_core::ids::{Seq, ServiceName};
use plimsoll_engine::ports::{Expect, HistoryFilter, Ledger, LedgerError, Snapshot};

use super::append::Work;
use super::backup::LedgerFile;
use super::file::{file_at, prepare};
use super::queries;
use super::readers::Readers;
use super::writer::Writer;
use crate::export::{ExportError, export_rows};
use crate::migration::MIGRATIONS;
use crate::store::Store;
use crate::stored::{Draft, StoredEvent, read_all};
use crate::verify::{End, Rows, StreamPlace, Verified, VerifyError, VerifyProgress, verify_rows};

/// How often another process's events are looked for.
const POLL: Duration = Duration::from_millis(200);

/// A ledger in a SQLite file.
pub(crate) struct SqliteLedger {
    readers: Readers,
    writer: Writer,
}

impl SqliteLedger {
    /// Opens `ledger.db` in a directory, or the file itself; creates it when there is none.
    pub(crate) async fn open(location: &Path) -> Result<Self, LedgerError> {
        let file = file_at(location);
        let ledger = Self { readers: Readers::new(&file), writer: Writer::new(&file) };
        ledger.readers.blocking(move || prepare(&file, MIGRATIONS)).await?;
        // Damage that the first bytes do not show is found now and not in the middle of something.
        ledger.head().await?;
        Ok(ledger)
    }
}

fn now_ms() -> i64 {
    Timestamp::now().as_millisecond()
}

#[async_trait]
impl Ledger for SqliteLedger {
    async fn append(
        &self,
        events: Vec<NewEvent>,
        expect: Vec<Expect>,
    ) -> Result<Vec<Event>, LedgerError> {
        let drafts = events.into_iter().map(Draft::of).collect();
        self.writer.perform(Work::Append { drafts, expect }).await
    }

    async fn service_events(
        &self,
        service: &ServiceName,
        after: Seq,
        limit: u32,
    ) -> Result<Vec<Event>, LedgerError> {
        let service = service.clone();
        let rows = self
            .readers
            .read(move |db| queries::service_events(db, service.as_str(), after.0, limit))
            .await?;
        read_all(&rows)
    }

    async fn stream_events(
        &self,
        stream: &Stream,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Event>, LedgerError> {
        let stream = stream.to_string();
        let rows =
            self.readers.read(move |db| queries::stream_events(db, &stream, after, limit)).await?;
        read_all(&rows)
    }

    async fn events(&self, after: Seq, limit: u32) -> Result<Vec<Event>, LedgerError> {
        let rows = self.readers.read(move |db| queries::page(db, after.0, u64::MAX, limit)).await?;
        read_all(&rows)
    }

    async fn recent(&self, filter: &HistoryFilter, limit: u32) -> Result<Vec<Event>, LedgerError> {
        let filter = filter.clone();
        let rows = self.readers.read(move |db| queries::recent(db, &filter, limit)).await?;
        read_all(&rows)
    }

    async fn event(&self, seq: Seq) -> Result<Option<Event>, LedgerError> {
        let rows = self.readers.read(move |db| queries::event(db, seq.0)).await?;
        Ok(read_all(&rows)?.pop())
    }

    async fn head(&self) -> Result<(Seq, Digest), LedgerError> {
        let (seq, hash) = self.readers.read(queries::head).await?;
        Ok((Seq(seq), hash))
    }

    async fn version(&self, stream: &Stream) -> Result<u64, LedgerError> {
        let stream = stream.to_string();
        self.readers.read(move |db| queries::version(db, &stream)).await
    }

    async fn snapshot(&self, service: &ServiceName) -> Result<Option<Snapshot>, LedgerError> {
        let service = service.clone();
        self.readers.read(move |db| queries::snapshot(db, service.as_str())).await
    }

    async fn save_snapshot(
        &self,
        service: &ServiceName,
        snapshot: Snapshot,
    ) -> Result<(), LedgerError> {
        let work = Work::SaveSnapshot { service: service.to_string(), snapshot };
        self.writer.perform(work).await.map(drop)
    }

    async fn beat(&self, driver: &str) -> Result<(), LedgerError> {
        let work = Work::Beat { driver: driver.to_owned(), now_ms: now_ms() };
        self.writer.perform(work).await.map(drop)
    }

    async fn silent_for(&self, driver: &str) -> Result<Option<Duration>, LedgerError> {
        let name = driver.to_owned();
        let Some(beat_ms) = self.readers.read(move |db| queries::beat_ms(db, &name)).await? else {
            return Ok(None);
        };
        let silent_ms = now_ms().saturating_sub(beat_ms);
        if silent_ms < 0 {
            let work = Work::ClampBeat { driver: driver.to_owned(), now_ms: now_ms() };
            self.writer.perform(work).await?;
        }
        Ok(Some(Duration::from_millis(u64::try_from(silent_ms).unwrap_or(0))))
    }

    async fn wait_for_change(&self, after: Seq, at_most: Duration) -> Result<Seq, LedgerError> {
        let began = Instant::now();
        let mut own = self.writer.last();
        loop {
            let (last, _) = self.head().await?;
            let left = at_most.saturating_sub(began.elapsed());
            if last > after || left.is_zero() {
                return Ok(last);
            }
            // Ends early when this process appends; others are looked for by asking.
            let _ = tokio::time::timeout(left.min(POLL), own.wait_for(|seq| *seq > after.0)).await;
        }
    }
}

#[async_trait]
impl Rows for SqliteLedger {
    async fn end(&self) -> Result<End, LedgerError> {
        self.readers.read(queries::end).await
    }

    async fn page(
        &self,
        after: u64,
        upto: u64,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, LedgerError> {
        self.readers.read(move |db| queries::page(db, after, upto, limit)).await
    }

    async fn stream_page(
        &self,
        after: (&str, u64),
        upto: u64,
        limit: u32,
    ) -> Result<Vec<StreamPlace>, LedgerError> {
        let (stream, version) = (after.0.to_owned(), after.1);
        self.readers.read(move |db| queries::stream_page(db, (&stream, version), upto, limit)).await
    }
}

#[async_trait]
impl Store for SqliteLedger {
    async fn check_end(&self) -> Result<(), LedgerError> {
        let place = self.readers.file().display().to_string();
        self.readers.read(queries::end).await?.check(&place)
    }

    async fn verify(&self, progress: VerifyProgress<'_>) -> Result<Verified, VerifyError> {
        verify_rows(self, progress).await
    }

    async fn export(&self, out: &mut (dyn Write + Send)) -> Result<u64, ExportError> {
        export_rows(self, out).await
    }

    async fn snapshot_services(&self) -> Result<Vec<ServiceName>, LedgerError> {
        self.readers.read(queries::snapshot_services).await
    }

    async fn remove_snapshot(&self, service: &ServiceName) -> Result<(), LedgerError> {
        let work = Work::RemoveSnapshot { service: service.to_string() };
        self.writer.perform(work).await.map(drop)
    }

    async fn backup(&self, to: &Path) -> Result<(), LedgerError> {
        let (to, source) = (to.to_owned(), self.readers.file().to_owned());
        let file = self
            .readers
            .blocking(move || {
                let file = LedgerFile::begin(&to)?;
                file.copy_from(&source)?;
                Ok(file)
            })
            .await?;
        file.finish()
    }
}

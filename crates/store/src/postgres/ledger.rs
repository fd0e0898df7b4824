//! The port on PostgreSQL.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use plimsoll_core::digest::Digest;
use plimsoll_core::event::{Event, NewEvent, Stream};
use plimsoll_core::ids::{Seq, ServiceName};
use plimsoll_engine::ports::{Expect, HistoryFilter, Ledger, LedgerError, Snapshot};

use super::connect::Server;
use super::listen::Listener;
use super::writer::Writer;
use super::{queries, tables};
use crate::export::{ExportError, export_rows};
use crate::sqlite::LedgerFile;
use crate::store::Store;
use crate::stored::{Draft, StoredEvent, read_all};
use crate::verify::{End, Rows, StreamPlace, Verified, VerifyError, VerifyProgress, verify_rows};

/// How often is asked although nothing was told: a notification is lost with its connection.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// Rows that a backup copies at once.
const PAGE: u32 = 1_000;

/// A ledger in a PostgreSQL database.
pub(crate) struct PostgresLedger {
    server: Arc<Server>,
    writer: Writer,
    listener: Listener,
}

impl PostgresLedger {
    /// Connects, and makes the tables when there are none.
    pub(crate) async fn open(url: &str) -> Result<Self, LedgerError> {
        let server = Arc::new(Server::new(url)?);
        tables::prepare(&server).await?;
        let writer = Writer::start(Arc::clone(&server));
        let listener = Listener::new(Arc::clone(&server));
        Ok(Self { server, writer, listener })
    }

    async fn copy_to(&self, file: LedgerFile) -> Result<(), LedgerError> {
        let joined = |_| LedgerError::Unavailable { reason: "plimsoll is ending".into() };
        let file = Arc::new(file);
        let fresh = Arc::clone(&file);
        tokio::task::spawn_blocking(move || fresh.create_tables()).await.map_err(joined)??;
        // Events never change, so what is there up to this position is one moment's ledger.
        let (upto, head) = queries::head(&self.server).await?;
        let mut after = 0;
        loop {
            let rows = queries::page(&self.server, after, upto, PAGE).await?;
            let Some(last) = rows.last() else { break };
            after = last.seq;
            let target = Arc::clone(&file);
            tokio::task::spawn_blocking(move || target.add(&rows, (upto, head)))
                .await
                .map_err(joined)??;
        }
        match Arc::try_unwrap(file) {
            Ok(file) => file.finish(),
            Err(_) => unreachable!("every task that had a share of the file was waited for"),
        }
    }
}

#[async_trait]
impl Ledger for PostgresLedger {
    async fn append(
        &self,
        events: Vec<NewEvent>,
        expect: Vec<Expect>,
    ) -> Result<Vec<Event>, LedgerError> {
        self.writer.append(events.into_iter().map(Draft::of).collect(), expect).await
    }

    async fn service_events(
        &self,
        service: &ServiceName,
        after: Seq,
        limit: u32,
    ) -> Result<Vec<Event>, LedgerError> {
        read_all(&queries::service_events(&self.server, service.as_str(), after.0, limit).await?)
    }

    async fn stream_events(
        &self,
        stream: &Stream,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Event>, LedgerError> {
        read_all(&queries::stream_events(&self.server, &stream.to_string(), after, limit).await?)
    }

    async fn events(&self, after: Seq, limit: u32) -> Result<Vec<Event>, LedgerError> {
        read_all(&queries::page(&self.server, after.0, u64::MAX, limit).await?)
    }

    async fn recent(&self, filter: &HistoryFilter, limit: u32) -> Result<Vec<Event>, LedgerError> {
        read_all(&queries::recent(&self.server, filter, limit).await?)
    }

    async fn event(&self, seq: Seq) -> Result<Option<Event>, LedgerError> {
        Ok(read_all(&queries::event(&self.server, seq.0).await?)?.pop())
    }

    async fn head(&self) -> Result<(Seq, Digest), LedgerError> {
        let (seq, hash) = queries::head(&self.server).await?;
        Ok((Seq(seq), hash))
    }

    async fn version(&self, stream: &Stream) -> Result<u64, LedgerError> {
        queries::version(&self.server, &stream.to_string()).await
    }

    async fn snapshot(&self, service: &ServiceName) -> Result<Option<Snapshot>, LedgerError> {
        queries::snapshot(&self.server, service.as_str()).await
    }

    async fn save_snapshot(
        &self,
        service: &ServiceName,
        snapshot: Snapshot,
    ) -> Result<(), LedgerError> {
        queries::save_snapshot(&self.server, service.as_str(), &snapshot).await
    }

    async fn beat(&self, driver: &str) -> Result<(), LedgerError> {
        queries::beat(&self.server, driver).await
    }

    async fn silent_for(&self, driver: &str) -> Result<Option<Duration>, LedgerError> {
        let Some(silent_ms) = queries::silent_ms(&self.server, driver).await? else {
            return Ok(None);
        };
        if silent_ms < 0 {
            queries::clamp_beat(&self.server, driver).await?;
        }
        Ok(Some(Duration::from_millis(u64::try_from(silent_ms).unwrap_or(0))))
    }

    async fn wait_for_change(&self, after: Seq, at_most: Duration) -> Result<Seq, LedgerError> {
        let began = Instant::now();
        let mut told = self.listener.last();
        loop {
            let (last, _) = self.head().await?;
            let left = at_most.saturating_sub(began.elapsed());
            if last > after || left.is_zero() {
                return Ok(last);
            }
            let _ = tokio::time::timeout(left.min(ASK_AGAIN), told.wait_for(|seq| *seq > after.0))
                .await;
        }
    }
}

#[async_trait]
impl Rows for PostgresLedger {
    async fn end(&self) -> Result<End, LedgerError> {
        queries::end(&self.server).await
    }

    async fn page(
        &self,
        after: u64,
        upto: u64,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, LedgerError> {
        queries::page(&self.server, after, upto, limit).await
    }

    async fn stream_page(
        &self,
        after: (&str, u64),
        upto: u64,
        limit: u32,
    ) -> Result<Vec<StreamPlace>, LedgerError> {
        queries::stream_page(&self.server, after, upto, limit).await
    }
}

#[async_trait]
impl Store for PostgresLedger {
    async fn check_end(&self) -> Result<(), LedgerError> {
        queries::end(&self.server).await?.check(self.server.name())
    }

    async fn verify(&self, progress: VerifyProgress<'_>) -> Result<Verified, VerifyError> {
        verify_rows(self, progress).await
    }

    async fn export(&self, out: &mut (dyn Write + Send)) -> Result<u64, ExportError> {
        export_rows(self, out).await
    }

    async fn snapshot_services(&self) -> Result<Vec<ServiceName>, LedgerError> {
        queries::snapshot_services(&self.server).await
    }

    async fn remove_snapshot(&self, service: &ServiceName) -> Result<(), LedgerError> {
        queries::remove_snapshot(&self.server, service.as_str()).await
    }

    async fn backup(&self, to: &Path) -> Result<(), LedgerError> {
        let file = LedgerFile::begin(to)?;
        self.copy_to(file).await
    }
}

//! An empty place for a ledger, and events to put there.

use std::path::PathBuf;
use std::sync::Arc;

use plimsoll_core::Timestamp;
use plimsoll_core::event::{Actor, EventKind, NewEvent, Stream};
use plimsoll_core::ids::{Seq, ServiceName};
use plimsoll_engine::ports::{Expect, LedgerError};
use plimsoll_store::testing::PostgresServer;
use plimsoll_store::{Location, Store, open};
use tempfile::TempDir;
use tokio_postgres::NoTls;

/// An empty place.
pub struct Ground {
    pub location: Location,
    pub dir: TempDir,
}

/// Runs cases on both stores: each alone on SQLite, all on one server of PostgreSQL, each in a
/// database of its own.
macro_rules! on_both {
    ($($case:ident),* $(,)?) => {
        mod on_sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    super::$case(&$crate::ground::Ground::sqlite()).await;
                }
            )*
        }

        mod on_postgres {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn every_case_holds() {
                let Some(server) = plimsoll_store::testing::PostgresServer::start() else { return };
                $(
                    eprintln!("on PostgreSQL: {}", stringify!($case));
                    super::$case(&$crate::ground::Ground::postgres(&server, stringify!($case)).await).await;
                )*
            }
        }
    };
}
pub(crate) use on_both;

impl Ground {
    pub fn sqlite() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        Self { location: Location::Directory(dir.path().join("ledger")), dir }
    }

    pub async fn postgres(server: &PostgresServer, name: &str) -> Self {
        let short: String = name.chars().take(60).collect();
        run_on_postgres(&server.url(), &format!("CREATE DATABASE {short}")).await;
        let url = format!("{}{short}", server.url().trim_end_matches("postgres"));
        Self { location: Location::Postgres(url), dir: tempfile::tempdir().expect("a directory") }
    }

    pub async fn open(&self) -> Arc<dyn Store> {
        open(&self.location).await.expect("the ledger opens")
    }

    pub fn file(&self) -> Option<PathBuf> {
        match &self.location {
            Location::Directory(dir) => Some(dir.join("ledger.db")),
            Location::Postgres(_) => None,
        }
    }

    /// Does by hand what plimsoll never does.
    pub async fn sql(&self, sql: &str) -> Result<(), String> {
        match &self.location {
            Location::Directory(dir) => rusqlite::Connection::open(dir.join("ledger.db"))
                .and_then(|connection| connection.execute_batch(sql))
                .map_err(|error| error.to_string()),
            Location::Postgres(url) => {
                try_on_postgres(url, &format!("SET search_path = plimsoll; {sql}")).await
            }
        }
    }

    /// As [`Ground::sql`], the guards taken away first.
    pub async fn tamper(&self, sql: &str) {
        let unguard = match &self.location {
            Location::Directory(_) => {
                "DROP TRIGGER events_are_not_changed; DROP TRIGGER events_are_not_deleted;"
            }
            Location::Postgres(_) => "ALTER TABLE events DISABLE TRIGGER ALL;",
        };
        self.sql(&format!("{unguard} {sql}")).await.expect("the sql runs");
    }

    /// Bytes as a literal of the store's SQL.
    pub fn bytes(&self, bytes: &[u8]) -> String {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        match &self.location {
            Location::Directory(_) => format!("x'{hex}'"),
            Location::Postgres(_) => format!("decode('{hex}', 'hex')"),
        }
    }
}

async fn try_on_postgres(url: &str, sql: &str) -> Result<(), String> {
    let (client, connection) =
        tokio_postgres::connect(url, NoTls).await.map_err(|error| error.to_string())?;
    let driving = tokio::spawn(connection);
    let done = client.batch_execute(sql).await;
    drop(client);
    let _ = driving.await;
    done.map_err(|error| {
        error.as_db_error().map_or_else(|| error.to_string(), |said| said.message().to_owned())
    })
}

pub async fn run_on_postgres(url: &str, sql: &str) {
    try_on_postgres(url, sql).await.expect("the sql runs");
}

pub fn service(name: &str) -> ServiceName {
    name.parse().expect("a name")
}

pub fn people(name: &str) -> Stream {
    Stream::People(service(name))
}

pub fn gate(name: &str) -> Stream {
    Stream::Gate(service(name))
}

/// An event that says `words`.
pub fn saying(stream: Stream, words: &str) -> NewEvent {
    NewEvent {
        stream,
        at: Timestamp::from_millisecond(1_700_000_000_123).expect("a time"),
        actor: Actor::Person("ada".parse().expect("a name")),
        kind: EventKind::HoldReleased { hold: Seq(1), reason: words.to_owned() },
    }
}

pub fn expecting(stream: Stream, version: u64) -> Vec<Expect> {
    vec![Expect { stream, version }]
}

/// Puts `count` events on `people/shop`, one append each.
pub async fn fill(store: &dyn Store, count: u64) {
    for number in 1..=count {
        let event = saying(people("shop"), &format!("reason {number}"));
        store.append(vec![event], Vec::new()).await.expect("appends");
    }
}

pub async fn verified(store: &dyn Store) -> u64 {
    store.verify(&|_, _| {}).await.expect("the ledger verifies").events
}

pub fn unavailable(error: &LedgerError) -> &str {
    match error {
        LedgerError::Unavailable { reason } => reason,
        other => panic!("not Unavailable: {other:?}"),
    }
}

pub fn unusable(error: &LedgerError) -> &str {
    match error {
        LedgerError::Unusable { reason } => reason,
        other => panic!("not Unusable: {other:?}"),
    }
}

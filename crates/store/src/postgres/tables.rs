//! Making and migrating the tables.

use plimsoll_engine::ports::LedgerError;
use tokio::time::timeout;
use tokio_postgres::{Client, Error, NoTls};

use super::connect::{PATIENCE, Server};
use super::fault::{ledger_error, too_slow};
use crate::migration::{MIGRATIONS, Migration, steps_from};

/// One process at a time migrates; `plim` and `soll`.
const LOCK: i64 = 0x706c_696d_736f_6c6c;

/// A connection of its own.
pub(super) async fn connect(server: &Server) -> Result<Client, LedgerError> {
    let connecting = timeout(PATIENCE, server.config().connect(NoTls)).await;
    let (client, connection) = connecting
        .map_err(|_| too_slow(server.name()))?
        .map_err(|error| ledger_error(server.name(), &error))?;
    tokio::spawn(async move {
        // Whoever uses the client gets the error as well.
        let _ = connection.await;
    });
    Ok(client)
}

/// Makes sure that the tables are of the current version.
///
/// # Errors
/// `Unusable` when they are of a newer one: nothing was changed.
pub(super) async fn prepare(server: &Server) -> Result<(), LedgerError> {
    let mut client = connect(server).await?;
    let fail = |error: Error| ledger_error(server.name(), &error);
    let current = timeout(PATIENCE, version(&client))
        .await
        .map_err(|_| too_slow(server.name()))?
        .map_err(fail)?;
    if steps_from(server.name(), current, MIGRATIONS)?.is_empty() {
        return Ok(());
    }
    migrate(&mut client, server, MIGRATIONS).await
}

/// How many migrations the database has been through.
async fn version(client: &Client) -> Result<u64, Error> {
    let row = client.query_one("SELECT to_regclass('plimsoll.version') IS NOT NULL", &[]).await?;
    if !row.get::<_, bool>(0) {
        return Ok(0);
    }
    let row =
        client.query_one("SELECT coalesce(max(version), 0) FROM plimsoll.version", &[]).await?;
    Ok(u64::try_from(row.get::<_, i64>(0)).unwrap_or(u64::MAX))
}

async fn migrate(
    client: &mut Client,
    server: &Server,
    list: &[Migration],
) -> Result<(), LedgerError> {
    let fail = |error: Error| ledger_error(server.name(), &error);
    // A large table may take its time.
    client
        .batch_execute("SET statement_timeout = 0; SET lock_timeout = '60s'")
        .await
        .map_err(fail)?;
    // Outside the transaction: one that began before the lock was there might not see the tables
    // that were made meanwhile.
    client.execute("SELECT pg_advisory_lock($1)", &[&LOCK]).await.map_err(fail)?;
    let done = migrate_locked(client, server, list).await;
    let unlocked = client.execute("SELECT pg_advisory_unlock($1)", &[&LOCK]).await;
    done?;
    unlocked.map(drop).map_err(fail)
}

async fn migrate_locked(
    client: &mut Client,
    server: &Server,
    list: &[Migration],
) -> Result<(), LedgerError> {
    let fail = |error: Error| ledger_error(server.name(), &error);
    let tx = client.transaction().await.map_err(fail)?;
    let current = version(tx.client()).await.map_err(fail)?;
    let steps = steps_from(server.name(), current, list)?;
    if !steps.is_empty() {
        let words = "CREATE SCHEMA IF NOT EXISTS plimsoll; \
                     CREATE TABLE IF NOT EXISTS plimsoll.version (version bigint PRIMARY KEY);";
        tx.batch_execute(words).await.map_err(fail)?;
    }
    for (step, number) in steps.iter().zip(current + 1..) {
        tracing::info!(ledger = server.name(), step = step.name, "migrating");
        tx.batch_execute(step.postgres).await.map_err(fail)?;
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        tx.execute("INSERT INTO plimsoll.version (version) VALUES ($1)", &[&number])
            .await
            .map_err(fail)?;
    }
    tx.commit().await.map_err(fail)
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use super::*;
    use crate::testing::PostgresServer;

    const NAMED: Migration = Migration {
        name: "snapshots have a name",
        event_shapes: 1,
        sqlite: "",
        postgres: "ALTER TABLE plimsoll.snapshots ADD COLUMN name text NOT NULL DEFAULT 'old'",
    };

    const BROKEN: Migration = Migration {
        name: "half of it works",
        event_shapes: 1,
        sqlite: "",
        postgres: "DELETE FROM plimsoll.snapshots; ALTER TABLE plimsoll.nowhere ADD COLUMN name text",
    };

    fn list(second: Migration) -> [Migration; 2] {
        let Migration { name, event_shapes, sqlite, postgres } = MIGRATIONS[0];
        [Migration { name, event_shapes, sqlite, postgres }, second]
    }

    async fn names(client: &Client, sql: &str) -> Result<String, Error> {
        Ok(client.query_one(sql, &[]).await?.get(0))
    }

    #[tokio::test]
    async fn a_migration_keeps_the_rows_and_one_that_fails_changes_nothing() {
        let Some(postgres) = PostgresServer::start() else { return };
        let server = Server::new(&postgres.url()).expect("a URL");
        prepare(&server).await.expect("version 1");
        let mut client = connect(&server).await.expect("connects");
        let row = "INSERT INTO plimsoll.snapshots VALUES ('s', 7, '\\x00', 1, '\\x00')";
        client.batch_execute(row).await.expect("a row of version 1");

        migrate(&mut client, &server, &list(BROKEN)).await.expect_err("half of it");
        let kept = names(&client, "SELECT seq::text FROM plimsoll.snapshots").await;
        assert_eq!(kept.expect("a row"), "7");

        for _ in 0..2 {
            migrate(&mut client, &server, &list(NAMED)).await.expect("version 2");
            let kept = names(&client, "SELECT seq || name FROM plimsoll.snapshots").await;
            assert_eq!(kept.expect("a row"), "7old");
        }
        let error = prepare(&server).await.expect_err("newer than MIGRATIONS");
        assert!(error.to_string().contains("newer plimsoll"), "{error}");
    }
}

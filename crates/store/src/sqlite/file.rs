//! Opening the file: first a look that cannot change it, then migrations, then connections.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use plimsoll_engine::ports::LedgerError;
use rusqlite::{Connection, Error, OpenFlags, TransactionBehavior};

use super::fault::{damaged, io_error, is_busy, ledger_error};
use crate::content::INCOMPLETE;
use crate::durable::{create_private_dir, parent, sync_parent};
use crate::migration::{MIGRATIONS, Migration, steps_from};

/// `plim`: marks the file as a ledger of ours.
pub(super) const APPLICATION_ID: i32 = 0x706c_696d;

/// How long to wait for other processes that write.
const BUSY: Duration = Duration::from_secs(10);

const HEADER_BYTES: usize = 100;
const WAL_FORMAT: u8 = 2;

/// What a look at the first bytes of the file says.
enum Found {
    Nothing,
    Ledger { version: u64, wal: bool },
}

/// The ledger's file at a location: the location itself when that is a file.
pub(super) fn file_at(location: &Path) -> PathBuf {
    if location.is_file() { location.to_owned() } else { location.join("ledger.db") }
}

/// Makes sure that there is a ledger of the current version in `file`.
///
/// # Errors
/// `Unusable` when there is something else: it was only read.
pub(super) fn prepare(file: &Path, list: &[Migration]) -> Result<(), LedgerError> {
    let found = look(file)?;
    let ready = match found {
        Found::Nothing => {
            create_empty(file)?;
            false
        }
        Found::Ledger { version, wal } => steps_from(&name(file), version, list)?.is_empty() && wal,
    };
    if ready {
        return Ok(());
    }
    match migrate(file, list) {
        // A backup on a read-only disk can still be read.
        Err(LedgerError::Unavailable { .. }) if is_current(file, list) => Ok(()),
        done => done,
    }
}

fn is_current(file: &Path, list: &[Migration]) -> bool {
    matches!(look(file), Ok(Found::Ledger { version, .. }) if version == list.len() as u64)
}

fn name(file: &Path) -> String {
    file.display().to_string()
}

fn look(file: &Path) -> Result<Found, LedgerError> {
    let mut header = Vec::with_capacity(HEADER_BYTES);
    match File::open(file).and_then(|file| file.take(HEADER_BYTES as u64).read_to_end(&mut header))
    {
        Ok(0) => return Ok(Found::Nothing),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(io_error(file, "open the ledger", &error)),
    }
    let unusable = |what: &str| LedgerError::Unusable {
        reason: format!(
            "{} is {what}, not a ledger of plimsoll: name another directory with --ledger; it was not touched",
            file.display()
        ),
    };
    if header.len() < HEADER_BYTES || !header.starts_with(b"SQLite format 3\0") {
        return Err(unusable("another kind of file"));
    }
    let number = |at: usize| {
        u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
    };
    if number(68) != APPLICATION_ID.cast_unsigned() {
        return Err(unusable("a SQLite database of another program"));
    }
    Ok(Found::Ledger { version: number(60).into(), wal: header[18] == WAL_FORMAT })
}

fn create_empty(file: &Path) -> Result<(), LedgerError> {
    let dir = parent(file);
    let fail = |error: std::io::Error| io_error(file, "create the ledger", &error);
    if dir.join(INCOMPLETE).is_dir() {
        return Err(LedgerError::Unusable {
            reason: format!("{} holds a backup that was interrupted, and no ledger", dir.display()),
        });
    }
    if !dir.is_dir() {
        create_private_dir(dir).map_err(fail)?;
        sync_parent(dir).map_err(fail)?;
    }
    if file.file_name().is_some_and(|name| name == "ledger.db") {
        // Nothing in here belongs into the repository that it may lie in.
        match OpenOptions::new().write(true).create_new(true).open(dir.join(".gitignore")) {
            Ok(mut ignore) => ignore.write_all(b"*\n").map_err(fail)?,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(fail(error)),
        }
    }
    // The log beside the file gets the same mode.
    OpenOptions::new().append(true).create(true).mode(0o600).open(file).map_err(fail)?;
    sync_parent(file).map_err(fail)
}

/// Takes the file through the steps that it lacks, all or none. Only then comes the write-ahead
/// log, so that the first bytes of the file tell the truth about the version.
pub(super) fn migrate(file: &Path, list: &[Migration]) -> Result<(), LedgerError> {
    let fail = |error: Error| ledger_error(file, &error);
    let mut connection = connect(file, Mode::Write).map_err(fail)?;
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(fail)?;
    let version = user_version(&tx).map_err(fail)?;
    let steps = steps_from(&name(file), version, list)?;
    for step in steps {
        tracing::info!(ledger = %file.display(), step = step.name, "migrating");
        tx.execute_batch(step.sqlite).map_err(fail)?;
    }
    if !steps.is_empty() {
        tx.pragma_update(None, "application_id", APPLICATION_ID).map_err(fail)?;
        tx.pragma_update(None, "user_version", list.len() as u32).map_err(fail)?;
    }
    tx.commit().map_err(fail)?;
    use_wal(&connection).map_err(fail)?;
    connection.execute_batch("PRAGMA wal_checkpoint(PASSIVE)").map_err(fail)
}

/// Switching needs the file for itself for a moment, and SQLite does not wait for that by itself.
fn use_wal(connection: &Connection) -> Result<(), Error> {
    let began = Instant::now();
    loop {
        let mode =
            connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0));
        match mode {
            Ok(mode) if mode == "wal" => return Ok(()),
            Err(error) if !is_busy(&error) => return Err(error),
            Ok(_) | Err(_) if began.elapsed() < BUSY => sleep(Duration::from_millis(20)),
            Ok(_) => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

/// How many migrations the file has been through.
pub(super) fn user_version(connection: &Connection) -> Result<u64, Error> {
    let version: i64 =
        connection.prepare_cached("PRAGMA user_version")?.query_row([], |row| row.get(0))?;
    Ok(u64::try_from(version).unwrap_or(u64::MAX))
}

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Write,
    Read,
}

/// A connection to an existing file, with all that must be said on each.
pub(super) fn connect(file: &Path, mode: Mode) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF")?;
    if mode == Mode::Read {
        connection.execute_batch("PRAGMA query_only = ON")?;
    }
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// A connection for reading that has read something. On a full or read-only disk, where not even
/// the log's index can be created, the file is read as it is, provided that there is no log.
pub(super) fn connect_to_read(file: &Path) -> Result<Connection, LedgerError> {
    let opened = connect(file, Mode::Read).and_then(|connection| probe(connection, file));
    match opened {
        Ok(connection) => Ok(connection),
        Err(error) => match ledger_error(file, &error) {
            LedgerError::Unavailable { .. } if !is_busy(&error) && !has_log(file) => {
                connect_unchanging(file)
                    .and_then(|connection| probe(connection, file))
                    .map_err(|_| ledger_error(file, &error))
            }
            other => Err(other),
        },
    }
}

fn probe(connection: Connection, _file: &Path) -> Result<Connection, Error> {
    connection.query_row("SELECT seq FROM head", [], |row| row.get::<_, i64>(0))?;
    Ok(connection)
}

fn has_log(file: &Path) -> bool {
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    fs::metadata(log).is_ok_and(|data| data.len() > 0)
}

fn connect_unchanging(file: &Path) -> Result<Connection, Error> {
    let path = file.to_string_lossy();
    let escaped = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(format!("file:{escaped}?immutable=1"), flags)
}

/// Refuses to go on when the file has become one of another version since it was opened.
pub(super) fn still_current(connection: &Connection, file: &Path) -> Result<(), LedgerError> {
    let version = user_version(connection).map_err(|error| ledger_error(file, &error))?;
    if steps_from(&name(file), version, MIGRATIONS)?.is_empty() {
        Ok(())
    } else {
        Err(damaged(file, "its version went back while it was open"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &[Migration] = &[
        Migration {
            name: "things",
            event_shapes: 1,
            sqlite: "CREATE TABLE head (seq INTEGER NOT NULL) STRICT; INSERT INTO head VALUES (7);",
            postgres: "",
        },
        Migration {
            name: "things have a name",
            event_shapes: 1,
            sqlite: "ALTER TABLE head ADD COLUMN name TEXT NOT NULL DEFAULT 'old';",
            postgres: "",
        },
    ];

    const BROKEN: &[Migration] = &[
        Migration { name: "things", event_shapes: 1, sqlite: TWO[0].sqlite, postgres: "" },
        Migration {
            name: "half of it works",
            event_shapes: 1,
            sqlite: "DELETE FROM head; ALTER TABLE nowhere ADD COLUMN name TEXT;",
            postgres: "",
        },
    ];

    fn row(file: &Path, sql: &str) -> String {
        let connection = connect(file, Mode::Read).expect("opens");
        connection.query_row(sql, [], |row| row.get::<_, String>(0)).expect("a row")
    }

    #[test]
    fn a_migration_keeps_the_rows_and_is_done_once() {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("ledger.db");
        prepare(&file, &TWO[..1]).expect("version 1");
        connect(&file, Mode::Write)
            .and_then(|connection| connection.execute_batch("INSERT INTO head VALUES (8)"))
            .expect("a row of version 1");
        for _ in 0..2 {
            prepare(&file, TWO).expect("version 2");
            assert_eq!(row(&file, "SELECT group_concat(seq || name) FROM head"), "7old,8old");
            assert_eq!(
                row(&file, "SELECT CAST(user_version AS TEXT) FROM pragma_user_version"),
                "2"
            );
        }
    }

    #[test]
    fn a_migration_that_fails_changes_nothing() {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("ledger.db");
        prepare(&file, &TWO[..1]).expect("version 1");
        assert!(prepare(&file, BROKEN).is_err());
        assert_eq!(row(&file, "SELECT group_concat(seq) FROM head"), "7");
        prepare(&file, &TWO[..1]).expect("still version 1");
    }

    #[test]
    fn an_older_plimsoll_refuses_what_a_newer_one_migrated() {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("ledger.db");
        prepare(&file, TWO).expect("version 2");
        let before = fs::read(&file).expect("readable");
        let error = prepare(&file, &TWO[..1]).expect_err("newer");
        assert!(
            matches!(&error, LedgerError::Unusable { reason } if reason.contains("newer plimsoll")),
            "{error}"
        );
        assert_eq!(fs::read(&file).expect("readable"), before);
    }
}

//! Copies of a ledger, and new ledger files filled from elsewhere.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

use plimsoll_core::digest::Digest;
use plimsoll_engine::ports::LedgerError;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, Error, TransactionBehavior, params};

use super::append::{INSERT, Tail};
use super::fault::{io_error, ledger_error};
use super::file::{Mode, connect, connect_to_read, file_at, migrate};
use super::queries::signed;
use crate::durable::{TempFile, parent};
use crate::migration::MIGRATIONS;
use crate::stored::StoredEvent;

/// A step of the copy; between steps nothing is locked.
const PAGES: i32 = 1_000;

/// A ledger file that is being written under another name. Without [`LedgerFile::finish`] nothing
/// stays of it.
pub(crate) struct LedgerFile {
    temp: TempFile,
    beside: Beside,
    to: PathBuf,
}

/// What SQLite keeps beside a file while it writes; removed with it when that fails.
struct Beside(PathBuf);

impl Drop for Beside {
    fn drop(&mut self) {
        for suffix in ["-journal", "-wal", "-shm"] {
            let mut name = self.0.as_os_str().to_owned();
            name.push(suffix);
            let _ = std::fs::remove_file(name);
        }
    }
}

impl LedgerFile {
    /// Begins a file that will be `to`, or `ledger.db` in it when that is a directory.
    pub(crate) fn begin(to: &Path) -> Result<Self, LedgerError> {
        let to = if to.is_dir() { file_at(to) } else { to.to_owned() };
        if to.symlink_metadata().is_ok() {
            return Err(exists(&to));
        }
        let temp = TempFile::create_in(parent(&to))
            .map_err(|error| io_error(&to, "write a backup to", &error))?;
        let beside = Beside(temp.path().to_owned());
        Ok(Self { temp, beside, to })
    }

    /// Makes it a ledger without events.
    pub(crate) fn create_tables(&self) -> Result<(), LedgerError> {
        migrate(self.temp.path(), MIGRATIONS)?;
        self.single_file()
    }

    /// Adds events as they are stored elsewhere, and sets the head to the last.
    pub(crate) fn add(&self, rows: &[StoredEvent], head: (u64, Digest)) -> Result<(), LedgerError> {
        self.try_add(rows, head).map_err(|error| ledger_error(&self.to, &error))
    }

    fn try_add(&self, rows: &[StoredEvent], (seq, hash): (u64, Digest)) -> Result<(), Error> {
        let mut connection = connect(self.temp.path(), Mode::Write)?;
        // Until it has its name nobody relies on it; `finish` flushes it.
        connection.execute_batch("PRAGMA synchronous = OFF")?;
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for row in rows {
            tx.prepare_cached(INSERT)?.execute(params![
                signed(row.seq),
                row.stream,
                signed(row.version),
                row.service,
                row.tag,
                row.at,
                row.actor,
                row.kind,
                row.prev,
                row.hash,
            ])?;
        }
        Tail { seq, hash }.save(&tx)?;
        tx.commit()
    }

    /// Copies another ledger file as it is at this moment, while others write to it.
    pub(super) fn copy_from(&self, source: &Path) -> Result<(), LedgerError> {
        let from = connect_to_read(source)?;
        let fail = |error: Error| ledger_error(&self.to, &error);
        // One read transaction over the whole copy: it sees one moment, and is never begun again.
        from.execute_batch("BEGIN").map_err(fail)?;
        from.query_row("SELECT seq FROM head", [], |row| row.get::<_, i64>(0))
            .map_err(|error| ledger_error(source, &error))?;
        let mut to = Connection::open(self.temp.path()).map_err(fail)?;
        let backup = Backup::new(&from, &mut to).map_err(fail)?;
        loop {
            match backup.step(PAGES).map_err(fail)? {
                StepResult::Done => break,
                StepResult::Busy | StepResult::Locked => {
                    std::thread::sleep(std::time::Duration::from_millis(10))
                }
                _ => {}
            }
        }
        drop(backup);
        drop(to);
        self.leave_out_snapshots().map_err(|error| ledger_error(&self.to, &error))?;
        self.single_file()
    }

    /// Snapshots are a cache that no hash covers: a copy has only what can be verified.
    fn leave_out_snapshots(&self) -> Result<(), Error> {
        connect(self.temp.path(), Mode::Write)?.execute_batch("DELETE FROM snapshots")
    }

    /// A backup is one file: it must not need a log beside it.
    fn single_file(&self) -> Result<(), LedgerError> {
        let fail = |error: Error| ledger_error(&self.to, &error);
        let connection = connect(self.temp.path(), Mode::Write).map_err(fail)?;
        connection.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(())).map_err(fail)
    }

    /// Flushes it and gives it its name.
    pub(crate) fn finish(self) -> Result<(), LedgerError> {
        let Self { temp, beside, to } = self;
        drop(beside);
        // SQLite wrote through handles of its own; this one sees the same file.
        let flushed =
            OpenOptions::new().write(true).open(temp.path()).and_then(|file| file.sync_all());
        flushed.and_then(|()| temp.place_new(&to)).map_err(|error| {
            if error.kind() == std::io::ErrorKind::AlreadyExists {
                exists(&to)
            } else {
                io_error(&to, "write a backup to", &error)
            }
        })
    }
}

fn exists(to: &Path) -> LedgerError {
    LedgerError::Unavailable {
        reason: format!(
            "{} exists already, and a backup overwrites nothing: name a new file",
            to.display()
        ),
    }
}

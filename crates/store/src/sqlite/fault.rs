//! What SQLite's errors mean for the ledger.

use std::path::Path;

use plimsoll_engine::ports::LedgerError;
use rusqlite::{Error, ErrorCode, ffi};

/// The index of the write-ahead log could not grow: there is no other cause than a full disk.
const IOERR_SHMSIZE: i32 = ffi::SQLITE_IOERR_SHMSIZE;

/// Says in words what happened and what to do.
pub(super) fn ledger_error(file: &Path, error: &Error) -> LedgerError {
    let shown = file.display();
    let unavailable = |reason: String| LedgerError::Unavailable { reason };
    let Error::SqliteFailure(code, message) = error else {
        return damaged(file, &error.to_string());
    };
    let words = message.clone().unwrap_or_else(|| code.to_string());
    match code.code {
        ErrorCode::DiskFull => unavailable(disk_full(file)),
        ErrorCode::SystemIoFailure if code.extended_code == IOERR_SHMSIZE => {
            unavailable(disk_full(file))
        }
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => unavailable(format!(
            "another process has kept {shown} locked for more than 10 s; try again, or look for one that hangs"
        )),
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => unavailable(format!(
            "{shown} cannot be written ({words}): make the file and its directory writable for this user"
        )),
        ErrorCode::CannotOpen => unavailable(format!(
            "{shown} cannot be opened ({words}): is its directory there, writable for this user, and not full?"
        )),
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => damaged(file, &words),
        ErrorCode::ConstraintViolation => LedgerError::Unusable {
            reason: format!(
                "the ledger {shown} refuses what is to be appended ({words}): see `plimsoll ledger verify`"
            ),
        },
        // A table or column that is not there, or holds something else.
        ErrorCode::Unknown | ErrorCode::TypeMismatch => damaged(file, &words),
        _ => unavailable(format!("{shown}: {words}")),
    }
}

/// It was a ledger once.
pub(super) fn damaged(file: &Path, words: &str) -> LedgerError {
    LedgerError::Unusable {
        reason: format!(
            "the ledger {} is damaged ({words}): keep a copy of it, and restore the newest backup",
            file.display()
        ),
    }
}

/// The sentence for a full disk.
pub(super) fn disk_full(file: &Path) -> String {
    format!(
        "the disk is full ({}): free some space and try again; nothing was written",
        file.display()
    )
}

/// What the operating system said.
pub(super) fn io_error(file: &Path, what: &str, error: &std::io::Error) -> LedgerError {
    let reason = if error.kind() == std::io::ErrorKind::StorageFull {
        disk_full(file)
    } else {
        format!("could not {what} {}: {error}", file.display())
    };
    LedgerError::Unavailable { reason }
}

/// Whether a failed commit may nevertheless be found after a crash: its bytes were handed to the
/// disk, and the flush was not confirmed.
pub(super) fn leaves_doubt(error: &Error) -> bool {
    matches!(error, Error::SqliteFailure(code, _)
        if code.extended_code == ffi::SQLITE_IOERR_FSYNC || code.extended_code == ffi::SQLITE_IOERR_DIR_FSYNC)
}

/// Whether somebody else held the file for too long.
pub(super) fn is_busy(error: &Error) -> bool {
    matches!(error, Error::SqliteFailure(code, _)
        if matches!(code.code, ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

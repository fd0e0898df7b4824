//! What PostgreSQL's errors mean for the ledger.

use std::error::Error as _;

use plimsoll_engine::ports::LedgerError;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

/// Says in words what happened and what to do. `name` is the URL without its password.
pub(super) fn ledger_error(name: &str, error: &Error) -> LedgerError {
    let unavailable = |reason: String| LedgerError::Unavailable { reason };
    let unusable = |reason: String| LedgerError::Unusable { reason };
    let Some(code) = error.code() else {
        return unavailable(format!(
            "PostgreSQL at {name} does not answer ({}): is it running?",
            words(error)
        ));
    };
    let said = words(error);
    match (code, &code.code()[..2]) {
        (&SqlState::DISK_FULL, _) => unavailable(format!(
            "the disk of PostgreSQL at {name} is full ({said}): free some space and try again; nothing was written"
        )),
        (&SqlState::READ_ONLY_SQL_TRANSACTION, _) => {
            unavailable(format!("PostgreSQL at {name} takes no writes ({said}): is it a standby?"))
        }
        (&SqlState::INVALID_CATALOG_NAME, _) => unusable(format!(
            "there is no such database at {name} ({said}): create it with createdb"
        )),
        (&SqlState::INSUFFICIENT_PRIVILEGE, _) => unusable(format!(
            "PostgreSQL at {name} does not permit it ({said}): the user needs CREATE on the database once, and all \
             rights on the schema plimsoll"
        )),
        (_, "28") => unusable(format!("PostgreSQL at {name} refuses the login ({said})")),
        // A table or column that is not there, or holds something else.
        (_, "42" | "22" | "23") => unusable(format!(
            "the ledger in PostgreSQL at {name} is not as plimsoll made it ({said}): see `plimsoll ledger verify`"
        )),
        (_, "XX") => {
            unusable(format!("the database at {name} is damaged ({said}): restore a backup"))
        }
        _ => unavailable(format!("PostgreSQL at {name} could not do it ({said})")),
    }
}

/// The sentence when there was no answer in time.
pub(super) fn too_slow(name: &str) -> LedgerError {
    LedgerError::Unavailable {
        reason: format!("PostgreSQL at {name} does not answer in time: is it running?"),
    }
}

/// What was said, with its cause.
pub(super) fn words(error: &Error) -> String {
    if let Some(said) = error.as_db_error() {
        return said.message().to_owned();
    }
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// Whether the connection is gone, so that another may do.
pub(super) fn is_gone(error: &Error) -> bool {
    match error.code() {
        None => true,
        Some(code) => matches!(
            *code,
            SqlState::ADMIN_SHUTDOWN
                | SqlState::CRASH_SHUTDOWN
                | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
        ),
    }
}

/// Whether a failed commit is known not to have taken place.
pub(super) fn is_rolled_back(error: &Error) -> bool {
    error.code().is_some_and(|code| matches!(&code.code()[..2], "23" | "25" | "40" | "53"))
}

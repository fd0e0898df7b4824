//! Numbered changes of the tables. The number of a ledger is how many it has been through.

use plimsoll_core::event::SCHEMA_VERSION;
use plimsoll_engine::ports::LedgerError;

/// One step from a version of the tables to the next.
pub(crate) struct Migration {
    /// What it does, for the log.
    pub(crate) name: &'static str,
    /// The shapes of events that are written from here on. A new shape of events is a migration
    /// even when no table changes: it is what makes an older plimsoll refuse the ledger.
    pub(crate) event_shapes: u32,
    /// On SQLite.
    pub(crate) sqlite: &'static str,
    /// On PostgreSQL, inside the schema `plimsoll`.
    pub(crate) postgres: &'static str,
}

/// All of them; append only.
pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    name: "events, head, snapshots, drivers",
    event_shapes: 1,
    sqlite: include_str!("sqlite/1_events.sql"),
    postgres: include_str!("postgres/1_events.sql"),
}];

const _: () = assert!(
    MIGRATIONS[MIGRATIONS.len() - 1].event_shapes == SCHEMA_VERSION,
    "the shapes of events changed: add a migration"
);

/// The steps that a ledger of `version` still has to go through.
///
/// # Errors
/// `Unusable` when it has been through more than are known here.
pub(crate) fn steps_from<'a>(
    place: &str,
    version: u64,
    list: &'a [Migration],
) -> Result<&'a [Migration], LedgerError> {
    usize::try_from(version).ok().and_then(|done| list.get(done..)).ok_or_else(|| LedgerError::Unusable {
        reason: format!(
            "the ledger {place} was written by a newer plimsoll (format {version}; this one knows formats up to {}): \
             use that version or a newer one; the ledger was not touched",
            list.len()
        ),
    })
}

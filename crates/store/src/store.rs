//! A ledger with what only its keeper needs.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use plimsoll_core::ids::ServiceName;
use plimsoll_engine::ports::{Ledger, LedgerError};

use crate::export::ExportError;
use crate::location::Location;
use crate::postgres::PostgresLedger;
use crate::sqlite::SqliteLedger;
use crate::verify::{Verified, VerifyError, VerifyProgress};

/// A ledger that can be verified, exported and backed up while it is in use.
#[async_trait]
pub trait Store: Ledger {
    /// Hashes every event again and compares, in bounded memory.
    ///
    /// # Errors
    /// `Chain` names the first event that was changed, is missing, or does not belong where it is.
    async fn verify(&self, progress: VerifyProgress<'_>) -> Result<Verified, VerifyError>;

    /// Whether the last event is the one that was written last. Cheap; [`open`] asks it, and every
    /// append does.
    ///
    /// # Errors
    /// `Unusable` names what is missing.
    async fn check_end(&self) -> Result<(), LedgerError>;

    /// Writes every event as a line of JSON: `seq`, `stream`, `version`, `at`, `actor`, `kind`,
    /// `prev`, `hash`. Returns how many.
    ///
    /// # Errors
    /// The ledger's, or the writer's; what was written until then is a beginning of the export.
    async fn export(&self, out: &mut (dyn Write + Send)) -> Result<u64, ExportError>;

    /// The services of which a state is put aside, by name.
    ///
    /// # Errors
    /// The ledger cannot be read.
    async fn snapshot_services(&self) -> Result<Vec<ServiceName>, LedgerError>;

    /// Throws the put-aside state of a service away; it is folded anew when it is needed.
    ///
    /// # Errors
    /// The ledger cannot be written.
    async fn remove_snapshot(&self, service: &ServiceName) -> Result<(), LedgerError>;

    /// Copies the ledger as it is at one moment into a new SQLite ledger: the file `to`, or
    /// `ledger.db` in it when it is a directory. Nothing that exists is overwritten. States that
    /// were put aside are left out: they are a cache, and a copy has only what can be verified.
    ///
    /// # Errors
    /// `Unavailable` when there is something already, or the disk is full: nothing is left behind.
    async fn backup(&self, to: &Path) -> Result<(), LedgerError>;
}

/// Opens a ledger; creates it when there is none. Needs a tokio runtime.
///
/// # Errors
/// `Unusable` when what is there is no ledger, a damaged one (its end cut off, for one), or one of a
/// newer version: it was not touched. `Unavailable` when it may work later.
pub async fn open(location: &Location) -> Result<Arc<dyn Store>, LedgerError> {
    let store = open_to_inspect(location).await?;
    store.check_end().await?;
    Ok(store)
}

/// Opens a ledger to verify or export it, also where its end was cut off. Nothing can be appended
/// to such a one.
///
/// # Errors
/// As [`open`], but for the end.
pub async fn open_to_inspect(location: &Location) -> Result<Arc<dyn Store>, LedgerError> {
    match location {
        Location::Directory(path) => Ok(Arc::new(SqliteLedger::open(path).await?)),
        Location::Postgres(url) => Ok(Arc::new(PostgresLedger::open(url).await?)),
    }
}

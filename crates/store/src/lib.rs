//! The ledger on SQLite and PostgreSQL, and blobs by content hash.
//!
//! [`open`] gives a [`Store`]: the engine's `Ledger` port with verifying, exporting and backing up
//! on top. Both databases keep the same texts, so the same chain of hashes verifies on either, and
//! a backup of a PostgreSQL ledger is a SQLite ledger.
//!
//! Appending goes through one writer for each process and store, which puts everything that waits
//! into one transaction: many appends share one flush to the disk, and a conflicting one fails
//! alone. Reading goes through connections of its own and never waits for the writer.

mod blobs;
mod content;
mod durable;
mod export;
mod location;
mod migration;
mod postgres;
mod sqlite;
mod store;
mod stored;
#[cfg(feature = "testing")]
pub mod testing;
mod verify;

pub use blobs::DirBlobs;
pub use content::{
    BackedUp, BackupError, ContentFault, ContentFaultKind, ContentsProgress, ContentsVerified,
    Depth, Weight, backup, verify_contents,
};
pub use export::{ExportError, export_to_file};
pub use location::{Location, LocationError};
pub use store::{Store, open, open_to_inspect};
pub use verify::{Verified, VerifyError, VerifyProgress};

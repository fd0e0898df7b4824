//! The ledger in a SQLite file.
//!
//! Write-ahead log with a flush for each commit, `BEGIN IMMEDIATE` for everything that writes, and
//! a wait of ten seconds for other processes: several commands at once on one ledger are normal.

mod append;
mod backup;
mod fault;
mod file;
mod ledger;
mod queries;
mod readers;
mod writer;

pub(crate) use backup::LedgerFile;
pub(crate) use ledger::SqliteLedger;

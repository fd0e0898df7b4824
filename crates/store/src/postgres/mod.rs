//! The ledger in a PostgreSQL database, in the schema `plimsoll`.
//!
//! Many servers and workers share it. Appends take their turn on the row in `plimsoll.head`, so
//! positions have no gaps; everything that waits in one process goes into one transaction. Changes
//! are told by `NOTIFY plimsoll`.

mod connect;
mod fault;
mod ledger;
mod listen;
mod queries;
mod tables;
mod writer;

pub(crate) use ledger::PostgresLedger;

//! Scenarios with the real binary, real processes, real sockets, a real nginx and a real PostgreSQL.
//!
//! Each module is one kind of trouble. `bed` makes the small world that a scenario happens in.

mod bad;
mod bed;
mod crashes;
mod faults;
mod forge;
mod hook;
mod keeping;
mod nasty;
mod output;
mod races;
mod recipes;
mod server;
mod trouble;
mod twins;

//! Scenarios with the real binary, real processes, real sockets, a real nginx and a real PostgreSQL.
//!
//! Each module is one kind of trouble. `bed` makes the small world that a scenario happens in.

mod bed;
mod faults;

//! Ports, the desk, and the tasks that drive promotions and checks.
//!
//! [`ports`] says what the engine needs of the outside; [`desk`] is the only place that loads,
//! decides and appends; [`tasks`] carry out what was decided. No database, no HTTP client, no
//! process is known here.

pub mod desk;
pub mod ports;
pub mod tasks;
pub mod words;

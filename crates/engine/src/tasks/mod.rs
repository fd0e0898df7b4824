//! What carries out: one folder or file a task. Every task can be dropped at any point and begun
//! again by another process; what it had done is in the ledger.

mod adopt;
mod drive;
mod forge;
mod heartbeat;
mod verify;
mod works;

pub use adopt::{AdoptRequest, AdoptedReport, TakenIn};
pub use drive::{Configuration, Ended};
pub use forge::{ForgeTeller, Round};
pub use verify::{Verified, VerifyRequest};
pub use works::{Driver, Drivers, WithDrivers, Works};

//! A whole fleet in memory: every port of the engine, seeded and without real time.
//!
//! Stories are told on it, and thousands of seeds of random faults: processes that die between any
//! two effects, commits whose answer is lost, deployers that fail or lie, targets that break while
//! they are watched. What must hold in every one of them is in [`invariants`].

mod blobs;
mod catalog;
mod chaos;
mod clock;
mod fleet;
mod forge;
pub mod invariants;
mod ledger;
mod rng;
mod world;

pub use catalog::{Shape, catalog};
pub use chaos::Chaos;
pub use forge::{DELIVERY, SIGNATURE, SimForge};
pub use rng::Rng;
pub use world::{Died, Levers, Sim, Touch};

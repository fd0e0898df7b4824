//! Several processes on one ledger, and people who change their mind.

mod at_once;
mod interrupts;

pub use at_once::one_of_two_wins;

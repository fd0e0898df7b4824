//! Commands of the user's: started in a group of their own, watched, bounded, and never left
//! behind.
//!
//! [`run()`] is the whole life of one command. What it leaves on disk while it lives
//! ([`RunRecord`]) lets [`reap()`] end it when plimsoll itself is gone.

mod capture;
mod companion;
mod ending;
mod group;
mod kernel;
pub(crate) mod life;
mod program;
mod reap;
mod record;
mod run;
mod spawner;

pub use capture::Capture;
pub(crate) use companion::{Companion, CompanionStart, find_program};
pub(crate) use ending::first_line;
pub use ending::{last_line, signal_name};
pub use reap::reap;
pub use record::{RunRecord, Scope};
pub use run::{Command, Leftovers, Ran, Streams, run};

#[cfg(test)]
mod tests;

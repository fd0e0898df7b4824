//! What a browser tells of a page, and what is wrong with it.
//!
//! Events of the DevTools protocol go into a [`Recorder`]; together with what a script saw on the
//! page itself ([`Seen`]) they become [`PageFacts`]; [`judge`] says what of it is not as expected.

mod address;
mod contest;
mod cut_short;
mod explain;
mod facts;
mod failure;
mod findings;
mod judge;
mod leftover;
mod looks;
mod lost;
mod place;
mod recorder;
mod same;
mod seen;
mod signature;

pub use address::{is_own, shown};
pub use contest::Contest;
pub use cut_short::is_cut_short;
pub use facts::{
    ConsoleKind, ConsoleLine, Effect, Font, PageFacts, Ranked, Redirect, Resource, StyleSheet,
};
pub use failure::Failure;
pub use findings::{Finding, Side};
pub use judge::{Expected, Strictness, judge};
pub use leftover::Leftover;
pub use looks::{KindLook, Unread, kept_share};
pub use place::foreign_host;
pub use recorder::Recorder;
pub use seen::{Seen, SeenEffect, SeenFaint, SeenKind, SeenSheet, SheetContent};
pub use signature::signature;

#[cfg(test)]
mod tests;

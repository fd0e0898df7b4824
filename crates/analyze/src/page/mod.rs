//! What a browser tells of a page, and what is wrong with it.
//!
//! Events of the DevTools protocol go into a [`Recorder`]; together with what a script saw on the
//! page itself ([`Seen`]) they become [`PageFacts`]; [`judge`] says what of it is not as expected.

mod declared;
mod explain;
mod facts;
mod failure;
mod fewer;
mod findings;
mod judge;
mod recorder;
mod seen;
mod signature;

pub use declared::Declared;
pub use facts::{
    ConsoleKind, ConsoleLine, Font, PageFacts, Ranked, Redirect, Resource, StyleSheet,
};
pub use failure::Failure;
pub use findings::{Finding, Side};
pub use judge::{Expected, Strictness, is_own, judge, shown};
pub use recorder::Recorder;
pub use seen::{Seen, SeenSheet, SheetContent};
pub use signature::signature;

#[cfg(test)]
mod tests;

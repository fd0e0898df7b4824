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
mod idle;
mod judge;
mod layout;
mod leftover;
mod lists;
mod looks;
mod lost;
mod place;
mod policy;
mod recorder;
mod same;
mod seen;
mod signature;
mod unfilled;

pub use address::{is_own, shown};
pub use contest::Contest;
pub use cut_short::is_cut_short;
pub use facts::{
    ConsoleKind, ConsoleLine, Effect, Font, PageFacts, Ranked, Redirect, Resource, StyleSheet,
};
pub use failure::Failure;
pub use findings::{Finding, Side};
pub use idle::{Idle, Unset};
pub use judge::{Expected, Strictness, judge};
pub use layout::{Direction, Gap};
pub use leftover::Leftover;
pub use lists::Listed;
pub use looks::{KindLook, Unread, kept_share};
pub use place::foreign_host;
pub use recorder::Recorder;
pub use seen::{Seen, SeenEffect, SeenFaint, SeenKind, SeenSheet, SeenSuspect, SheetContent};
pub use signature::signature;
pub use unfilled::{Blank, Unfilled};

#[cfg(test)]
mod tests;

//! The content that a ledger refers to: looked at, and copied with it.
//!
//! Events name content by its hash; a directory of a release is a list of further content. Each is
//! looked at once, for the first event that names it.

mod backup;
mod check;
mod fault;
mod named;
mod staging;

pub use backup::{BackedUp, BackupError, backup};
pub use check::{ContentsVerified, Depth, verify_contents};
pub use fault::{ContentFault, ContentFaultKind, Weight};
pub use named::ContentsProgress;
pub(crate) use staging::INCOMPLETE;

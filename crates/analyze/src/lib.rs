//! Bytes in, finding out: pure, bounded, and heavier than what `core` does.
//!
//! - [`calendar`]: when the events of a calendar file are on
//! - [`junit`]: the results of single tests, from the XML that test runners write
//! - [`page`]: what a browser tells of a page, and what is wrong with it
//! - [`picture`]: two pictures of a page, and what differs
//! - [`process`]: looks at a process, and whether it stayed up
//! - [`signature`]: a failure message without what changes from run to run
//! - [`twins`]: parts of files that must change together

pub mod calendar;
pub mod junit;
pub mod page;
pub mod picture;
pub mod process;
pub mod signature;
pub mod twins;

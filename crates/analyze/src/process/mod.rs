//! Looks at a process: what a service manager or a command tells of it, and what many looks come to.
//!
//! A process is its number *and* its beginning: numbers are given again, so a number alone says
//! nothing.

mod judge;
mod look;
mod told;
mod unit;

pub use judge::{Judged, Observed, judge};
pub use look::{Look, LookError, Running};
pub use told::parse_told;
pub use unit::{UNIT_PROPERTIES, parse_unit};

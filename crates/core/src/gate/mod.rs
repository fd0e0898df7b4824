//! The gate: may this release enter that environment, and if not, why?
//!
//! [`decide`] is pure. What has to be looked at outside (which version runs, whether artifacts are
//! there) is gathered before, as [`Facts`]. Only `decide` makes a [`Ruling`], and only a ruling
//! becomes a [`Pass`], which is what a plan asks for.

mod decide;
mod facts;
mod pass;

pub use decide::{Unaskable, decide};
pub use facts::{Facts, Question};
pub use pass::{Allowed, BreakGlass, BreakGlassError, Pass, Ruling};

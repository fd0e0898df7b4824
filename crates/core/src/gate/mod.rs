//! The gate: may this release enter that environment, and if not, why?
//!
//! [`decide`] is pure. What has to be looked at outside (which version runs, whether artifacts are
//! there) is gathered before, as [`Facts`]. Only `decide` makes a [`Ruling`], and only a ruling
//! becomes a [`Pass`], which is what a plan asks for.
//!
//! In here: `scene` looks everything up once, `rules` has one file for each rule, `answer`
//! collects what they say, `waivers` covers what people accepted, [`decide`] sums up.
//! [`calendar`] knows the freeze windows, `known` the known failures, [`condition`] the
//! expressions.

mod answer;
pub mod calendar;
pub mod condition;
mod decide;
mod facts;
mod known;
mod looks;
mod pass;
mod rules;
mod sameness;
mod scene;
mod verifying;
mod waivers;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub use decide::{Unaskable, counts, decide};
pub use facts::{Facts, Question};
pub use known::{is_known, led_by_new};
pub use looks::{Looks, looks};
pub use pass::{Allowed, BreakGlass, BreakGlassError, Pass, Ruling};
pub use rules::{made_up_by, verify_on, way_back};
pub use sameness::sameness;

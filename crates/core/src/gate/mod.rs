//! The gate: may this release enter that environment, and if not, why?
//!
//! [`decide`] is pure. What has to be looked at outside (which version runs, whether artifacts are
//! there) is gathered before, as [`Facts`].

mod facts;

pub use facts::{Facts, Question};

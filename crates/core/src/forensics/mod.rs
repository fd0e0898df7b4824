//! Finding out what is the matter, from what is known and what can be tried.

mod control;

pub use control::{Case, LastGood, Step, last_good, next};

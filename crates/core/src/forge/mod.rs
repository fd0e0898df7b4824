//! What a forge is told of a commit: how it stands ([`Standing`]), which statuses are due
//! ([`due_statuses`]), and what is answered to a deployment that waits ([`decide_answer`]).
//!
//! A commit is judged by the same answer that a push of it gets. Words are made in
//! [`say`](crate::say).

mod backoff;
mod due;
mod rule;
mod standing;
#[cfg(test)]
pub(crate) mod testing;

pub use backoff::{Pace, hangs_until, paused_until};
pub use due::due_statuses;
pub use rule::{MOST_REPORTS, decide_answer, rule_is_due};
pub use standing::{Standing, decisions, said_of, standing};

//! The rules, one a file. A new one is a file, a line in [`ALL`], and an element of the
//! configuration.

mod condition;
mod coverage;
mod evidence;
mod follow_up;
mod freeze;
mod hold;
mod release;
mod rolled_back;
mod sign_off;
mod soak;
mod way_back;

use super::answer::Answer;
use super::scene::Scene;

pub use follow_up::{made_up_by, verify_on};
pub(in crate::gate) use soak::deployed_at;
pub use way_back::way_back;

/// A rule: looks at the scene and says what it requires, and how that stands.
type Ask = fn(&Scene<'_>, &mut Answer);

/// Every rule. Conditions come last, because they can look at what the others found.
pub(super) const ALL: [Ask; 11] = [
    release::ask,
    rolled_back::ask,
    coverage::ask,
    evidence::ask,
    way_back::ask,
    follow_up::ask,
    sign_off::ask,
    soak::ask,
    hold::ask,
    freeze::ask,
    condition::ask,
];

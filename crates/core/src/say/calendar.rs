//! The calendar, in words.

use crate::ids::ReleaseId;
use crate::record::PlanKind;

use super::moves::plan_kind;
use super::page::capital;
use super::text::count;

/// What the calendar says of today, in one sentence.
#[must_use]
pub fn calendar_answer(in_force: usize, moving: usize, coming: usize) -> String {
    let now = match in_force {
        0 => "Nothing is frozen or held now".to_owned(),
        1 => "1 freeze or hold is in force".to_owned(),
        n => format!("{n} freezes and holds are in force"),
    };
    let moves = match moving {
        0 => String::new(),
        1 => ", 1 promotion is under way".to_owned(),
        n => format!(", {n} promotions are under way"),
    };
    let coming = match coming {
        0 => String::new(),
        n => format!("; {} in the next two weeks", count(n, "freeze")),
    };
    format!("{now}{moves}{coming}.")
}

/// A move as an entry of a calendar: `Promotion of shop@1.1`.
#[must_use]
pub fn move_title(kind: &PlanKind, release: &ReleaseId) -> String {
    format!("{} of {release}", capital(plan_kind(kind)))
}

//! All words for people, made from typed reasons.
//!
//! Terminal, page, commit status and API say the same, because they all take it from here. Every
//! sentence is a fragment without a capital and without a full stop, on one line, and free of
//! control characters, so that it fits into a table, a page and a log alike. Who reads, and where
//! on earth, is an argument ([`Reader`]): no clock and no zone is looked up.

mod board;
mod cause;
mod decision;
mod event;
mod group;
mod mark;
mod matrix;
mod moves;
mod next;
mod push;
mod remedy;
mod story;
mod summary;
mod target;
mod text;
mod time;
mod token;
mod twins;
mod why;

pub use board::{BoardRow, Seen, Standing, board, going, left_behind};
pub use cause::because;
pub use decision::{Counts, counts, met_lines};
pub use event::{EventLine, Weight, event};
pub use group::{Group, accepted, groups};
pub use mark::{Colour, Look, Mark, WAITING, look, mark};
pub use matrix::{Cell, Matrix, cell};
pub use moves::{
    changed, deploy_result, direction, end, end_look, end_mark, ending, observed, plan_kind,
    process, regression, regressions, signal_name,
};
pub use next::next;
pub use push::{
    push_again, push_summary, short_commit, stands, to_be_named, to_be_released, touched,
};
pub use remedy::make_up;
pub use story::{Story, Told};
pub use summary::{brief, summary};
pub use target::target_cell;
pub use text::{count, list, number, plural, safe, shorten};
pub use time::Reader;
pub use token::not_allowed;
pub use twins::{twin_change, twin_look, twin_next, twins_brief};
pub use why::{change_word, tier_word, why};

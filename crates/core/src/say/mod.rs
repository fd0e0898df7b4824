//! All words for people, made from typed reasons.
//!
//! Terminal, page, commit status and API say the same, because they all take it from here. Every
//! sentence is a fragment without a capital and without a full stop, on one line, and free of
//! control characters, so that it fits into a table, a page and a log alike. Who reads, and where
//! on earth, is an argument ([`Reader`]): no clock and no zone is looked up.

mod board;
mod calendar;
mod cause;
mod configured;
mod confirm;
mod decision;
mod event;
mod forge;
mod forge_lines;
mod gate_page;
mod group;
mod history;
mod lane;
mod mark;
mod matrix;
mod meaning;
mod moves;
mod next;
mod overview;
mod page;
mod plan;
mod promotion;
mod push;
mod release;
mod remedy;
mod run;
mod said;
mod service_page;
mod sign_off;
mod story;
mod summary;
mod target;
mod text;
mod time;
mod token;
mod twins;
mod why;

pub use board::{BoardRow, Seen, Standing, board, going, left_behind};
pub use calendar::{calendar_answer, move_title};
pub use cause::{because, with_cause};
pub use configured::{
    check_does, check_how, configured, promotion_policy, rule_asks, window_words,
};
pub use confirm::{
    CONFIRM_LEAD, ROLLBACK_LEAD, confirm_abort, confirm_promotion, confirm_rollback,
};
pub use decision::{Counts, counts, met_lines};
pub use event::{EventLine, Weight, event};
pub use forge::{forge_fault, forge_remedy, rule_comment, status_description, status_mark};
pub use forge_lines::{ForgeLine, forge_lines};
pub use gate_page::{
    InForce, InForceKind, as_of_then, freeze, good_until, hold, in_force, verdict_line,
    verdict_word,
};
pub use group::{Group, accepted, groups, met};
pub use history::history_answer;
pub use lane::{LaneLook, lane_look, newer_before, versions, waits_ahead};
pub use mark::{Colour, Look, Mark, WAITING, look, mark};
pub use matrix::{Awaited, Cell, Matrix, cell};
pub use meaning::{WAITING_MEANS, meaning};
pub use moves::{
    changed, deploy_result, direction, end, end_look, end_mark, ending, observed, plan_kind,
    process, regression, regressions, signal_name,
};
pub use next::next;
pub use overview::{all_well, extent, overview, tier_sum};
pub use page::{age, capital, http_title, thousands};
pub use plan::{plan_head, plan_lines, plan_loud};
pub use promotion::{Course, NOT_BEGUN, TargetCourse};
pub use push::{
    forced_release, push_place, push_summary, short_commit, stands, to_be_named, to_be_released,
    touched,
};
pub use release::{can_be_undone, kept_words, nothing_expected, passed_in_short, runs_nowhere};
pub use remedy::{make_up, report_command};
pub use run::{control_question, run_answer, run_meta, tally};
pub use said::said_of;
pub use service_page::{follow_up, service_answer, target_answer};
pub use sign_off::{
    confirm_waiver, holders, holds_no_role, sign_off_answer, sign_off_rule, signature,
};
pub use story::{Story, Told};
pub use summary::{brief, summary};
pub use target::target_cell;
pub use text::{count, list, number, plural, safe, shell_word, shorten};
pub use time::Reader;
pub use token::{not_allowed, scope, token_standing};
pub use twins::{twin_change, twin_look, twin_next, twins_brief};
pub use why::{change_word, tier_word, why};

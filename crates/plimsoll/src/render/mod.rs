//! What the terminal shows: pure functions from values of the core to text.
//!
//! The first line is the answer, the last is the next step. Everything comes with a mark and a
//! word, so that it reads the same without colour. Texts from outside are made safe on the way
//! ([`Style::text`]).

mod check;
mod contents;
mod gate;
mod history;
mod picture;
mod plan;
mod progress;
mod push;
mod show;
mod status;
mod style;
mod table;
mod twins;
mod verify;

pub use check::check_report;
pub use contents::{content_faults, contents};
pub use gate::gate;
pub use history::history;
pub use picture::{picture, pictures};
pub use plan::plan;
pub use progress::progress_line;
pub use push::{PUSH_WIDTH, PushScene, push};
pub use show::{
    show_deployment, show_event, show_promotion, show_release, show_run, show_service, show_target,
};
pub use status::{status, status_service};
pub use style::{Paint, Style};
pub use table::{Row, paragraph, table};
pub use twins::{twin_proposals, twins};
pub use verify::{matrix_table, verify_matrix};

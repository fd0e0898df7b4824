//! One file a verb: its arguments, and what it does with them.

pub mod abort;
pub mod adopt;
pub mod check;
pub mod completions;
mod confirm;
pub mod deploy;
mod drive;
pub mod follow_up;
pub mod freeze;
pub mod gate;
pub mod history;
pub mod hold;
pub mod hook;
pub mod init;
pub mod known_failure;
pub mod ledger;
pub mod man;
mod names;
mod nothing_to_do;
pub mod picture;
mod picture_page;
pub mod promote;
pub mod release;
pub mod report;
pub mod resume;
pub mod rollback;
pub mod schema;
pub mod show;
mod show_pictures;
pub mod sign_off;
pub mod status;
pub mod twins;
pub mod verify;
pub mod waive;

pub use nothing_to_do::nothing_to_do;

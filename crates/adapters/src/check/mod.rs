//! What is looked at on a target; each kind of check is a file.

pub mod command;
pub mod http;
pub mod page;
pub mod process;
pub mod twins;

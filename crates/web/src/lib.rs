//! The HTTP API and the pages of a plimsoll server.
//!
//! [`Site`] is what a server shows: a desk that can be exchanged for one under a newer
//! configuration. [`api`] has a file for each noun, [`pages`] one for each page, [`serve`] takes
//! connections, within limits. Who asks is a [`caller::Caller`], and what it may do is asked in every
//! handler that does something.

pub mod api;
mod assets;
mod body;
pub mod caller;
mod feed;
mod gate_answers;
mod guesses;
mod hooks;
mod limits;
mod listener;
mod metrics;
mod oidc;
mod origin;
pub mod pages;
mod patient;
mod peer;
mod problem;
mod rates;
mod serve;
mod site;
mod uses;

pub use oidc::{FetchKeys, SharedKeys};
pub use peer::Peer;
pub use problem::Problem;
pub use serve::{Limits, serve};
pub use site::{Settings, Site, Web, router};

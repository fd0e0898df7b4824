//! Text to typed configuration.
//!
//! [`load`] reads a file and those it includes and gives a
//! [`Catalog`](plimsoll_core::catalog::Catalog), or *all* that is wrong, each with its file, line,
//! column, the line itself and what to do. It goes in four steps, each a folder or file:
//!
//! `source` (bytes) → `text` (a tree in which every key and value knows its place) → `elements`
//! (one setting a file: its part of the table, its reader) → the catalog.
//!
//! The table of what can be written (`shape`) is the only one: unknown keys, [`schema`] and
//! [`reference_markdown`] are all made from it.

mod diagnostic;
mod elements;
mod load;
mod reader;
mod reference;
mod render;
mod report;
mod schema;
mod shape;
mod source;
mod starter;
#[cfg(test)]
mod testing;
mod text;

pub use diagnostic::{Diagnostic, Severity};
#[doc(hidden)]
pub use load::fuzz;
pub use load::{Loaded, load, load_texts};
pub use reference::reference_markdown;
pub use render::{headline, render_all};
pub use schema::schema;
pub use starter::{Starter, StarterSite, starter};

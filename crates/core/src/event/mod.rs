//! How things are written down: events, append-only and hash-chained.

mod chain;
mod content;
mod envelope;
mod kind;
mod stream;

pub use chain::{ChainFault, link_hash, verify_link};
pub use content::{Content, ContentRole};
pub use envelope::{Actor, Event, NewEvent};
pub use kind::{EventKind, PromotionEnd, Regression, RegressionCause, SCHEMA_VERSION};
pub use stream::{Stream, StreamError};

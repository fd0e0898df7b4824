//! Pictures: what is counted, what is told apart, and what is refused.

#![expect(clippy::unwrap_used, reason = "a test that meets what it did not expect may stop")]

mod broken;
mod canvas;
mod counts;
mod kinds;
mod properties;

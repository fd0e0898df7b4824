//! Pictures: what is counted, what is told apart, and what is refused.

mod broken;
mod canvas;
mod counts;
mod kinds;
mod properties;

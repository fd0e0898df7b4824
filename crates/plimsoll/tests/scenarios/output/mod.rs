//! What goes to standard output, and what it looks like there.

mod json;
mod text;
mod truth;

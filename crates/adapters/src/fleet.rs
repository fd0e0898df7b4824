//! The fleet port on the real world.

pub use crate::values::{ValueError, Values};

//! Processes that die: at every boundary between two effects, and in the middle of one.

mod boundaries;
mod changed;
mod orphans;

//! The gate as a whole, rule by rule.

mod calm;
mod evidence;
mod known;
mod pass;
mod peers;
mod people;
mod properties;
mod rolled_back;
mod sameness;
mod way_back;

//! The only place that loads, decides and appends.

//! The `http` check.

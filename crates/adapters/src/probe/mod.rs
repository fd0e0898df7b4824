//! One HTTP question, asked and timed.

//! What is wrong with a calendar file.

/// Something that is not understood, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CalendarError {
    /// The line, from 1; 0 when the whole file is meant.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl CalendarError {
    pub(super) fn at(line: usize, message: String) -> Self {
        Self { line, message }
    }
}

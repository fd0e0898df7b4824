//! One look at a process.

use plimsoll_core::Timestamp;
use plimsoll_core::record::Ending;
use serde::Serialize;

/// What one look saw.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Look {
    /// What runs; why nothing does, otherwise.
    pub process: Result<Running, String>,
    /// How often whoever starts it has started it again, if that is counted.
    pub restarts: Option<u64>,
    /// How the process before it, or the last one, ended, if somebody knows.
    pub ended: Option<Ending>,
}

/// A process that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Running {
    /// Its number.
    pub pid: u32,
    /// What its number together with this makes unmistakable: its beginning as whoever told it
    /// counts.
    pub began: String,
    /// Its beginning on the clock.
    pub started_at: Timestamp,
    /// The memory that it holds.
    pub memory_bytes: Option<u64>,
}

/// Why an answer about a process means nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LookError {
    /// It is no text.
    #[error("the answer is no text")]
    NoText,
    /// It is too long to be one.
    #[error("the answer has {0} bytes, and a process is told in less than 64 kB")]
    TooLong(usize),
    /// Neither a JSON object nor lines of `key=value`.
    #[error("`{0}` is neither JSON nor key=value")]
    Shape(String),
    /// A key that means nothing here.
    #[error("there is no key `{0}` (known: {1})")]
    UnknownKey(String, &'static str),
    /// A key twice.
    #[error("`{0}` is said twice")]
    Twice(String),
    /// A value that is none.
    #[error("`{1}` cannot be {0}")]
    Value(&'static str, String),
    /// Something is missing.
    #[error("`{0}` is missing")]
    Missing(&'static str),
}

impl Running {
    /// Whether it is this very process.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        (self.pid, &self.began) == (other.pid, &other.began)
    }
}

//! Why two pictures could not be compared.

use std::fmt;

/// Which of the two pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The one before.
    First,
    /// The one after.
    Second,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::First => "first",
            Self::Second => "second",
        })
    }
}

/// Nothing can be said about the two pictures: one of them is no whole picture.
///
/// The caller reports an errored comparison; it is never the same as "they differ".
#[derive(Debug, thiserror::Error)]
#[error("the {side} picture {fault}")]
pub struct PictureError {
    /// Which one.
    pub side: Side,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with a picture. Each reads on after "the picture".
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// It does not begin as a PNG does.
    #[error("is not a PNG")]
    NotPng,
    /// It is not a PNG from beginning to end.
    #[error("is broken: {0}")]
    Broken(String),
    /// It ends too early.
    #[error("is cut off: it ends before its picture does")]
    CutOff,
    /// It is bigger than what is compared within bounded memory and time.
    #[error("is too large: {0}")]
    TooLarge(String),
    /// Its bytes cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(#[source] std::io::Error),
}

impl Fault {
    /// What the decoder says, in these words.
    pub(super) fn of(error: png::DecodingError) -> Self {
        match error {
            png::DecodingError::IoError(error) => Self::of_io(error),
            png::DecodingError::Format(error) => Self::Broken(sentence(&error.to_string())),
            png::DecodingError::Parameter(error) => Self::Broken(sentence(&error.to_string())),
            png::DecodingError::LimitsExceeded => {
                Self::TooLarge("one of its chunks wants more memory than it may have".to_owned())
            }
        }
    }

    /// What reading says; an early end is its own fault.
    pub(super) fn of_io(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::UnexpectedEof {
            Self::CutOff
        } else {
            Self::Unreadable(error)
        }
    }

    /// The error, of that picture.
    pub(super) const fn on(self, side: Side) -> PictureError {
        PictureError { side, fault: self }
    }
}

/// The decoder's words without their full stop.
fn sentence(words: &str) -> String {
    words.trim_end_matches('.').to_owned()
}

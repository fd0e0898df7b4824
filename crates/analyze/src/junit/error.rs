//! Why a file is no JUnit report.

use std::fmt;

/// A place in a text, for people: both count from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

impl Place {
    /// The place of a byte; the end when it lies beyond.
    #[must_use]
    pub fn of(bytes: &[u8], offset: usize) -> Self {
        let before = &bytes[..offset.min(bytes.len())];
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        Self {
            line: before.iter().filter(|byte| **byte == b'\n').count() + 1,
            column: String::from_utf8_lossy(&before[line_start..]).chars().count() + 1,
        }
    }
}

/// Places of a text that come one after the other, each counted from the one before: a file may ask
/// for as many as it has elements.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reached {
    offset: usize,
    place: Place,
}

impl Default for Reached {
    fn default() -> Self {
        Self { offset: 0, place: Place { line: 1, column: 1 } }
    }
}

impl Reached {
    /// Goes on to a byte that is not before this one.
    pub(super) fn upto(self, bytes: &[u8], offset: usize) -> Self {
        let offset = offset.clamp(self.offset, bytes.len().max(self.offset));
        let passed = bytes.get(self.offset..offset).unwrap_or_default();
        let there = Place::of(passed, passed.len());
        let Place { line, column } = self.place;
        let place = match there.line {
            1 => Place { line, column: column + there.column - 1 },
            lines => Place { line: line + lines - 1, column: there.column },
        };
        Self { offset, place }
    }

    /// Which place it is.
    pub(super) fn place(self) -> Place {
        self.place
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Why a file is no JUnit report. None of it says anything about the release: a check that meets
/// one is *errored*, and nothing of the file is used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JunitError {
    /// Nothing is in it.
    #[error("the JUnit file is empty; the test run probably ended before it was written")]
    Empty,
    /// It is larger than is read.
    #[error("the JUnit file has {bytes} bytes, more than the {limit} that are read")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// It has more cases than are kept.
    #[error("the JUnit file has more than {limit} test cases")]
    TooManyCases {
        /// The limit.
        limit: usize,
    },
    /// Its elements are nested too deeply.
    #[error("the JUnit file nests elements more than {limit} deep at {place}")]
    TooDeep {
        /// The limit.
        limit: usize,
        /// Where.
        place: Place,
    },
    /// It is in another encoding.
    #[error("the JUnit file is not UTF-8 text at {place}")]
    NotUtf8 {
        /// Where.
        place: Place,
    },
    /// It is something else.
    #[error(
        "the file is not XML: at {place} stands text where `<testsuites>` or `<testsuite>` belongs"
    )]
    NotXml {
        /// Where.
        place: Place,
    },
    /// It is XML of another kind.
    #[error(
        "the file is not a JUnit report: its root is `<{root}>`, not `<testsuites>` or `<testsuite>`"
    )]
    UnknownRoot {
        /// What the root is.
        root: String,
    },
    /// It ends too early.
    #[error(
        "the JUnit file is truncated at {place}, inside `<{inside}>`; the test run probably was killed"
    )]
    Truncated {
        /// Where it ends.
        place: Place,
        /// The innermost element that is open.
        inside: String,
    },
    /// It declares entities or an external document.
    #[error(
        "the JUnit file has a DOCTYPE at {place}, which is refused: it could make a small file huge or read other files"
    )]
    Doctype {
        /// Where.
        place: Place,
    },
    /// It uses an entity that is not one of XML's own five.
    #[error("the JUnit file uses the entity `&{entity};` at {place}, which is refused")]
    Entity {
        /// Its name.
        entity: String,
        /// Where.
        place: Place,
    },
    /// A case has neither `name` nor `classname`.
    #[error("the JUnit file has a `<testcase>` without a name at {place}")]
    Unnamed {
        /// Where.
        place: Place,
    },
    /// It is broken in another way.
    #[error("the JUnit file is malformed at {place}: {why}")]
    Malformed {
        /// Where.
        place: Place,
        /// In which way.
        why: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_that_follow_each_other_are_those_that_are_counted_from_the_beginning() {
        let text = "<a>\n  <b/>ü\n\n<c>é</c><d/>\n".as_bytes();
        let mut reached = Reached::default();
        for offset in [0, 1, 3, 4, 6, 10, 12, 13, 14, 17, 19, 23, text.len(), text.len() + 9] {
            reached = reached.upto(text, offset);
            assert_eq!(reached.place(), Place::of(text, offset), "at byte {offset}");
        }
    }
}

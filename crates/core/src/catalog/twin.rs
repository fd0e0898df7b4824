//! Twins: parts of files that must change together.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::ids::PlatformName;

use super::{Selector, SelectorError};

/// Two parts that say the same for two platforms: what changes in one, changes in the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TwinPair {
    /// One part.
    pub left: TwinPart,
    /// The other.
    pub right: TwinPart,
    /// The folder of the repository that the right part is in, relative to the configuration;
    /// the same repository when absent.
    pub right_in: Option<String>,
    /// The platforms that the two stand for, left first; only for people.
    pub platforms: Vec<PlatformName>,
    /// From the left spelling to the right one, one after the other.
    pub mapping: Vec<Respelling>,
    /// Differences that somebody has accepted.
    pub accepted: Vec<AcceptedDifference>,
}

impl TwinPair {
    /// A pair of two parts in one repository, spelled the same.
    #[must_use]
    pub const fn new(left: TwinPart, right: TwinPart) -> Self {
        Self {
            left,
            right,
            right_in: None,
            platforms: Vec::new(),
            mapping: Vec::new(),
            accepted: Vec::new(),
        }
    }
}

/// A part of a file: `composer.json#/scripts/site:global`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TwinPart {
    /// The file, relative to the configuration. *Checked*: not absolute.
    pub file: String,
    /// Which part of it.
    pub selector: Selector,
}

/// How a text of the left side is spelled on the right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Respelling {
    /// Every place where the first text stands becomes the second.
    Text {
        /// As on the left.
        from: String,
        /// As on the right.
        to: String,
    },
    /// Every match becomes the replacement, in which `$1` is a group. *Checked*: it compiles.
    Regex {
        /// What matches on the left.
        from: String,
        /// What it becomes.
        to: String,
    },
}

impl Respelling {
    /// As written: a first text that begins with `re:` is a regular expression.
    #[must_use]
    pub fn new(from: &str, to: &str) -> Self {
        match from.strip_prefix("re:") {
            Some(from) => Self::Regex { from: from.to_owned(), to: to.to_owned() },
            None => Self::Text { from: from.to_owned(), to: to.to_owned() },
        }
    }
}

/// A difference that somebody has accepted until a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedDifference {
    /// The item, or the place of it inside the part; `*` stands for any text.
    pub item: String,
    /// Why.
    pub reason: String,
    /// The last day, in UTC, on which it is accepted.
    pub until: Date,
}

/// A text that names no part of a file, or no pair of parts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TwinPartError {
    /// There is no file.
    #[error("`{0}` names no file: write FILE#PART")]
    NoFile(String),
    /// The file is named by an absolute path.
    #[error("`{0}` is absolute: write the path relative to the repository")]
    Absolute(String),
    /// What stands after `#` selects nothing.
    #[error(transparent)]
    Selector(#[from] SelectorError),
    /// It is not two parts.
    #[error("`{0}` is no pair: write  FILE#PART = FILE#PART")]
    NoPair(String),
    /// Both parts are the same.
    #[error("`{0}` is its own twin: name two different parts")]
    Itself(String),
}

impl FromStr for TwinPart {
    type Err = TwinPartError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let (file, selector) =
            text.split_once('#').map_or((text, None), |(file, part)| (file, Some(part)));
        let file = file.trim();
        if file.is_empty() || file.contains(char::is_control) {
            return Err(TwinPartError::NoFile(shown(text)));
        }
        if file.starts_with('/') {
            return Err(TwinPartError::Absolute(shown(file)));
        }
        let selector = selector.map_or(Ok(Selector::Whole), str::parse)?;
        Ok(Self { file: file.trim_start_matches("./").to_owned(), selector })
    }
}

impl fmt::Display for TwinPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.selector {
            Selector::Whole => f.write_str(&self.file),
            selector => write!(f, "{}#{selector}", self.file),
        }
    }
}

impl FromStr for TwinPair {
    type Err = TwinPartError;

    /// `FILE#PART = FILE#PART`; on the right, `#PART` alone is in the same file.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let no_pair = || TwinPartError::NoPair(shown(text));
        let sides: Vec<&str> = match text.matches(" = ").count() {
            0 => text.split('=').collect(),
            _ => text.split(" = ").collect(),
        };
        let [left, right] = sides.as_slice() else { return Err(no_pair()) };
        let left: TwinPart = left.parse()?;
        let right = right.trim();
        let right: TwinPart = if right.starts_with('#') {
            format!("{}{right}", left.file).parse()?
        } else {
            right.parse()?
        };
        if left == right {
            return Err(TwinPartError::Itself(left.to_string()));
        }
        Ok(Self::new(left, right))
    }
}

impl fmt::Display for TwinPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.right_in {
            Some(folder) => write!(f, "{} = {}/{}", self.left, folder, self.right),
            None => write!(f, "{} = {}", self.left, self.right),
        }
    }
}

impl TryFrom<String> for TwinPart {
    type Error = TwinPartError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<TwinPart> for String {
    fn from(part: TwinPart) -> Self {
        part.to_string()
    }
}

/// The names of the files that the pairs speak of, each once.
#[must_use]
pub fn twin_files(pairs: &[TwinPair]) -> BTreeSet<&str> {
    pairs.iter().flat_map(|pair| [pair.left.file.as_str(), pair.right.file.as_str()]).collect()
}

pub(super) fn shown(text: &str) -> String {
    text.chars().take(80).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_written_as_two_parts() {
        let pair: TwinPair =
            "composer.json#/scripts/site-update = composer.json#/scripts/site:global"
                .parse()
                .expect("a pair");
        assert_eq!(pair.right.to_string(), "composer.json#/scripts/site:global");
        assert_eq!(
            "composer.json#/a = #/b".parse::<TwinPair>().expect("a pair").right.file,
            "composer.json"
        );
        assert_eq!(
            "a.yaml=b.yaml".parse::<TwinPair>().expect("a pair").to_string(),
            "a.yaml = b.yaml"
        );
        assert_eq!(
            "./a.txt#between:# a = b..# end = b.txt".parse::<TwinPair>().map_err(|e| e.to_string()),
            Err(
                "`./a.txt#between:# a = b..# end = b.txt` is no pair: write  FILE#PART = FILE#PART"
                    .to_owned()
            )
        );
    }

    #[test]
    fn what_is_no_pair_is_refused() {
        for bad in [
            "",
            "a.json",
            "a.json = ",
            " = b.json",
            "a.json = /etc/passwd",
            "a = b = c",
            "a#/x = a#/x",
            "a#/~2 = b",
        ] {
            assert!(bad.parse::<TwinPair>().is_err(), "{bad}");
        }
    }
}

//! From bytes to a tree, one file a format.

mod ini;
mod json;
mod lines;
mod toml;
mod yaml;

use plimsoll_core::catalog::PartFormat;

use super::node::Node;

pub use lines::{between, lines};

/// The largest file that is read.
///
/// # Units
/// Bytes.
pub const LARGEST_BYTES: usize = 4 << 20;

/// The deepest nesting that is read.
const DEEPEST: usize = 100;

/// The most values in a file, each YAML alias counted as what it stands for.
const MOST_VALUES: usize = 400_000;

/// Why a part cannot be read. It says nothing about the change: whoever meets it does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PartError {
    /// It is larger than is read.
    #[error("it has {bytes} bytes, more than the {LARGEST_BYTES} that are read")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// It is no text.
    #[error("it is binary: a NUL byte stands in it")]
    Binary,
    /// It is in another encoding.
    #[error("it is not UTF-8 in line {line}")]
    NotUtf8 {
        /// The first line that is not.
        line: usize,
    },
    /// It is not what its name says.
    #[error("it is not valid {format}: {why}")]
    Malformed {
        /// What its name says.
        format: &'static str,
        /// What the parser says.
        why: String,
    },
    /// A path is asked for in a file of lines.
    #[error(
        "nothing is known about the format of this name: write json:, yaml:, toml: or ini: before the path"
    )]
    NoFormat,
    /// A section is asked for in something else than ini.
    #[error("only ini files have sections")]
    NoSections,
    /// A marker stands more than once, or the end before the beginning.
    #[error("{0}")]
    Markers(String),
    /// A key stands in several sections.
    #[error("`{key}` stands in {sections} sections: write [section]{key}")]
    Ambiguous {
        /// The key.
        key: String,
        /// In how many.
        sections: usize,
    },
}

/// The text of a file.
///
/// # Errors
/// It is too large, binary, or not UTF-8.
pub fn text(bytes: &[u8]) -> Result<&str, PartError> {
    if bytes.len() > LARGEST_BYTES {
        return Err(PartError::TooLarge { bytes: bytes.len() });
    }
    if bytes.contains(&0) {
        return Err(PartError::Binary);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        PartError::NotUtf8 { line: before.split(|byte| *byte == b'\n').count() }
    })
}

/// The whole file as a tree.
///
/// # Errors
/// It is not what the format says.
pub fn tree(text: &str, format: PartFormat) -> Result<Node, PartError> {
    match format {
        PartFormat::Json => json::parse(text),
        PartFormat::Yaml => yaml::parse(text),
        PartFormat::Toml => toml::parse(text),
        PartFormat::Ini => ini::parse(text),
    }
}

fn malformed(format: &'static str, why: impl Into<String>) -> PartError {
    PartError::Malformed { format, why: why.into() }
}

//! Which part of a file is meant.

use std::fmt;
use std::str::FromStr;

use super::twin::shown;

/// Which part of a file is meant; what stands after `#`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Selector {
    /// All of it: as JSON, YAML, TOML or ini where the name says so, else as lines.
    Whole,
    /// All of its lines, whatever its name says: `lines`.
    Lines,
    /// The lines between two that contain these texts, exclusive: `between:START..END`.
    Between {
        /// What the line before the first contains.
        start: String,
        /// What the line after the last contains.
        end: String,
    },
    /// The value at a path, in the format that the name of the file says.
    Path(PartPath),
    /// The value at a path, in this format.
    In(PartFormat, PartPath),
}

/// A path into a tree, as written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartPath {
    /// A JSON pointer: `/scripts/site:global`; all when empty.
    Pointer(Vec<String>),
    /// Keys with dots: `jobs.build.steps[0]`.
    Dotted(String, Vec<String>),
    /// A section of an ini file, and perhaps a key in it: `[opcache]`, `[opcache]enable`.
    Section(String, Option<String>),
}

/// A format with parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartFormat {
    /// JSON.
    Json,
    /// YAML.
    Yaml,
    /// TOML.
    Toml,
    /// Ini, properties and environment files.
    Ini,
}

/// A text that selects nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectorError {
    /// Nothing stands after `#`.
    #[error("nothing stands after `#`: write a path, `lines`, or leave `#` out")]
    Empty,
    /// It is no JSON pointer.
    #[error("`{0}` is no JSON pointer: `~` is written ~0 and `/` in a key ~1")]
    Pointer(String),
    /// A quote or bracket is not closed, or a key is empty.
    #[error("`{0}` is no path: write keys with dots between, quoted where they hold dots")]
    Dotted(String),
    /// The section is not closed.
    #[error("`{0}` names no section: write [section] or [section]key")]
    Section(String),
    /// A marker is missing.
    #[error("`{0}` lacks a marker: write between:START..END")]
    Between(String),
}

impl PartFormat {
    const WORDS: [(&'static str, Self); 4] =
        [("json", Self::Json), ("yaml", Self::Yaml), ("toml", Self::Toml), ("ini", Self::Ini)];

    /// The format that the name of a file says.
    #[must_use]
    pub fn of_name(file: &str) -> Option<Self> {
        let name = file.rsplit('/').next().unwrap_or(file).to_ascii_lowercase();
        match name.as_str() {
            "composer.lock" | "pipfile.lock" | "flake.lock" | ".babelrc" | ".eslintrc" => {
                return Some(Self::Json);
            }
            "cargo.lock" | "poetry.lock" | "pipfile" | "uv.lock" => return Some(Self::Toml),
            ".gitconfig" | ".editorconfig" | ".npmrc" => return Some(Self::Ini),
            name if name == ".env" || name.starts_with(".env.") => return Some(Self::Ini),
            _ => {}
        }
        match name.rsplit_once('.')?.1 {
            "json" | "webmanifest" => Some(Self::Json),
            "yaml" | "yml" => Some(Self::Yaml),
            "toml" => Some(Self::Toml),
            "ini" | "cfg" | "properties" | "env" | "service" | "timer" | "socket" | "desktop" => {
                Some(Self::Ini)
            }
            _ => None,
        }
    }

    /// Its word, as before a path.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Yaml => "yaml",
            Self::Toml => "toml",
            Self::Ini => "ini",
        }
    }
}

impl FromStr for Selector {
    type Err = SelectorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            return Err(SelectorError::Empty);
        }
        if text == "lines" {
            return Ok(Self::Lines);
        }
        if let Some(markers) = text.strip_prefix("between:") {
            return match markers.split_once("..") {
                Some((start, end)) if !start.trim().is_empty() && !end.trim().is_empty() => {
                    Ok(Self::Between { start: start.to_owned(), end: end.to_owned() })
                }
                Some(_) | None => Err(SelectorError::Between(shown(text))),
            };
        }
        for (word, format) in PartFormat::WORDS {
            if let Some(rest) = text.strip_prefix(word).and_then(|rest| rest.strip_prefix(':')) {
                return Ok(Self::In(format, rest.parse()?));
            }
        }
        Ok(Self::Path(text.parse()?))
    }
}

impl FromStr for PartPath {
    type Err = SelectorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() || text.starts_with('/') {
            return pointer(text).map(Self::Pointer);
        }
        if let Some(rest) = text.strip_prefix('[')
            && !rest.starts_with(|c: char| c.is_ascii_digit() && rest.contains("]."))
        {
            let fail = || SelectorError::Section(shown(text));
            let (section, key) = rest.split_once(']').ok_or_else(fail)?;
            let key = key.trim_start_matches(['.', '/']);
            if section.trim().is_empty() {
                return Err(fail());
            }
            return Ok(Self::Section(
                section.trim().to_owned(),
                (!key.is_empty()).then(|| key.to_owned()),
            ));
        }
        dotted(text)
            .map(|keys| Self::Dotted(text.to_owned(), keys))
            .ok_or_else(|| SelectorError::Dotted(shown(text)))
    }
}

fn pointer(text: &str) -> Result<Vec<String>, SelectorError> {
    let escapes = text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
    if !escapes {
        return Err(SelectorError::Pointer(shown(text)));
    }
    Ok(text.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~")).collect())
}

/// The keys of `a."b.c"[0].d`.
fn dotted(text: &str) -> Option<Vec<String>> {
    let mut keys = Vec::new();
    let mut rest = text;
    loop {
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (key, after) = match quote {
            Some(quote) => rest[1..].split_once(quote)?,
            None => rest.split_at(rest.find(['.', '[']).unwrap_or(rest.len())),
        };
        if !(key.is_empty() && keys.is_empty() && after.starts_with('[')) {
            if key.is_empty() && quote.is_none() {
                return None;
            }
            keys.push(key.to_owned());
        }
        rest = after;
        while let Some(inside) = rest.strip_prefix('[') {
            let (index, after) = inside.split_once(']')?;
            if index.is_empty() || !index.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            keys.push(index.to_owned());
            rest = after;
        }
        match rest.strip_prefix('.') {
            Some(after) => rest = after,
            None if rest.is_empty() => return Some(keys),
            None => return None,
        }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => Ok(()),
            Self::Lines => f.write_str("lines"),
            Self::Between { start, end } => write!(f, "between:{start}..{end}"),
            Self::Path(path) => path.fmt(f),
            Self::In(format, path) => write!(f, "{}:{path}", format.word()),
        }
    }
}

impl fmt::Display for PartPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pointer(keys) => {
                keys.iter().try_for_each(|key| write!(f, "/{}", escape_key(key)))
            }
            Self::Dotted(text, _) => f.write_str(text),
            Self::Section(section, None) => write!(f, "[{section}]"),
            Self::Section(section, Some(key)) => write!(f, "[{section}]{key}"),
        }
    }
}

/// A key as it stands in a JSON pointer.
#[must_use]
pub fn escape_key(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_round_trip() {
        for text in [
            "/scripts/site:global",
            "/a~1b/~0/0",
            "jobs.build.steps",
            "a.\"b.c\"[0].d",
            "[opcache]",
            "[opcache]enable",
            "opcache.enable",
            "lines",
            "between:# a..# b",
            "yaml:/a",
            "toml:package.version",
        ] {
            let selector: Selector = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(selector.to_string(), text);
        }
    }

    #[test]
    fn keys_are_taken_apart() {
        assert_eq!(
            dotted("a.\"b.c\"[0].d"),
            Some(["a", "b.c", "0", "d"].map(str::to_owned).to_vec())
        );
        assert_eq!(pointer("/a~1b//~01"), Ok(["a/b", "", "~1"].map(str::to_owned).to_vec()));
        assert_eq!(
            "[0].spec".parse(),
            Ok(PartPath::Dotted("[0].spec".into(), vec!["0".into(), "spec".into()]))
        );
    }

    #[test]
    fn what_selects_nothing_is_refused() {
        for bad in [
            "",
            "/a~2",
            "a..b",
            "a[x]",
            "a[0",
            "[open",
            "[]",
            "between:..b",
            "between:a",
            "a.",
            ".a",
            "a[0]b",
            "'a",
        ] {
            assert!(bad.parse::<Selector>().is_err(), "{bad}");
        }
    }
}

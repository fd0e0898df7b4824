//! Paths inside a directory, with stars.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Which paths inside a directory are meant: `cache/**`, `*.log`, `**/tmp/*`. `*` is anything
/// within one part, `**` any parts; nothing else is special.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PathPattern(String);

/// A text that means no path inside a directory.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathPatternError {
    /// It does not lie inside: it is absolute, has `..`, or has an empty part.
    #[error("`{0}` is no path inside the directory")]
    Outside(String),
    /// `**` stands beside something else.
    #[error("`**` must be a whole part of the path in `{0}`")]
    DoubleStar(String),
}

impl PathPattern {
    /// Whether a path, relative and with `/` between its parts, is meant.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        // A push may change a hundred thousand files, and most patterns begin with a folder.
        let (start, _) = self.0.split_once('*').unwrap_or((&self.0, ""));
        if !path.starts_with(start) {
            return false;
        }
        let pattern: Vec<&str> = self.0.split('/').collect();
        let path: Vec<&str> = path.split('/').collect();
        parts_match(&pattern, &path)
    }

    /// As written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn parts_match(pattern: &[&str], path: &[&str]) -> bool {
    match pattern.split_first() {
        None => path.is_empty(),
        // At the end it is everything below, and not the directory itself.
        Some((&"**", [])) => !path.is_empty(),
        Some((&"**", rest)) => (0..=path.len()).any(|skipped| parts_match(rest, &path[skipped..])),
        Some((first, rest)) => path
            .split_first()
            .is_some_and(|(part, others)| part_matches(first, part) && parts_match(rest, others)),
    }
}

fn part_matches(pattern: &str, part: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == part };
    let Some(mut left) = part.strip_prefix(start) else { return false };
    let mut pieces: Vec<&str> = rest.split('*').collect();
    let end = pieces.pop().unwrap_or_default();
    for piece in pieces {
        let Some(at) = left.find(piece) else { return false };
        left = &left[at + piece.len()..];
    }
    left.ends_with(end)
}

impl FromStr for PathPattern {
    type Err = PathPatternError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let shown = || text.chars().take(80).collect();
        let odd = |part: &str| part.is_empty() || part == "." || part == "..";
        if text.chars().any(char::is_control) || text.split('/').any(odd) {
            return Err(PathPatternError::Outside(shown()));
        }
        if text.split('/').any(|part| part.contains("**") && part != "**") {
            return Err(PathPatternError::DoubleStar(shown()));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for PathPattern {
    type Error = PathPatternError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<PathPattern> for String {
    fn from(pattern: PathPattern) -> Self {
        pattern.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stay_within_a_part_and_double_stars_do_not() {
        for (pattern, path, expected) in [
            ("uploads/**", "uploads/a.jpg", true),
            ("uploads/**", "uploads/2026/11/a.jpg", true),
            ("uploads/**", "uploads", false),
            ("uploads/**", "my/uploads/a.jpg", false),
            ("*.log", "error.log", true),
            ("*.log", "logs/error.log", false),
            ("**/*.log", "error.log", true),
            ("**/*.log", "a/b/error.log", true),
            ("**/tmp/**", "a/tmp/b/c", true),
            ("a/*/c", "a/b/c", true),
            ("a/*/c", "a/b/b/c", false),
            ("a*c*e", "abcde", true),
            ("a*c*e", "abde", false),
            ("a*ab", "ab", false),
            ("**", "anything/at/all", true),
            ("index.html", "index.html", true),
            ("index.html", "index.htm", false),
        ] {
            let parsed: PathPattern = pattern.parse().expect("a pattern");
            assert_eq!(parsed.matches(path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn patterns_that_lie_outside_or_are_unclear_are_refused() {
        for text in ["", "/srv/**", "../x", "a//b", "a/./b", "a/", "a\nb"] {
            assert!(
                matches!(text.parse::<PathPattern>(), Err(PathPatternError::Outside(_))),
                "{text}"
            );
        }
        assert!(matches!("a**/b".parse::<PathPattern>(), Err(PathPatternError::DoubleStar(_))));
    }
}

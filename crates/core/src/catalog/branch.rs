//! Branches of git repositories.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

const HEADS: &str = "refs/heads/";

/// The longest name of a branch, in bytes. Git has no limit; file systems have, and answers stay
/// readable.
const LONGEST: usize = 200;

/// A branch, by its full ref: `refs/heads/production`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BranchRef(Box<str>);

/// A text that names no branch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BranchRefError {
    /// A tag, a note, or another kind of ref.
    #[error("`{0}` is no branch")]
    Elsewhere(String),
    /// Git would not take it for a name.
    #[error("`{0}` cannot be the name of a branch")]
    NoName(String),
}

impl BranchRef {
    /// The full ref.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as people say it: `production`.
    #[must_use]
    pub fn short(&self) -> &str {
        self.0.strip_prefix(HEADS).unwrap_or(&self.0)
    }
}

/// What `git check-ref-format` asks of a name, and that it is no option.
fn is_name(name: &str) -> bool {
    let odd = |c: char| c.is_control() || " ~^:?*[\\".contains(c);
    let part = |part: &str| {
        let lock = std::path::Path::new(part).extension().is_some_and(|end| end == "lock");
        !part.is_empty() && !part.starts_with('.') && !lock
    };
    name.len() <= LONGEST
        && name != "@"
        && !name.starts_with('-')
        && !name.ends_with('.')
        && !name.contains("..")
        && !name.contains("@{")
        && !name.contains(odd)
        && name.split('/').all(part)
}

impl FromStr for BranchRef {
    type Err = BranchRefError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let shown = || text.chars().take(80).flat_map(char::escape_debug).collect();
        let name = match text.strip_prefix(HEADS) {
            Some(name) => name,
            None if text.starts_with("refs/") => return Err(BranchRefError::Elsewhere(shown())),
            None => text,
        };
        if !is_name(name) {
            return Err(BranchRefError::NoName(shown()));
        }
        Ok(Self(format!("{HEADS}{name}").into()))
    }
}

impl fmt::Display for BranchRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.short())
    }
}

impl TryFrom<String> for BranchRef {
    type Error = BranchRefError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<BranchRef> for String {
    fn from(branch: BranchRef) -> Self {
        branch.0.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_is_named_in_short_or_in_full() {
        for (text, full) in [
            ("production", "refs/heads/production"),
            ("refs/heads/release/1.x", "refs/heads/release/1.x"),
            ("heads/x", "refs/heads/heads/x"),
            ("größe", "refs/heads/größe"),
        ] {
            let branch: BranchRef = text.parse().expect(text);
            assert_eq!((branch.as_str(), branch.short()), (full, &full[11..]));
        }
    }

    #[test]
    fn what_git_would_not_take_is_no_branch() {
        assert!(matches!("refs/tags/v1".parse::<BranchRef>(), Err(BranchRefError::Elsewhere(_))));
        for text in [
            "",
            "a b",
            "-x",
            "a..b",
            "a/",
            "/a",
            "a//b",
            ".a",
            "a/.b",
            "a.lock",
            "a.lock/b",
            "a.",
            "@",
            "a@{b",
            "a^",
            "a:b",
            "a?b",
            "a*b",
            "a[b",
            "a\\b",
            "a\nb",
            "refs/heads/",
        ] {
            let error = text.parse::<BranchRef>().expect_err(text).to_string();
            assert!(error.contains("cannot be the name") && !error.contains('\n'), "{error}");
        }
        assert!("x".repeat(201).parse::<BranchRef>().is_err());
    }
}

//! Where a ledger is.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Where a ledger is. Neither `Display` nor `Debug` shows a password.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A directory with `ledger.db` in it, or a ledger file (a backup).
    Directory(PathBuf),
    /// A PostgreSQL database, by its URL.
    Postgres(String),
}

/// A text that names no place for a ledger.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LocationError {
    /// Nothing was given.
    #[error("the ledger's place is empty: name a directory or write postgres://USER@HOST/DATABASE")]
    Empty,
    /// A URL, and not one of PostgreSQL.
    #[error(
        "there is no ledger on {scheme}://: name a directory or write postgres://USER@HOST/DATABASE"
    )]
    Scheme {
        /// The part before `://`.
        scheme: String,
    },
}

impl FromStr for Location {
    type Err = LocationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.trim().is_empty() {
            return Err(LocationError::Empty);
        }
        match text.split_once("://") {
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(text.to_owned())),
            Some((scheme, _))
                if scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+') =>
            {
                Err(LocationError::Scheme { scheme: scheme.chars().take(20).collect() })
            }
            Some(_) | None => Ok(Self::Directory(PathBuf::from(text))),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory(path) => path.display().fmt(f),
            Self::Postgres(url) => f.write_str(&without_password(url)),
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Location({self})")
    }
}

/// The URL with only what names the database: scheme, user, host, port, database.
pub(crate) fn without_password(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", url));
    let rest = rest.split_once('?').map_or(rest, |(place, _)| place);
    // An unescaped `@` or `/` in a password is a mistake, and still must not show it.
    let shown = match rest.rsplit_once('@') {
        Some((login, host)) => {
            let user = login.split([':', '/']).next().unwrap_or_default();
            format!("{user}@{host}")
        }
        None => rest.to_owned(),
    };
    format!("{scheme}://{shown}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_postgres_and_anything_else_a_directory() {
        for (text, expected) in [
            ("postgres://u@h/d", Location::Postgres("postgres://u@h/d".into())),
            ("postgresql://u@h/d", Location::Postgres("postgresql://u@h/d".into())),
            (".plimsoll", Location::Directory(".plimsoll".into())),
            ("/var/lib/a:b", Location::Directory("/var/lib/a:b".into())),
        ] {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
        assert_eq!("".parse::<Location>(), Err(LocationError::Empty));
        assert!("mysql://h/d".parse::<Location>().is_err());
    }

    #[test]
    fn a_password_is_never_shown() {
        for url in [
            "postgres://u:hunter2@h:5432/d",
            "postgres://u:hun@hunter2@h/d",
            "postgres://u:hun/hunter2@h/d",
            "postgres://u@h/d?password=hunter2",
            "postgres:///d?host=/tmp&password=hunter2",
        ] {
            let location: Location = url.parse().expect("a location");
            let shown = format!("{location} {location:?}");
            assert!(!shown.contains("hunter2"), "{shown}");
            assert!(shown.contains('d'), "{shown}");
        }
    }
}

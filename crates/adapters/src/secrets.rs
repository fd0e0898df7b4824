//! Secrets: read where they are needed, and taken out of everything that is kept or shown.

mod read;
mod redact;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use plimsoll_core::catalog::SecretRef;
use plimsoll_core::ids::SecretName;

pub use redact::Redactor;

/// A value shorter than this could not be told from ordinary text when it is taken out.
const SHORTEST: usize = 4;

/// A secret file is a password or a key, not a disk image.
const LARGEST_FILE_BYTES: u64 = 1 << 20;

/// Why a secret has no value. Never says the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The configuration has no secret of that name.
    #[error("the secret {0} is not in the configuration")]
    Unknown(SecretName),
    /// Its environment variable is not set, or is no text.
    #[error("the secret {name} is not there: the environment variable {variable} is not set")]
    NotSet {
        /// The secret.
        name: SecretName,
        /// The environment variable.
        variable: String,
    },
    /// Its file could not be read.
    #[error("the secret {name} is not there: {path} {why}")]
    Unreadable {
        /// The secret.
        name: SecretName,
        /// The file.
        path: String,
        /// Why, in words that follow the path.
        why: String,
    },
    /// It could not be kept out of the output.
    #[error(
        "the secret {0} is shorter than 4 characters and could not be kept out of the output; use a longer one"
    )]
    TooShort(SecretName),
}

/// Where secrets are read from. Clones share what was seen, so that a value that was replaced
/// while plimsoll runs is still taken out.
#[derive(Clone)]
pub struct Secrets {
    refs: Arc<BTreeMap<SecretName, SecretRef>>,
    root: PathBuf,
    seen: Arc<Mutex<BTreeMap<SecretName, BTreeSet<String>>>>,
}

impl Secrets {
    /// Secrets by name; files are relative to `root`, the folder of the configuration.
    #[must_use]
    pub fn new(refs: BTreeMap<SecretName, SecretRef>, root: &Path) -> Self {
        Self { refs: Arc::new(refs), root: root.to_owned(), seen: Arc::default() }
    }

    /// No secrets at all.
    #[must_use]
    pub fn none() -> Self {
        Self::new(BTreeMap::new(), Path::new("."))
    }

    /// Reads the value, each time anew.
    ///
    /// # Errors
    /// [`SecretError`] says what is missing and where; nothing may go on without the value.
    pub fn resolve(&self, name: &SecretName) -> Result<String, SecretError> {
        let reference = self.refs.get(name).ok_or_else(|| SecretError::Unknown(name.clone()))?;
        let value = match reference {
            SecretRef::Env(variable) => std::env::var(variable).map_err(|_| {
                SecretError::NotSet { name: name.clone(), variable: variable.clone() }
            })?,
            SecretRef::File(path) => self.read(name, path)?,
        };
        if value.chars().count() < SHORTEST {
            return Err(SecretError::TooShort(name.clone()));
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.entry(name.clone()).or_default().insert(value.clone());
        Ok(value)
    }

    /// What takes every secret out of texts: all that can be read now, and all that were read
    /// before.
    #[must_use]
    pub fn redactor(&self) -> Redactor {
        for name in self.refs.keys() {
            // A secret that is not there cannot be shown either.
            let _ = self.resolve(name);
        }
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        Redactor::new(seen.iter().flat_map(|(name, values)| {
            values.iter().map(move |value| (name.clone(), value.clone()))
        }))
    }

    fn read(&self, name: &SecretName, path: &str) -> Result<String, SecretError> {
        let fail = |why: String| SecretError::Unreadable {
            name: name.clone(),
            path: path.to_owned(),
            why,
        };
        let full = self.root.join(path);
        let about = std::fs::metadata(&full).map_err(|error| fail(words(&error)))?;
        if !about.is_file() {
            return Err(fail("is no file".into()));
        }
        if about.len() > LARGEST_FILE_BYTES {
            return Err(fail("is larger than 1 MiB".into()));
        }
        let bytes = std::fs::read(&full).map_err(|error| fail(words(&error)))?;
        let mut text = String::from_utf8(bytes).map_err(|_| fail("is not UTF-8 text".into()))?;
        if text.ends_with('\n') {
            text.pop();
            if text.ends_with('\r') {
                text.pop();
            }
        }
        Ok(text)
    }
}

fn words(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "does not exist".into(),
        std::io::ErrorKind::PermissionDenied => "may not be read".into(),
        _ => format!("cannot be read ({error})"),
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.refs.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(dir: &Path, reference: SecretRef) -> (Secrets, SecretName) {
        let name: SecretName = "token".parse().expect("valid");
        (Secrets::new([(name.clone(), reference)].into(), dir), name)
    }

    #[test]
    fn a_file_is_read_anew_each_time_and_loses_one_line_break() {
        let dir = tempfile::tempdir().expect("a directory");
        let (secrets, name) = secrets(dir.path(), SecretRef::File("t".into()));
        std::fs::write(dir.path().join("t"), "first-value\r\n").expect("written");
        assert_eq!(secrets.resolve(&name), Ok("first-value".into()));
        std::fs::write(dir.path().join("t"), "second-value\n\n").expect("written");
        assert_eq!(secrets.resolve(&name), Ok("second-value\n".into()));
        let text = secrets.redactor().text("first-value and second-value\n.");
        assert_eq!(text, "[secret token] and [secret token].");
    }

    #[test]
    fn what_is_missing_or_too_short_is_said_without_a_panic() {
        let dir = tempfile::tempdir().expect("a directory");
        let (none, name) = secrets(dir.path(), SecretRef::File("nope".into()));
        let said = none.resolve(&name).expect_err("missing").to_string();
        assert_eq!(said, "the secret token is not there: nope does not exist");
        std::fs::write(dir.path().join("short"), "abc\n").expect("written");
        let (short, name) = secrets(dir.path(), SecretRef::File("short".into()));
        assert_eq!(short.resolve(&name), Err(SecretError::TooShort(name.clone())));
        let (env, name) = secrets(dir.path(), SecretRef::Env("PLIMSOLL_TEST_NOT_SET".into()));
        assert!(matches!(env.resolve(&name), Err(SecretError::NotSet { .. })));
        assert!(!format!("{env:?}").contains("value"));
        let other: SecretName = "other".parse().expect("valid");
        assert_eq!(env.resolve(&other), Err(SecretError::Unknown(other)));
    }
}

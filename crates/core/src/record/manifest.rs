//! The list of what a directory holds.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// The list of what a directory holds, in order of path. The digest of a directory is that of
/// this list as JSON: two directories are the same release when they hold the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Manifest {
    /// The shape of this list.
    pub manifest_version: u32,
    /// What is there.
    pub entries: Vec<Entry>,
}

/// One thing in a directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Where, relative, with `/` between the parts.
    pub path: String,
    /// What.
    pub kind: EntryKind,
}

/// What a thing in a directory is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// A directory.
    Directory,
    /// A file.
    File {
        /// The digest of its content.
        digest: Digest,
        /// Its length.
        bytes: u64,
        /// Whether its owner may execute it.
        executable: bool,
    },
    /// A symbolic link that stays inside.
    Link {
        /// What it says.
        to: String,
    },
}

/// Why bytes are no manifest, or one that is not followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// It cannot be read.
    #[error("the list of its files cannot be read: {0}")]
    Malformed(String),
    /// It was written by a newer plimsoll.
    #[error("the list of its files has the newer form {0}; use a newer plimsoll")]
    Newer(u32),
    /// It would write outside of the directory, or twice to the same place.
    #[error("the list of its files has the entry `{0}`, which is refused")]
    Refused(String),
    /// A file has another length than the list says, so nothing that is unpacked is this directory.
    #[error("the list of its files says that `{path}` has {says} bytes, and it has {has}")]
    Length {
        /// The file.
        path: String,
        /// Its length as the list has it.
        says: u64,
        /// Its length.
        has: u64,
    },
    /// It says the same in another way than the list that is made of the directory, and has another
    /// digest for that.
    #[error(
        "the list of its files is not in order of path and without blanks, as it is made of a directory"
    )]
    OtherForm,
}

/// A file of the list.
#[derive(Debug, Clone, Copy)]
pub struct Listed<'a> {
    /// Where.
    pub path: &'a str,
    /// The digest of its content.
    pub digest: &'a Digest,
    /// Its length.
    pub bytes: u64,
}

impl Listed<'_> {
    /// Makes sure that it is as long as the list says.
    ///
    /// # Errors
    /// It is not: a directory with this list cannot be made.
    pub fn has(&self, bytes: u64) -> Result<(), ManifestError> {
        if self.bytes == bytes {
            return Ok(());
        }
        let path = self.path.escape_debug().to_string();
        Err(ManifestError::Length { path, says: self.bytes, has: bytes })
    }
}

impl Manifest {
    /// The shape that is written.
    pub const VERSION: u32 = 1;

    /// Puts entries in order.
    #[must_use]
    pub fn of(mut entries: Vec<Entry>) -> Self {
        entries.sort_by(|one, other| one.path.cmp(&other.path));
        Self { manifest_version: Self::VERSION, entries }
    }

    /// The bytes whose digest is that of the directory.
    ///
    /// # Panics
    /// Never: texts and numbers are always JSON.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("texts and numbers are always JSON")
    }

    /// The digest of the directory.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&self.to_bytes())
    }

    /// The files.
    pub fn files(&self) -> impl Iterator<Item = Listed<'_>> {
        self.entries.iter().filter_map(|entry| match &entry.kind {
            EntryKind::File { digest, bytes, .. } => {
                Some(Listed { path: &entry.path, digest, bytes: *bytes })
            }
            EntryKind::Directory | EntryKind::Link { .. } => None,
        })
    }

    /// The length of all files.
    ///
    /// # Units
    /// Bytes.
    #[must_use]
    pub fn total_bytes(&self) -> u64 {
        let lengths = self.entries.iter().map(|entry| match &entry.kind {
            EntryKind::File { bytes, .. } => *bytes,
            EntryKind::Directory | EntryKind::Link { .. } => 0,
        });
        lengths.sum()
    }

    /// Makes sure that these bytes are the ones that are made of such a directory: what is unpacked is
    /// compared with their digest.
    ///
    /// # Errors
    /// They are not.
    pub fn is_own_form(&self, bytes: &[u8]) -> Result<(), ManifestError> {
        let own = Self::of(self.entries.clone()).to_bytes();
        if own == bytes { Ok(()) } else { Err(ManifestError::OtherForm) }
    }

    /// Reads a list and checks that following it writes nowhere but inside.
    ///
    /// # Errors
    /// [`ManifestError`]; such a release cannot be unpacked.
    pub fn parse(bytes: &[u8]) -> Result<Self, ManifestError> {
        let manifest: Self = serde_json::from_slice(bytes)
            .map_err(|error| ManifestError::Malformed(error.to_string()))?;
        if manifest.manifest_version != Self::VERSION {
            return Err(ManifestError::Newer(manifest.manifest_version));
        }
        let mut kinds: BTreeMap<&str, &EntryKind> = BTreeMap::new();
        for entry in &manifest.entries {
            let refused = || ManifestError::Refused(entry.path.escape_debug().to_string());
            if !is_plain(&entry.path) || kinds.insert(&entry.path, &entry.kind).is_some() {
                return Err(refused());
            }
            // Every parent is a directory of the list itself, and so never a link.
            if let Some((parent, _)) = entry.path.rsplit_once('/')
                && !matches!(kinds.get(parent), Some(EntryKind::Directory))
            {
                return Err(refused());
            }
            if let EntryKind::Link { to } = &entry.kind
                && !stays_inside(&entry.path, to)
            {
                return Err(refused());
            }
        }
        Ok(manifest)
    }
}

/// A relative path of ordinary parts.
fn is_plain(path: &str) -> bool {
    !path.contains(char::is_control)
        && path.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
}

/// Whether a link at `path`, read as text, stays inside of the directory that `path` is relative to.
#[must_use]
pub fn stays_inside(path: &str, to: &str) -> bool {
    if to.is_empty() || Path::new(to).is_absolute() || to.contains(char::is_control) {
        return false;
    }
    let mut depth = path.matches('/').count();
    for part in to.split('/') {
        match part {
            "" | "." => {}
            ".." if depth == 0 => return false,
            ".." => depth -= 1,
            _ => depth += 1,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str) -> Entry {
        let kind = EntryKind::File { digest: Digest::of(b""), bytes: 0, executable: false };
        Entry { path: path.into(), kind }
    }

    fn link(path: &str, to: &str) -> Entry {
        Entry { path: path.into(), kind: EntryKind::Link { to: to.into() } }
    }

    fn folder(path: &str) -> Entry {
        Entry { path: path.into(), kind: EntryKind::Directory }
    }

    #[test]
    fn a_list_round_trips_and_does_not_depend_on_the_order_of_finding() {
        let one = Manifest::of(vec![folder("a"), file("a/b"), link("c", "a/b")]);
        let other = Manifest::of(vec![link("c", "a/b"), file("a/b"), folder("a")]);
        assert_eq!(one.digest(), other.digest());
        assert_eq!(Manifest::parse(&one.to_bytes()), Ok(one));
    }

    #[test]
    fn a_list_that_writes_outside_or_through_a_link_is_refused() {
        for entries in [
            vec![file("../x")],
            vec![file("/etc/passwd")],
            vec![file("a//b")],
            vec![file("a/b")],
            vec![link("a", "/etc"), file("a/b")],
            vec![link("a", "b"), file("a/b")],
            vec![link("a", "../x")],
            vec![folder("d"), link("d/a", "../../x")],
            vec![file("a\nb")],
            vec![file("a"), file("a")],
            vec![file("")],
        ] {
            let bytes = Manifest::of(entries).to_bytes();
            assert!(Manifest::parse(&bytes).is_err(), "{}", String::from_utf8_lossy(&bytes));
        }
    }

    #[test]
    fn a_list_that_no_directory_has_is_told_from_one_that_is_made_of_it() {
        let list = Manifest::of(vec![file("a"), file("b")]);
        assert_eq!(list.is_own_form(&list.to_bytes()), Ok(()));
        let spread = serde_json::to_vec_pretty(&list).expect("JSON");
        assert_eq!(list.is_own_form(&spread), Err(ManifestError::OtherForm));
        let turned = Manifest { entries: vec![file("b"), file("a")], ..list.clone() };
        assert_eq!(turned.is_own_form(&turned.to_bytes()), Err(ManifestError::OtherForm));
        let listed = list.files().next().expect("a file");
        assert_eq!(listed.has(0), Ok(()));
        let error = listed.has(5).expect_err("it is longer").to_string();
        assert_eq!(error, "the list of its files says that `a` has 0 bytes, and it has 5");
    }

    #[test]
    fn a_newer_or_unknown_form_is_refused() {
        assert_eq!(
            Manifest::parse(br#"{"manifest-version":2,"entries":[]}"#),
            Err(ManifestError::Newer(2))
        );
        assert!(Manifest::parse(br#"{"manifest-version":1,"entries":[],"x":1}"#).is_err());
    }
}

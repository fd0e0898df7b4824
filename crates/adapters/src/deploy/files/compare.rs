//! Whether a directory still holds what was deployed.
//!
//! Every name is looked at; a file is read again only when its stamp (inode, length, times) is not
//! the one that it had when it was last known to be as deployed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, FileType};
use std::io::{self, ErrorKind, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Instant;

use plimsoll_core::catalog::PathPattern;
use plimsoll_core::digest::Digest;
use sha2::{Digest as _, Sha256};

use super::written::Written;
use crate::artifacts::{EntryKind, Stamp};

/// How many files are named; the others are counted.
const NAMED: usize = 3;

/// How much is read at once.
const CHUNK_BYTES: usize = 256 * 1024;

/// What became of something in the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// It is something else.
    Changed,
    /// It is gone.
    Missing,
    /// It was not deployed.
    Added,
}

/// What is different in a directory.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// By path.
    pub changes: BTreeMap<String, Change>,
    /// Files that were hashed and are as deployed.
    pub fresh: BTreeMap<String, Stamp>,
}

/// How closely files are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// A file whose stamp is known is not read.
    Stamps,
    /// Every file is read.
    Nothing,
}

/// Compares a directory with what was deployed there, but for what is `mutable`.
///
/// # Errors
/// What the disk said; `TimedOut` when it takes longer than until then.
pub(super) fn compare(
    root: &Path,
    written: &Written,
    mutable: &[PathPattern],
    trust: Trust,
    until: Option<Instant>,
) -> io::Result<Compared> {
    let expected = written.manifest.entries.iter().map(|e| (e.path.as_str(), &e.kind)).collect();
    let look = Look { root, written, expected, mutable, trust, until };
    let mut compared = Compared::default();
    let mut seen = BTreeSet::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let path = format!("{folder}{}", entry.file_name().to_string_lossy());
            look.one(&path, entry.file_type()?, &mut compared)?;
            if entry.file_type()?.is_dir() {
                folders.push(format!("{path}/"));
            }
            seen.insert(path);
        }
    }
    for entry in &written.manifest.entries {
        let above = entry.path.rsplit_once('/').map(|(above, _)| above);
        // What lay in something that is gone is not named once more.
        let named = above
            .is_some_and(|above| compared.changes.contains_key(above) || !seen.contains(above));
        if !seen.contains(&entry.path) && !named && !look.is_mutable(&entry.path) {
            compared.changes.insert(entry.path.clone(), Change::Missing);
        }
    }
    Ok(compared)
}

struct Look<'a> {
    root: &'a Path,
    written: &'a Written,
    expected: BTreeMap<&'a str, &'a EntryKind>,
    mutable: &'a [PathPattern],
    trust: Trust,
    until: Option<Instant>,
}

impl Look<'_> {
    fn is_mutable(&self, path: &str) -> bool {
        self.mutable.iter().any(|pattern| pattern.matches(path))
    }

    fn one(&self, path: &str, kind: FileType, compared: &mut Compared) -> io::Result<()> {
        if self.is_mutable(path) {
            return Ok(());
        }
        let change = match self.expected.get(path) {
            // A directory alone serves nothing; what is in it is looked at.
            None if kind.is_dir() => return Ok(()),
            None => Some(Change::Added),
            Some(EntryKind::Directory) => (!kind.is_dir()).then_some(Change::Changed),
            Some(EntryKind::Link { to }) => {
                let same =
                    kind.is_symlink() && fs::read_link(self.root.join(path))? == Path::new(to);
                (!same).then_some(Change::Changed)
            }
            Some(EntryKind::File { digest, executable, .. }) => {
                let same = kind.is_file() && self.is_same(path, digest, *executable, compared)?;
                (!same).then_some(Change::Changed)
            }
        };
        if let Some(change) = change {
            compared.changes.insert(path.to_owned(), change);
        }
        Ok(())
    }

    fn is_same(
        &self,
        path: &str,
        digest: &Digest,
        executable: bool,
        compared: &mut Compared,
    ) -> io::Result<bool> {
        let full = self.root.join(path);
        let about = match fs::symlink_metadata(&full) {
            Ok(about) => about,
            // It went while it was looked for.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        let stamp = Stamp::of(&about);
        let known = self.trust == Trust::Stamps && stamp.is_fine();
        if known && self.written.stamps.get(path) == Some(&stamp) {
            return Ok(true);
        }
        let same =
            (about.permissions().mode() & 0o100 != 0) == executable && self.hash(&full)? == *digest;
        if same {
            compared.fresh.insert(path.to_owned(), stamp);
        }
        Ok(same)
    }

    fn hash(&self, full: &Path) -> io::Result<Digest> {
        let mut file = File::open(full)?;
        let mut hasher = Sha256::new();
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            if self.until.is_some_and(|until| Instant::now() > until) {
                return Err(ErrorKind::TimedOut.into());
            }
            match file.read(&mut chunk) {
                Ok(0) => return Ok(Digest::from_bytes(hasher.finalize().into())),
                Ok(read) => hasher.update(&chunk[..read]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Compared {
    /// What differs, in words, the first files by name; none when nothing does.
    pub(super) fn words(&self) -> Option<String> {
        if self.changes.is_empty() {
            return None;
        }
        let mut words: Vec<String> = self.changes.iter().take(NAMED).map(in_words).collect();
        if self.changes.len() > NAMED {
            words.push(format!("and {} more", self.changes.len() - NAMED));
        }
        let mut words = words.join(", ");
        if self.changes.values().any(|change| *change == Change::Added) {
            words.push_str("; what the site itself writes is named with `mutable:`");
        }
        Some(words)
    }
}

fn in_words((path, change): (&String, &Change)) -> String {
    let path = path.escape_debug();
    match change {
        Change::Changed => format!("{path} was changed"),
        Change::Missing => format!("{path} is missing"),
        Change::Added => format!("{path} was added"),
    }
}

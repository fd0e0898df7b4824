//! The files of twins, as they are in two commits.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use plimsoll_analyze::twins::{Found, TwinFile};

use crate::git::{GitError, Range, Repository};

/// Two commits of a repository, and what was read from them.
#[derive(Debug)]
pub struct Commits {
    repository: Repository,
    range: Range,
    /// From the new name of a file to the old one.
    old_names: BTreeMap<String, String>,
    /// From the old name to the new one.
    new_names: BTreeMap<String, String>,
    known: HashMap<(String, String), Found>,
}

impl Commits {
    /// The two commits of a range of the repository that a folder is in.
    ///
    /// # Errors
    /// It is in none, git does not know one of the revisions, or git fails.
    pub fn open(folder: &Path, range: &str) -> Result<Self, GitError> {
        let repository = Repository::open(folder)?;
        let range = repository.range(range)?;
        let new_names = repository.renames(&range)?;
        let old_names = new_names.iter().map(|(old, new)| (new.clone(), old.clone())).collect();
        Ok(Self { repository, range, old_names, new_names, known: HashMap::new() })
    }

    /// The two commits.
    #[must_use]
    pub const fn range(&self) -> &Range {
        &self.range
    }

    /// A file before and after, by its name relative to the folder. One that was renamed is
    /// followed.
    ///
    /// # Errors
    /// Git fails.
    pub fn file(&mut self, name: &str) -> Result<TwinFile, GitError> {
        let Some(path) = self.repository.from_root(name) else {
            let outside = || Found::Unreadable("its path leads out of the repository".to_owned());
            return Ok(TwinFile { base: outside(), head: outside() });
        };
        let (base, head) = (self.range.base.clone(), self.range.head.clone());
        let (old, new) = (self.old_names.get(&path).cloned(), self.new_names.get(&path).cloned());
        Ok(TwinFile {
            base: self.read(&base, &path, old.as_deref())?,
            head: self.read(&head, &path, new.as_deref())?,
        })
    }

    fn read(
        &mut self,
        commit: &str,
        path: &str,
        other_name: Option<&str>,
    ) -> Result<Found, GitError> {
        let found = self.read_known(commit, path)?;
        match other_name {
            Some(other) if found == Found::Missing => self.read_known(commit, other),
            Some(_) | None => Ok(found),
        }
    }

    fn read_known(&mut self, commit: &str, path: &str) -> Result<Found, GitError> {
        let key = (commit.to_owned(), path.to_owned());
        if let Some(found) = self.known.get(&key) {
            return Ok(found.clone());
        }
        let found = self.repository.read(commit, path)?;
        self.known.insert(key, found.clone());
        Ok(found)
    }
}

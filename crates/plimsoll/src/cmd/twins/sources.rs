//! Where the files of a side are read: from two commits, or from two folders.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use plimsoll_adapters::folder::read_inside;
use plimsoll_adapters::git::{Range, Repository};
use plimsoll_analyze::twins::{Found, TwinFile};

use crate::error::CliError;

use super::of_git;

/// Files before and after.
pub(super) enum Source {
    /// In two commits.
    Commits {
        repository: Repository,
        range: Range,
        /// From the new name of a file to the old one.
        old_names: BTreeMap<String, String>,
        /// From the old name to the new one.
        new_names: BTreeMap<String, String>,
        known: HashMap<(String, String), Found>,
    },
    /// In two folders.
    Folders { base: PathBuf, head: PathBuf },
}

impl Source {
    /// Two commits of the repository that a folder is in.
    pub fn commits(folder: &Path, range: &str) -> Result<Self, CliError> {
        let repository = Repository::open(folder).map_err(|error| of_git(&error))?;
        let range = repository.range(range).map_err(|error| of_git(&error))?;
        let new_names = repository.renames(&range).map_err(|error| of_git(&error))?;
        let old_names = new_names.iter().map(|(old, new)| (new.clone(), old.clone())).collect();
        Ok(Self::Commits { repository, range, old_names, new_names, known: HashMap::new() })
    }

    /// Two folders.
    pub fn folders(base: &Path, head: &Path) -> Result<Self, CliError> {
        for folder in [base, head] {
            if !folder.is_dir() {
                return Err(CliError::usage(
                    format!("{} is no folder", folder.display()),
                    "plimsoll twins diff --base DIR --head DIR --pair 'FILE#PART = FILE#PART'",
                ));
            }
        }
        Ok(Self::Folders { base: base.to_owned(), head: head.to_owned() })
    }

    /// What is compared, in words: before and after.
    pub fn names(&self) -> (String, String) {
        match self {
            Self::Commits { range, .. } => (range.base.clone(), range.head.clone()),
            Self::Folders { base, head } => {
                (base.display().to_string(), head.display().to_string())
            }
        }
    }

    /// A file before and after. One that was renamed is followed.
    pub fn file(&mut self, name: &str) -> Result<TwinFile, CliError> {
        match self {
            Self::Folders { base, head } => {
                Ok(TwinFile { base: read_inside(base, name), head: read_inside(head, name) })
            }
            Self::Commits { repository, range, old_names, new_names, known } => {
                let Some(path) = repository.from_root(name) else {
                    let outside =
                        || Found::Unreadable("its path leads out of the repository".to_owned());
                    return Ok(TwinFile { base: outside(), head: outside() });
                };
                let mut read = |commit: &str, names: &BTreeMap<String, String>| {
                    let mut found = read_known(repository, known, commit, &path)?;
                    if found == Found::Missing
                        && let Some(other) = names.get(&path)
                    {
                        found = read_known(repository, known, commit, other)?;
                    }
                    Ok::<_, CliError>(found)
                };
                Ok(TwinFile {
                    base: read(&range.base, old_names)?,
                    head: read(&range.head, new_names)?,
                })
            }
        }
    }
}

fn read_known(
    repository: &Repository,
    known: &mut HashMap<(String, String), Found>,
    commit: &str,
    path: &str,
) -> Result<Found, CliError> {
    let key = (commit.to_owned(), path.to_owned());
    if let Some(found) = known.get(&key) {
        return Ok(found.clone());
    }
    let found = repository.read(commit, path).map_err(|error| of_git(&error))?;
    known.insert(key, found.clone());
    Ok(found)
}

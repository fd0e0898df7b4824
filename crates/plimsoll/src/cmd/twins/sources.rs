//! Where the files of a side are read: from two commits, or from two folders.

use std::path::{Path, PathBuf};

use plimsoll_adapters::folder::read_inside;
use plimsoll_adapters::twins::Commits;
use plimsoll_analyze::twins::TwinFile;

use crate::error::CliError;

use super::of_git;

/// Files before and after.
pub(super) enum Source {
    /// In two commits.
    Commits(Box<Commits>),
    /// In two folders.
    Folders { base: PathBuf, head: PathBuf },
}

impl Source {
    /// Two commits of the repository that a folder is in.
    pub fn commits(folder: &Path, range: &str) -> Result<Self, CliError> {
        let commits = Commits::open(folder, range).map_err(|error| of_git(&error))?;
        Ok(Self::Commits(Box::new(commits)))
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
            Self::Commits(commits) => {
                let range = commits.range();
                (range.base.clone(), range.head.clone())
            }
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
            Self::Commits(commits) => commits.file(name).map_err(|error| of_git(&error)),
        }
    }
}

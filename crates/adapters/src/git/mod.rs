//! Reads git repositories through the git program: no shell, no hooks, nothing is written.
//!
//! Every answer is bounded in bytes and time. Names that users write are never read as options.

mod error;
mod history;
mod objects;
mod push;
mod range;
mod read;
mod run;

use std::path::{Path, PathBuf};

pub use error::GitError;
pub use history::read_history;
pub use objects::Objects;
pub use push::{CommitParents, is_object_id};
pub use range::Range;

/// A folder inside a repository.
#[derive(Debug, Clone)]
pub struct Repository {
    dir: PathBuf,
    /// The folder inside the repository, empty or with a slash at its end.
    prefix: String,
}

impl Repository {
    /// The repository that a folder is in.
    ///
    /// # Errors
    /// It is in none, or git cannot be run.
    pub fn open(dir: &Path) -> Result<Self, GitError> {
        if !dir.is_dir() {
            return Err(GitError::NoRepository {
                dir: dir.display().to_string(),
                why: "there is no such folder".to_owned(),
            });
        }
        let answer = run::run(dir, &["rev-parse", "--show-prefix"], run::SMALL)?;
        let no_repository = |why| GitError::NoRepository { dir: dir.display().to_string(), why };
        let prefix = answer.text().map_err(no_repository)?;
        Ok(Self { dir: dir.to_owned(), prefix: prefix.trim_end_matches('\n').to_owned() })
    }

    fn dir(&self) -> &Path {
        &self.dir
    }
}

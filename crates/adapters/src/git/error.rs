//! Why a repository could not be read.

/// Why a repository could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GitError {
    /// The git program is not there.
    #[error("git could not be started: {0}")]
    NotStarted(String),
    /// The folder is in no repository.
    #[error("{dir} is in no git repository: {why}")]
    NoRepository {
        /// The folder.
        dir: String,
        /// What git says.
        why: String,
    },
    /// The text is no range.
    #[error("`{0}` is no range of revisions")]
    NoRange(String),
    /// The revision is not known.
    #[error("git does not know the revision `{revision}`")]
    NoRevision {
        /// As it was written.
        revision: String,
    },
    /// The object is there, and is no commit.
    #[error("{id} is a {kind}, and no commit")]
    NoCommit {
        /// Its full id.
        id: String,
        /// What it is: `tag`, `tree`, `blob`.
        kind: String,
    },
    /// Git failed.
    #[error("git {what} failed: {why}")]
    Failed {
        /// What was asked.
        what: &'static str,
        /// What git says.
        why: String,
    },
    /// Git did not answer in time.
    #[error("git did not answer within {0} s")]
    TimedOut(u64),
}

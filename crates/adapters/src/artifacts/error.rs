//! Why an artifact could not be taken.

use std::path::{Path, PathBuf};

use plimsoll_engine::ports::BlobError;

/// Why an artifact could not be taken. Nothing that a release refers to was kept.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    /// It does not exist or cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file or directory.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A directory without a single file.
    #[error("{} holds no file; a release of nothing is refused", .0.display())]
    Empty(PathBuf),
    /// A link whose end lies elsewhere.
    #[error("{} is a symbolic link to {to}, which leads out of the directory; copy what it points to", path.display())]
    LeadsOut {
        /// The link.
        path: PathBuf,
        /// What it says.
        to: String,
    },
    /// A socket, pipe or device.
    #[error("{} is a {what}; a release can hold files, directories and symbolic links", path.display())]
    Special {
        /// Where.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// A name that cannot be written down.
    #[error("the name {name} in {} {why}; rename it", folder.display())]
    BadName {
        /// The folder it is in.
        folder: PathBuf,
        /// The name, escaped.
        name: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Plimsoll's own folder.
    #[error("{} is plimsoll's own folder; take a directory that holds only what is released", .0.display())]
    OwnState(PathBuf),
    /// Somebody wrote there in the meantime.
    #[error("{} changed while it was read; add the release when nothing writes there", .0.display())]
    Changed(PathBuf),
    /// Git did not find the commit.
    #[error("{repository} has no commit `{revision}`: {why}")]
    NoCommit {
        /// The repository.
        repository: String,
        /// What was looked for.
        revision: String,
        /// What git says.
        why: String,
    },
    /// Two artifacts of one name.
    #[error("two artifacts are named {0}; name them apart with NAME=PATH")]
    Twice(plimsoll_core::ids::ArtifactName),
    /// Its content could not be kept.
    #[error("its content could not be kept")]
    NotKept(#[from] BlobError),
}

impl ArtifactError {
    pub(super) fn unreadable(path: &Path, source: std::io::Error) -> Self {
        Self::Unreadable { path: path.to_owned(), source }
    }
}

//! What a release is made of: files, directories and commits, by content.

mod build;
mod directory;
mod error;
mod git;
mod kept;
mod spec;
mod walk;

pub use build::{build_artifacts, snapshot_file};
pub(crate) use directory::read_directory;
pub use directory::{Summary, digest_directory, snapshot_directory};
pub use error::ArtifactError;
pub use git::{commit_is_there, git_commit};
pub use kept::{prove_directory, prove_file};
pub use plimsoll_core::record::{Entry, EntryKind, Listed, Manifest, ManifestError};
pub use spec::{ArtifactSource, ArtifactSpec, SpecError};
pub(crate) use walk::Stamp;

#[cfg(test)]
mod tests;

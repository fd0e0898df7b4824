//! What a release is made of: files, directories and commits, by content.

mod build;
mod directory;
mod error;
mod git;
mod kept;
mod manifest;
mod spec;
mod walk;

pub use build::{build_artifacts, snapshot_file};
pub use directory::{Summary, digest_directory, snapshot_directory};
pub use error::ArtifactError;
pub use git::{commit_is_there, git_commit};
pub use kept::{prove_directory, prove_file};
pub use manifest::{Entry, EntryKind, Manifest, ManifestError};
pub use spec::{ArtifactSource, ArtifactSpec, SpecError};

#[cfg(test)]
mod tests;

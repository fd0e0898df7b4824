//! From what was named to artifacts.

use std::path::Path;

use plimsoll_core::digest::Digest;
use plimsoll_core::record::{Artifact, ArtifactKind};
use plimsoll_engine::ports::Blobs;

use super::{ArtifactError, ArtifactSource, ArtifactSpec, git_commit, snapshot_directory};

/// Takes every artifact, in order of name; paths are relative to `base`.
///
/// # Errors
/// The first [`ArtifactError`].
pub async fn build_artifacts(
    specs: &[ArtifactSpec],
    base: &Path,
    blobs: &dyn Blobs,
) -> Result<Vec<Artifact>, ArtifactError> {
    let mut specs: Vec<&ArtifactSpec> = specs.iter().collect();
    specs.sort_by(|one, other| one.name.cmp(&other.name));
    if let Some(pair) = specs.windows(2).find(|pair| pair[0].name == pair[1].name) {
        return Err(ArtifactError::Twice(pair[0].name.clone()));
    }
    let mut artifacts = Vec::with_capacity(specs.len());
    for spec in specs {
        artifacts.push(build(spec, base, blobs).await?);
    }
    Ok(artifacts)
}

async fn build(
    spec: &ArtifactSpec,
    base: &Path,
    blobs: &dyn Blobs,
) -> Result<Artifact, ArtifactError> {
    let (kind, digest, source, kept) = match &spec.source {
        ArtifactSource::Path(path) => {
            let full = base.join(path);
            let about = std::fs::metadata(&full)
                .map_err(|error| ArtifactError::unreadable(&full, error))?;
            let (kind, digest) = if about.is_dir() {
                (ArtifactKind::Directory, snapshot_directory(&full, blobs).await?.0)
            } else {
                (ArtifactKind::File, snapshot_file(&full, blobs).await?)
            };
            (kind, digest, path.display().to_string(), true)
        }
        ArtifactSource::Git { repository, revision } => {
            let full = base.join(repository);
            let commit = git_commit(&full, revision).await?;
            let real = std::fs::canonicalize(&full)
                .map_err(|error| ArtifactError::unreadable(&full, error))?;
            let digest = Digest::of(commit.as_bytes());
            (ArtifactKind::Git { commit }, digest, real.display().to_string(), false)
        }
        ArtifactSource::Named { what, digest } => {
            (ArtifactKind::Named, *digest, what.clone(), false)
        }
    };
    Ok(Artifact { name: spec.name.clone(), kind, digest, source, kept })
}

/// Keeps one file by content.
///
/// # Errors
/// [`ArtifactError`]: it is no file, cannot be read, or changed meanwhile.
pub async fn snapshot_file(path: &Path, blobs: &dyn Blobs) -> Result<Digest, ArtifactError> {
    let look = || std::fs::metadata(path).map_err(|error| ArtifactError::unreadable(path, error));
    let before = look()?;
    if !before.is_file() {
        return Err(ArtifactError::Special { path: path.to_owned(), what: "device or pipe" });
    }
    let kept = blobs.put_file(path).await?;
    let after = look()?;
    let same = before.modified().ok() == after.modified().ok() && before.len() == after.len();
    if !same || kept.bytes != after.len() {
        return Err(ArtifactError::Changed(path.to_owned()));
    }
    Ok(kept.digest)
}

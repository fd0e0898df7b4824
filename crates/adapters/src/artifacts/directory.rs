//! Directories, by content.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use plimsoll_core::digest::Digest;
use plimsoll_engine::ports::{BlobError, Blobs};
use sha2::{Digest as _, Sha256};

use super::walk::{Found, Stamp, What, walk};
use super::{ArtifactError, Entry, EntryKind, Manifest};

/// How much a directory holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// How many files.
    pub files: usize,
    /// The length of all of them.
    pub bytes: u64,
}

impl Summary {
    fn of(manifest: &Manifest) -> Self {
        Self { files: manifest.files().count(), bytes: manifest.total_bytes() }
    }
}

/// Keeps every file of a directory, and the list of them, by content.
///
/// # Errors
/// [`ArtifactError`]: what is refused, and a directory that changed meanwhile. Files that were
/// kept before stay; nothing refers to them.
pub async fn snapshot_directory(
    path: &Path,
    blobs: &dyn Blobs,
) -> Result<(Digest, Summary), ArtifactError> {
    let before = look(path).await?;
    let mut entries = Vec::with_capacity(before.len());
    for found in &before {
        let kind = match &found.what {
            What::Directory => EntryKind::Directory,
            What::Link { to } => EntryKind::Link { to: to.clone() },
            What::File { executable, bytes, .. } => {
                let full = path.join(&found.path);
                let kept = keep(blobs, &full).await?;
                if kept.bytes != *bytes {
                    return Err(ArtifactError::Changed(full));
                }
                EntryKind::File { digest: kept.digest, bytes: *bytes, executable: *executable }
            }
        };
        entries.push(Entry { path: found.path.clone(), kind });
    }
    let after = look(path).await?;
    unchanged(path, &before, &after)?;
    let manifest = Manifest::of(entries);
    let kept = blobs.put(&manifest.to_bytes()).await?;
    Ok((kept.digest, Summary::of(&manifest)))
}

/// The digest of a directory as it is now, without keeping anything.
///
/// # Errors
/// As [`snapshot_directory`].
pub async fn digest_directory(path: &Path) -> Result<(Digest, Summary), ArtifactError> {
    let (manifest, _) = read_directory(path).await?;
    Ok((manifest.digest(), Summary::of(&manifest)))
}

/// The list of what a directory holds now, and by what it shows when a file is written again.
///
/// # Errors
/// As [`snapshot_directory`].
pub(crate) async fn read_directory(
    path: &Path,
) -> Result<(Manifest, BTreeMap<String, Stamp>), ArtifactError> {
    let path = path.to_owned();
    blocking(move || {
        let before = walk(&path)?;
        let mut entries = Vec::with_capacity(before.len());
        let mut stamps = BTreeMap::new();
        for found in &before {
            let kind = match &found.what {
                What::Directory => EntryKind::Directory,
                What::Link { to } => EntryKind::Link { to: to.clone() },
                What::File { executable, bytes, stamp } => {
                    let digest = hash(&path.join(&found.path))?;
                    stamps.insert(found.path.clone(), *stamp);
                    EntryKind::File { digest, bytes: *bytes, executable: *executable }
                }
            };
            entries.push(Entry { path: found.path.clone(), kind });
        }
        unchanged(&path, &before, &walk(&path)?)?;
        Ok((Manifest::of(entries), stamps))
    })
    .await
}

async fn keep(
    blobs: &dyn Blobs,
    file: &Path,
) -> Result<plimsoll_core::record::BlobRef, ArtifactError> {
    match blobs.put_file(file).await {
        Ok(kept) => Ok(kept),
        Err(BlobError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
            Err(ArtifactError::Changed(file.to_owned()))
        }
        Err(BlobError::Io { source, .. })
            if source.kind() == std::io::ErrorKind::PermissionDenied =>
        {
            Err(ArtifactError::unreadable(file, source))
        }
        Err(error) => Err(error.into()),
    }
}

fn hash(file: &Path) -> Result<Digest, ArtifactError> {
    let unreadable = |error| ArtifactError::unreadable(file, error);
    let mut hasher = Sha256::new();
    let mut reader = std::fs::File::open(file).map_err(unreadable)?;
    std::io::copy(&mut reader, &mut hasher).map_err(unreadable)?;
    Ok(Digest::from_bytes(hasher.finalize().into()))
}

fn unchanged(root: &Path, before: &[Found], after: &[Found]) -> Result<(), ArtifactError> {
    if before == after {
        return Ok(());
    }
    let first = before.iter().zip(after).find(|(one, other)| one != other);
    let longer = if before.len() > after.len() { before } else { after };
    let path = first.map(|(one, _)| one).or_else(|| longer.last());
    Err(ArtifactError::Changed(path.map_or_else(|| root.to_owned(), |p| root.join(&p.path))))
}

async fn look(path: &Path) -> Result<Vec<Found>, ArtifactError> {
    let path: PathBuf = path.to_owned();
    blocking(move || walk(&path)).await
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ArtifactError> + Send + 'static,
) -> Result<T, ArtifactError> {
    tokio::task::spawn_blocking(work).await.expect("reading a directory does not panic")
}

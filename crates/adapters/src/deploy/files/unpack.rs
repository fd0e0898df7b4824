//! From kept content to a directory.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::time::Duration;

use plimsoll_core::catalog::PathPattern;
use plimsoll_core::record::Artifact;
use plimsoll_core::say;
use plimsoll_engine::ports::{BlobError, Blobs, DeployJob};

use super::Place;
use super::altered::intact;
use super::written::Written;
use crate::artifacts::{EntryKind, Listed, Manifest, ManifestError, read_directory};
use crate::ground::Ground;

/// Longer than a tick of the clock that files are stamped with: what is written after it has
/// another stamp than what was written before.
const TICK: Duration = Duration::from_millis(20);

/// Makes `releases/VERSION` hold exactly the artifact; says what was done.
///
/// # Errors
/// A sentence; what was there before is as it was.
pub(super) async fn unpack(
    place: &Place,
    job: &DeployJob,
    artifact: &Artifact,
    mutable: &[PathPattern],
    ground: &Ground,
) -> Result<String, String> {
    let releases = place.releases();
    fs::create_dir_all(&releases)
        .map_err(|error| format!("could not make {}: {error}", releases.display()))?;
    super::link::read(place)?;
    remove_left_overs(&releases);
    let version = &job.release.id.version;
    let there = releases.join(version.as_str());
    let noted = |written: &Written| {
        written
            .keep(place, version)
            .map_err(|error| format!("could not write down what {version} holds: {error}"))
    };
    if let Some(written) = intact(place, version, &artifact.digest, mutable).await {
        noted(&written)?;
        return Ok(format!("releases/{version} is there already and was hashed\n"));
    }
    let aside = Aside(releases.join(format!(".new-{version}-{}", job.deployment)));
    let manifest = manifest(artifact, ground.blobs.as_ref()).await?;
    write(&aside.0, &manifest, ground.blobs.as_ref())
        .await
        .map_err(|error| format!("could not unpack {version}: {error}"))?;
    tokio::time::sleep(TICK).await;
    let (manifest, stamps) = read_directory(&aside.0)
        .await
        .map_err(|error| format!("could not read back what was unpacked: {error}"))?;
    let digest = manifest.digest();
    if digest != artifact.digest {
        return Err(format!("what was unpacked is {digest}, not {}", artifact.digest));
    }
    let files = say::count(manifest.files().count(), "file");
    let bytes = manifest.total_bytes();
    noted(&Written { manifest, stamps })?;
    put_in_place(&aside.0, &there)
        .map_err(|error| format!("could not put {version} in place: {error}"))?;
    Ok(format!("unpacked {files} ({bytes} bytes) into releases/{version}\n"))
}

/// A directory under work; removed when it is not put in place.
struct Aside(PathBuf);

impl Drop for Aside {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn remove_left_overs(releases: &Path) {
    for entry in fs::read_dir(releases).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        if name.starts_with(b".new-") || name.starts_with(b".old-") {
            let _ = fs::remove_dir_all(entry.path()).or_else(|_| fs::remove_file(entry.path()));
        }
    }
}

async fn manifest(artifact: &Artifact, blobs: &dyn Blobs) -> Result<Manifest, String> {
    let name = &artifact.name;
    let bytes = blobs.get(&artifact.digest).await.map_err(|error| format!("{name}: {error}"))?;
    Manifest::parse(&bytes).map_err(|error| format!("{name}: {error}"))
}

/// Why a directory was not written.
#[derive(Debug, thiserror::Error)]
enum UnpackError {
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error("{0}")]
    Blob(#[from] BlobError),
    #[error(
        "{0}; no deployment of it can be right, so release the directory under another version"
    )]
    List(#[from] ManifestError),
}

async fn write(root: &Path, manifest: &Manifest, blobs: &dyn Blobs) -> Result<(), UnpackError> {
    fs::create_dir(root)?;
    fs::set_permissions(root, Permissions::from_mode(0o755))?;
    for entry in &manifest.entries {
        let path = root.join(&entry.path);
        match &entry.kind {
            EntryKind::Directory => {
                fs::create_dir(&path)?;
                fs::set_permissions(&path, Permissions::from_mode(0o755))?;
            }
            EntryKind::Link { to } => symlink(to, &path)?,
            EntryKind::File { digest, bytes, executable } => {
                blobs.copy_to(digest, &path).await?;
                let listed = Listed { path: &entry.path, digest, bytes: *bytes };
                listed.has(fs::metadata(&path)?.len())?;
                let mode = if *executable { 0o755 } else { 0o644 };
                fs::set_permissions(&path, Permissions::from_mode(mode))?;
            }
        }
    }
    let paths: Vec<PathBuf> = manifest
        .entries
        .iter()
        .filter(|entry| !matches!(entry.kind, EntryKind::Link { .. }))
        .map(|entry| root.join(&entry.path))
        .chain([root.to_owned()])
        .collect();
    let synced = tokio::task::spawn_blocking(move || {
        paths.iter().try_for_each(|path| File::open(path)?.sync_all())
    });
    Ok(synced.await.map_err(std::io::Error::other)??)
}

/// In one step, also where another directory of that name is being served.
fn put_in_place(aside: &Path, there: &Path) -> std::io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    if fs::symlink_metadata(there).is_ok() {
        match renameat_with(CWD, aside, CWD, there, RenameFlags::EXCHANGE) {
            Ok(()) => {}
            // A file system that cannot exchange: nothing is served for an instant.
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {
                let old = aside.with_file_name(format!(
                    ".old-{}",
                    there.file_name().unwrap_or_default().to_string_lossy()
                ));
                fs::rename(there, &old)?;
                fs::rename(aside, there)?;
                let _ = fs::remove_dir_all(old);
            }
            Err(error) => return Err(error.into()),
        }
    } else {
        fs::rename(aside, there)?;
    }
    match there.parent() {
        Some(releases) => File::open(releases)?.sync_all(),
        None => Ok(()),
    }
}

//! A copy of a ledger with all content that it names: a ledger folder itself.
//!
//! 1. a folder `incomplete` is begun in the new folder;
//! 2. the events are copied into it as they are at one moment, while others write;
//! 3. so is all content that events up to then name, hashed on the way. Content is kept before the
//!    event that names it, and never taken away, so none of it can be missing because of the order;
//! 4. everything is flushed, and put in its place, the ledger last.

use std::io;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use plimsoll_core::digest::Digest;
use plimsoll_engine::ports::{Blobs as _, LedgerError};

use super::fault::{ContentFault, ContentFaultKind, weigh};
use super::named::{ContentsProgress, Visit, Walked, walk};
use super::staging::Staging;
use crate::blobs::DirBlobs;
use crate::store::Store;

/// What was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackedUp {
    /// How much content, each counted once.
    pub contents: u64,
    /// How many bytes of content.
    pub bytes: u64,
    /// Content that the ledger names and that could not be copied, because it was missing or
    /// changed before. The heaviest first.
    pub faults: Vec<ContentFault>,
}

/// Why there is no backup. Nothing of it is left behind.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is something already.
    #[error("{} is there already, and a backup overwrites nothing", .0.display())]
    Occupied(PathBuf),
    /// A backup into this folder was interrupted, or is still being written.
    #[error("{} holds a backup that was interrupted, or is still being written", .0.display())]
    Interrupted(PathBuf),
    /// The folder that it is to lie in does not exist.
    #[error("there is no folder {}", .0.display())]
    NoFolder(PathBuf),
    /// The disk did not do it.
    #[error("could not {what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// The ledger could not be read, or its copy not be written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl BackupError {
    pub(super) fn io(verb: &str, path: &Path, source: io::Error) -> Self {
        Self::Io { what: format!("{verb} {}", path.display()), source }
    }
}

/// Copies the ledger, and all content that it names unless `blobs` is none, into the new folder
/// `to`, which is a ledger folder itself. Both may be in use. Content that is missing or changed
/// already stops nothing and is said.
///
/// # Errors
/// [`BackupError`]; nothing is left behind.
pub async fn backup(
    store: &dyn Store,
    blobs: Option<&DirBlobs>,
    to: &Path,
    progress: ContentsProgress<'_>,
) -> Result<BackedUp, BackupError> {
    let staging = Staging::begin(to)?;
    store.backup(&staging.ledger_dir().join("ledger.db")).await?;
    let mut walked = Walked::default();
    if let Some(blobs) = blobs {
        // The copy ends here or earlier.
        let (upto, _) = store.head().await?;
        let into = staging.ledger_dir().join("blobs");
        let mut copy = Copy { from: blobs, into: DirBlobs::at(&into), failed: None };
        walked = walk(store, upto, &mut copy, progress).await?;
        if let Some(source) = copy.failed {
            return Err(BackupError::io("write", to, source));
        }
        weigh(store, &mut walked.faults).await?;
    }
    let finished = tokio::task::spawn_blocking(move || staging.finish()).await;
    finished.map_err(|error| BackupError::io("finish", to, io::Error::other(error)))??;
    Ok(BackedUp { contents: walked.contents, bytes: walked.bytes, faults: walked.faults })
}

struct Copy<'a> {
    from: &'a DirBlobs,
    into: DirBlobs,
    /// The new disk is full, or gone: nothing more is tried.
    failed: Option<io::Error>,
}

#[async_trait]
impl Visit for Copy<'_> {
    async fn visit(&mut self, digest: &Digest, _: Option<u64>) -> Result<u64, ContentFaultKind> {
        if self.failed.is_some() {
            return Ok(0);
        }
        match self.from.copy_blob(digest, &self.into).await {
            Ok(Ok(bytes)) => Ok(bytes),
            Ok(Err(fault)) => Err(fault.into()),
            Err(source) => {
                self.failed = Some(source);
                Ok(0)
            }
        }
    }

    async fn list(&mut self, digest: &Digest) -> Result<Vec<u8>, ContentFaultKind> {
        Ok(self.from.get(digest).await?)
    }
}

//! Content in memory.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use plimsoll_core::digest::Digest;
use plimsoll_core::record::BlobRef;
use plimsoll_engine::ports::{BlobError, Blobs};

/// Content in memory.
#[derive(Debug, Default)]
pub(crate) struct SimBlobs(Mutex<BTreeMap<Digest, Vec<u8>>>);

#[async_trait]
impl Blobs for SimBlobs {
    async fn put(&self, bytes: &[u8]) -> Result<BlobRef, BlobError> {
        let digest = Digest::of(bytes);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(digest, bytes.to_vec());
        Ok(BlobRef { digest, bytes: bytes.len() as u64 })
    }

    async fn put_file(&self, path: &Path) -> Result<BlobRef, BlobError> {
        let what = format!("read {}", path.display());
        let source = std::io::Error::other("the simulation has no files");
        Err(BlobError::Io { what, source })
    }

    async fn get(&self, digest: &Digest) -> Result<Vec<u8>, BlobError> {
        let blobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        blobs.get(digest).cloned().ok_or(BlobError::Missing { digest: *digest })
    }

    async fn copy_to(&self, _: &Digest, path: &Path) -> Result<(), BlobError> {
        let what = format!("write {}", path.display());
        let source = std::io::Error::other("the simulation has no files");
        Err(BlobError::Io { what, source })
    }

    async fn prove(&self, digest: &Digest) -> Result<BlobRef, BlobError> {
        let bytes = self.get(digest).await?;
        Ok(BlobRef { digest: *digest, bytes: bytes.len() as u64 })
    }
}

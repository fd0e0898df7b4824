//! Parts that the tests of several adapters use.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use plimsoll_core::digest::Digest;
use plimsoll_core::record::BlobRef;
use plimsoll_engine::ports::{BlobError, Blobs};

/// Content in memory.
#[derive(Default)]
pub struct MemoryBlobs(pub Mutex<BTreeMap<Digest, Vec<u8>>>);

impl MemoryBlobs {
    pub fn shared() -> Arc<Self> {
        Arc::default()
    }
}

fn io(what: &str) -> impl Fn(std::io::Error) -> BlobError {
    let what = what.to_owned();
    move |source| BlobError::Io { what: what.clone(), source }
}

#[async_trait]
impl Blobs for MemoryBlobs {
    async fn put(&self, bytes: &[u8]) -> Result<BlobRef, BlobError> {
        let digest = Digest::of(bytes);
        self.0.lock().expect("unpoisoned").insert(digest, bytes.to_vec());
        Ok(BlobRef { digest, bytes: bytes.len() as u64 })
    }

    async fn put_file(&self, path: &Path) -> Result<BlobRef, BlobError> {
        let bytes = std::fs::read(path).map_err(io("read the file"))?;
        self.put(&bytes).await
    }

    async fn get(&self, digest: &Digest) -> Result<Vec<u8>, BlobError> {
        let kept = self.0.lock().expect("unpoisoned").get(digest).cloned();
        let bytes = kept.ok_or(BlobError::Missing { digest: *digest })?;
        if Digest::of(&bytes) == *digest {
            Ok(bytes)
        } else {
            Err(BlobError::Changed { digest: *digest })
        }
    }

    async fn copy_to(&self, digest: &Digest, path: &Path) -> Result<(), BlobError> {
        let bytes = self.get(digest).await?;
        std::fs::write(path, bytes).map_err(io("write the file"))
    }

    async fn prove(&self, digest: &Digest) -> Result<BlobRef, BlobError> {
        let bytes = self.get(digest).await?;
        Ok(BlobRef { digest: *digest, bytes: bytes.len() as u64 })
    }
}

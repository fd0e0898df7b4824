//! Content kept by its hash.

use std::path::Path;

use async_trait::async_trait;
use plimsoll_core::digest::Digest;
use plimsoll_core::record::BlobRef;

/// Why content was not kept or found.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// It is not there.
    #[error("{digest} is not kept here")]
    Missing {
        /// The digest that was asked for.
        digest: Digest,
    },
    /// What is there is not what was kept.
    #[error("what is kept as {digest} was changed")]
    Changed {
        /// The digest that was asked for.
        digest: Digest,
    },
    /// The disk did not do it. Nothing half written stays.
    #[error("could not {what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// Why it failed.
        #[source]
        source: std::io::Error,
    },
}

/// Content kept by its hash, beside the ledger.
#[async_trait]
pub trait Blobs: Send + Sync {
    /// Keeps bytes; on disk when it returns.
    async fn put(&self, bytes: &[u8]) -> Result<BlobRef, BlobError>;

    /// Keeps the content of a file.
    async fn put_file(&self, path: &Path) -> Result<BlobRef, BlobError>;

    /// The bytes, checked against the digest.
    async fn get(&self, digest: &Digest) -> Result<Vec<u8>, BlobError>;

    /// Writes the content to a new file, checked against the digest.
    async fn copy_to(&self, digest: &Digest, path: &Path) -> Result<(), BlobError>;

    /// Reads all of it and compares with the digest: proof that it is there (not only its name).
    async fn prove(&self, digest: &Digest) -> Result<BlobRef, BlobError>;
}

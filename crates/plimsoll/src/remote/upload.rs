//! Artifacts that are files here: hashed here, and sent to the server that keeps them.

use std::path::Path;

use async_trait::async_trait;
use plimsoll_adapters::artifacts::{ArtifactError, ArtifactSpec, build_artifacts};
use plimsoll_core::digest::Digest;
use plimsoll_core::record::BlobRef;
use plimsoll_engine::ports::{BlobError, Blobs};
use reqwest::{Method, StatusCode};

use crate::error::CliError;

use super::Server;

/// Hashes what the specifications name, sends what the server does not keep yet, and gives the
/// artifacts as JSON.
pub(super) async fn upload(server: &Server, specs: &[ArtifactSpec]) -> Result<String, CliError> {
    let here = std::env::current_dir()?;
    let artifacts = build_artifacts(specs, &here, server).await.map_err(|error| match error {
        ArtifactError::NotKept(BlobError::Io { what, source }) => CliError::Unavailable {
            message: format!("could not {what}: {source}"),
            hint: "nothing was named; run the same command again".to_owned(),
        },
        other => CliError::refused(other.to_string(), "plimsoll release add --help"),
    })?;
    Ok(serde_json::to_string(&artifacts).map_err(std::io::Error::from)?)
}

fn failed(what: &str, why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> BlobError {
    BlobError::Io { what: what.to_owned(), source: std::io::Error::other(why) }
}

#[async_trait]
impl Blobs for Server {
    async fn put(&self, bytes: &[u8]) -> Result<BlobRef, BlobError> {
        let digest = Digest::of(bytes);
        let path = format!("blobs/{digest}");
        let request = |method| {
            self.request(method, &path).map_err(|error| failed("send content", error.to_string()))
        };
        let kept = request(Method::HEAD)?.send().await;
        let kept = kept.map_err(|error| failed("ask the server", error))?;
        if kept.status() != StatusCode::OK {
            let sent = request(Method::PUT)?.body(bytes.to_vec()).send().await;
            let sent = sent.map_err(|error| failed("send content", error))?;
            if !sent.status().is_success() {
                let status = sent.status();
                let words = sent.text().await.unwrap_or_default();
                return Err(failed(
                    "send content",
                    format!("the server answered {status}: {words}"),
                ));
            }
        }
        Ok(BlobRef { digest, bytes: bytes.len() as u64 })
    }

    async fn put_file(&self, path: &Path) -> Result<BlobRef, BlobError> {
        let read = tokio::fs::read(path).await;
        let bytes = read
            .map_err(|source| BlobError::Io { what: format!("read {}", path.display()), source })?;
        self.put(&bytes).await
    }

    async fn get(&self, digest: &Digest) -> Result<Vec<u8>, BlobError> {
        Err(BlobError::Missing { digest: *digest })
    }

    async fn copy_to(&self, digest: &Digest, _path: &Path) -> Result<(), BlobError> {
        Err(BlobError::Missing { digest: *digest })
    }

    async fn prove(&self, digest: &Digest) -> Result<BlobRef, BlobError> {
        Err(BlobError::Missing { digest: *digest })
    }
}

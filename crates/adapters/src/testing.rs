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

/// A release of `site` with these artifacts.
pub fn release(
    version: &str,
    artifacts: Vec<plimsoll_core::record::Artifact>,
) -> plimsoll_core::record::Release {
    plimsoll_core::record::Release {
        id: format!("site@{version}").parse().expect("valid"),
        artifacts,
        change: plimsoll_core::catalog::ChangeClass::Minor,
        irreversible: false,
        notes: String::new(),
        added_at: plimsoll_core::Timestamp::UNIX_EPOCH,
        added_by: "ann".parse().expect("valid"),
    }
}

/// A target `site/staging/NAME` that is deployed to and observed so.
pub fn context(
    name: &str,
    deploy: plimsoll_core::catalog::DeployKind,
    observe: plimsoll_core::catalog::ObserveKind,
) -> plimsoll_engine::ports::TargetContext {
    use plimsoll_core::catalog::{Observe, Platform, Target, VersionFrom};
    use plimsoll_core::units::Period;
    plimsoll_engine::ports::TargetContext {
        id: format!("site/staging/{name}").parse().expect("valid"),
        target: Target {
            site: "nl".parse().expect("valid"),
            platform: "vm".parse().expect("valid"),
            url: Some("http://127.0.0.1:9".into()),
            vars: BTreeMap::new(),
        },
        platform: Platform {
            deploy,
            observe: Observe {
                kind: observe,
                version: VersionFrom::Text,
                within: Period::from_secs(5),
            },
            within: Period::from_secs(20),
        },
    }
}

/// An argv as the configuration has it.
pub fn argv(texts: &[&str]) -> plimsoll_core::catalog::Argv {
    plimsoll_core::catalog::Argv {
        argv: texts.iter().map(|text| text.parse().expect("a template")).collect(),
        env: BTreeMap::new(),
        dir: None,
    }
}

/// A fleet that stands on `root`, with one secret `token` in the file `token`.
pub fn settings(root: &Path, blobs: Arc<dyn Blobs>) -> crate::ground::FleetSettings {
    let token = plimsoll_core::catalog::SecretRef::File("token".into());
    crate::ground::FleetSettings {
        root: root.to_owned(),
        state_dir: root.join(".plimsoll"),
        secrets: [("token".parse().expect("valid"), token)].into(),
        blobs,
    }
}

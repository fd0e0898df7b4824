//! Whether what a release is made of is still kept here.

use plimsoll_core::record::{Artifact, ProofOutcome};
use plimsoll_engine::ports::{BlobError, Blobs};

use super::Manifest;

/// Whether every file of a directory artifact is kept, by reading all of them.
pub async fn prove_directory(artifact: &Artifact, blobs: &dyn Blobs) -> ProofOutcome {
    let name = &artifact.name;
    let manifest = match blobs.get(&artifact.digest).await {
        Ok(bytes) => Manifest::parse(&bytes),
        Err(error) => return unproven(&format!("the list of files of {name}"), error),
    };
    let manifest = match manifest {
        Ok(manifest) => manifest,
        Err(error) => {
            let what = format!("a readable list of files of {name} ({error})");
            return ProofOutcome::Missing { what, digest: Some(artifact.digest) };
        }
    };
    let mut files: u32 = 0;
    for (path, digest) in manifest.files() {
        if let Err(error) = blobs.prove(digest).await {
            return unproven(&format!("{path} of {name}"), error);
        }
        files += 1;
    }
    ProofOutcome::Present { how: format!("{name}: kept here, {files} files hashed") }
}

/// Whether a file artifact is kept, by reading it.
pub async fn prove_file(artifact: &Artifact, blobs: &dyn Blobs) -> ProofOutcome {
    match blobs.prove(&artifact.digest).await {
        Ok(kept) => ProofOutcome::Present {
            how: format!("{}: kept here, {} bytes hashed", artifact.name, kept.bytes),
        },
        Err(error) => unproven(artifact.name.as_str(), error),
    }
}

/// What a failed look at kept content says about `what`, which is then said to be missing.
fn unproven(what: &str, error: BlobError) -> ProofOutcome {
    match error {
        BlobError::Missing { digest } => {
            ProofOutcome::Missing { what: what.to_owned(), digest: Some(digest) }
        }
        BlobError::Changed { digest } => {
            ProofOutcome::Missing { what: format!("an unchanged {what}"), digest: Some(digest) }
        }
        BlobError::Io { .. } => ProofOutcome::Unknown { why: format!("{what}: {error}") },
    }
}

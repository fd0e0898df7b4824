//! Whether what a release is made of is still kept here.

use plimsoll_core::record::{Artifact, ProofOutcome};
use plimsoll_core::say;
use plimsoll_engine::ports::{BlobError, Blobs};

use super::{Manifest, ManifestError};

/// Whether every file of a directory artifact is kept, by reading all of them.
pub async fn prove_directory(artifact: &Artifact, blobs: &dyn Blobs) -> ProofOutcome {
    let name = &artifact.name;
    let manifest = match blobs.get(&artifact.digest).await {
        Ok(bytes) => Manifest::parse(&bytes),
        Err(error) => return unproven(&format!("the list of files of {name}"), error),
    };
    let manifest = match manifest {
        Ok(manifest) => manifest,
        Err(error) => return unlisted(artifact, "readable", &error),
    };
    let mut files = 0;
    for file in manifest.files() {
        match blobs.prove(file.digest).await.map(|kept| file.has(kept.bytes)) {
            Ok(Ok(())) => files += 1,
            Ok(Err(error)) => return unlisted(artifact, "true", &error),
            Err(error) => return unproven(&format!("{} of {name}", file.path), error),
        }
    }
    let files = say::count(files, "file");
    ProofOutcome::Present { how: format!("{name}: kept here, {files} hashed") }
}

/// A list of files that nothing can be made of is as good as none.
fn unlisted(artifact: &Artifact, wanted: &str, error: &ManifestError) -> ProofOutcome {
    let what = format!("a {wanted} list of files of {} ({error})", artifact.name);
    ProofOutcome::Missing { what, digest: Some(artifact.digest) }
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

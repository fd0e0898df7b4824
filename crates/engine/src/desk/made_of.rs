//! What a release is made of: kept here, whole, and such that it can be deployed.

use plimsoll_core::record::{Artifact, ArtifactKind, Manifest, ManifestError};

use super::{Desk, DeskError};

/// The longest list of the files of a directory that is read.
///
/// # Units
/// Entries.
const MOST_ENTRIES: usize = 100_000;

impl Desk {
    /// Makes sure that what is said to be kept of a release is, by reading all of it, and that a
    /// directory is what the list of its files says. A release is what one goes back to: what is wrong
    /// with it has to be found when it is named, not in the middle of a deployment.
    ///
    /// # Errors
    /// Content is missing, was changed, or is not what a list says.
    pub async fn prove_artifacts(&self, artifacts: &[Artifact]) -> Result<(), DeskError> {
        for artifact in artifacts.iter().filter(|artifact| artifact.kept) {
            match &artifact.kind {
                ArtifactKind::File => drop(self.parts.blobs.prove(&artifact.digest).await?),
                ArtifactKind::Directory => self.prove_directory(artifact).await?,
                ArtifactKind::Git { .. } | ArtifactKind::Named => {}
            }
        }
        Ok(())
    }

    async fn prove_directory(&self, artifact: &Artifact) -> Result<(), DeskError> {
        let name = &artifact.name;
        let wrong = |error: ManifestError| {
            let hint = "make the list anew from the directory, upload it, and name it by its digest; \
                        plimsoll release add  does all of that";
            DeskError::wrong(format!("{name}: {error}"), hint)
        };
        let blobs = &self.parts.blobs;
        let bytes = blobs.get(&artifact.digest).await?;
        let manifest = Manifest::parse(&bytes).map_err(wrong)?;
        if manifest.entries.len() > MOST_ENTRIES {
            let words = format!("{name} has more than {MOST_ENTRIES} entries");
            return Err(DeskError::wrong(words, "release it as an archive: one file"));
        }
        manifest.is_own_form(&bytes).map_err(wrong)?;
        for file in manifest.files() {
            let kept = blobs.prove(file.digest).await?;
            file.has(kept.bytes).map_err(wrong)?;
        }
        Ok(())
    }
}

//! A release, as programs read it.

use plimsoll_core::record::{Artifact, ArtifactKind, Release};
use plimsoll_core::say;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An immutable, named set of artifacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ReleaseView {
    /// `service@version`.
    pub release: String,
    /// The digest of its artifacts.
    pub digest: String,
    /// What it is made of.
    pub artifacts: Vec<ArtifactView>,
    /// `major`, `minor` or `patch`.
    pub change: String,
    /// Whether it cannot be undone.
    pub irreversible: bool,
    /// Free words of its author.
    pub notes: String,
    /// When it was added (RFC 3339, UTC).
    pub added_at: String,
    /// By whom.
    pub added_by: String,
}

/// The releases of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ReleasesView {
    /// The service.
    pub service: String,
    /// Newest first.
    pub releases: Vec<ReleaseView>,
}

/// One part of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ArtifactView {
    /// Its name.
    pub name: String,
    /// `file`, `directory`, `git` or `named`.
    pub kind: String,
    /// The digest of its content.
    pub digest: String,
    /// Where it came from.
    pub source: String,
    /// Whether plimsoll keeps a copy.
    pub kept: bool,
}

impl From<&Release> for ReleaseView {
    fn from(release: &Release) -> Self {
        Self {
            release: release.id.to_string(),
            digest: release.digest().to_string(),
            artifacts: release.artifacts.iter().map(ArtifactView::from).collect(),
            change: say::change_word(release.change).to_owned(),
            irreversible: release.irreversible,
            notes: release.notes.clone(),
            added_at: release.added_at.to_string(),
            added_by: release.added_by.to_string(),
        }
    }
}

impl From<&Artifact> for ArtifactView {
    fn from(artifact: &Artifact) -> Self {
        let kind = match &artifact.kind {
            ArtifactKind::File => "file",
            ArtifactKind::Directory => "directory",
            ArtifactKind::Git { .. } => "git",
            ArtifactKind::Named => "named",
        };
        Self {
            name: artifact.name.to_string(),
            kind: kind.to_owned(),
            digest: artifact.digest.to_string(),
            source: artifact.source.clone(),
            kept: artifact.kept,
        }
    }
}

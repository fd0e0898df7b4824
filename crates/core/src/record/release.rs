//! Releases and what they are made of.

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::catalog::ChangeClass;
use crate::digest::Digest;
use crate::ids::{ArtifactName, PersonName, ReleaseId};

/// An immutable, named set of artifacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Its name.
    pub id: ReleaseId,
    /// What it is made of, in order of name. May be empty for an adopted release whose artifacts
    /// nobody has named yet; such a release is no way back.
    pub artifacts: Vec<Artifact>,
    /// How large the change is.
    pub change: ChangeClass,
    /// Whether the change cannot be undone (a migration that drops data): a promotion of it is
    /// never rolled back by itself, a person is called instead.
    pub irreversible: bool,
    /// Free words of its author.
    pub notes: String,
    /// When it was added.
    pub added_at: Timestamp,
    /// By whom.
    pub added_by: PersonName,
}

/// One part of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// Its name, unique in the release.
    pub name: ArtifactName,
    /// What it is.
    pub kind: ArtifactKind,
    /// The digest of its content.
    pub digest: Digest,
    /// Where it came from: a path, a repository, a URL. For people; never used to decide.
    pub source: String,
    /// Whether plimsoll keeps a copy of its own.
    pub kept: bool,
}

/// What an artifact is, and so what its digest is taken of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArtifactKind {
    /// One file; the digest is that of its bytes.
    File,
    /// A directory; the digest is that of its manifest (paths, kinds, modes, digests of files).
    Directory,
    /// A git commit, by its full object id; the digest is that of the id's text.
    Git {
        /// The full object id, hexadecimal.
        commit: String,
    },
    /// Anything that its name and digest stand for: an image, a package, a chart.
    Named,
}

impl Release {
    /// What the release is: the digest of its artifacts, and of nothing else.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let parts: Vec<_> = self.artifacts.iter().map(|a| (&a.name, &a.kind, &a.digest)).collect();
        Digest::of_json(&(&self.id, parts))
    }

    /// Whether both are made of the same content, whatever they and their parts are called. Of
    /// one whose artifacts nobody named that is not known.
    #[must_use]
    pub fn same_content(&self, other: &Self) -> bool {
        let content = |release: &Self| {
            let mut parts: Vec<_> =
                release.artifacts.iter().map(|a| Digest::of_json(&(&a.kind, &a.digest))).collect();
            parts.sort();
            parts
        };
        !self.artifacts.is_empty() && content(self) == content(other)
    }
}

//! The content that events refer to: what lies beside the ledger, by its hash.

use crate::digest::Digest;
use crate::record::{Artifact, ArtifactKind, BlobRef, CheckResult};

use super::EventKind;

/// Content that an event refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The hash that it is kept by.
    pub digest: Digest,
    /// Its length, where the event says so.
    pub bytes: Option<u64>,
    /// What it is for.
    pub role: ContentRole,
}

/// What content is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContentRole {
    /// A file of a release: without it the release cannot be put anywhere.
    File {
        /// The artifact's name.
        artifact: String,
    },
    /// The list of the files of a directory of a release, each content of its own.
    Directory {
        /// The artifact's name.
        artifact: String,
    },
    /// What a deployment or a check printed.
    Output,
    /// A picture that a check took.
    Picture {
        /// Its name.
        name: String,
    },
    /// A whole decision with its facts.
    Decision,
}

impl EventKind {
    /// All content that this event refers to, in order.
    #[must_use]
    pub fn contents(&self) -> Vec<Content> {
        match self {
            Self::ReleaseAdded { release } => of_artifacts(&release.artifacts),
            Self::ArtifactsNamed { artifacts } => of_artifacts(artifacts),
            Self::DeploymentFinished { report, .. } => {
                report.output.iter().map(|blob| of_blob(blob, ContentRole::Output)).collect()
            }
            Self::CheckFinished { result } => of_result(result),
            Self::CheckControlled { control, .. } => {
                let outputs = control.runs.iter().filter_map(|run| run.output.as_ref());
                outputs.map(|blob| of_blob(blob, ContentRole::Output)).collect()
            }
            Self::DecisionMade { whole, .. } => vec![of_blob(whole, ContentRole::Decision)],
            Self::PromotionStarted { .. }
            | Self::DriverClaimed { .. }
            | Self::WaveStarted { .. }
            | Self::WaveHeld { .. }
            | Self::DeploymentStarted { .. }
            | Self::WaveVerified { .. }
            | Self::SoakFinished { .. }
            | Self::GapSeen { .. }
            | Self::RegressionFound { .. }
            | Self::AbortRequested { .. }
            | Self::RollbackStarted { .. }
            | Self::VerifiedGood { .. }
            | Self::PromotionFinished { .. }
            | Self::FollowUpBecameMoot { .. }
            | Self::Adopted { .. }
            | Self::DriftFound { .. }
            | Self::DriftEnded { .. }
            | Self::RehearsalFinished { .. }
            | Self::VerifyStarted { .. }
            | Self::VerifyFinished { .. }
            | Self::WaiverGiven { .. }
            | Self::WaiverWithdrawn { .. }
            | Self::KnownFailureRecorded { .. }
            | Self::KnownFailureWithdrawn { .. }
            | Self::SignedOff { .. }
            | Self::HoldPlaced { .. }
            | Self::PushForced { .. }
            | Self::TokenCreated { .. }
            | Self::TokenRevoked { .. }
            | Self::SessionOpened { .. }
            | Self::SessionClosed { .. }
            | Self::ForgeClaimed { .. }
            | Self::WebhookReceived { .. }
            | Self::StatusPosted { .. }
            | Self::StatusNotPosted { .. }
            | Self::RuleAnswered { .. }
            | Self::RuleNotAnswered { .. }
            | Self::PicturesOpened { .. }
            | Self::HoldReleased { .. }
            | Self::FreezeDeclared { .. }
            | Self::FreezeLifted { .. }
            | Self::FollowUpClosed { .. } => Vec::new(),
        }
    }
}

fn of_blob(blob: &BlobRef, role: ContentRole) -> Content {
    Content { digest: blob.digest, bytes: Some(blob.bytes), role }
}

fn of_artifacts(artifacts: &[Artifact]) -> Vec<Content> {
    artifacts.iter().filter(|artifact| artifact.kept).filter_map(of_artifact).collect()
}

/// Commits and what is only named are kept elsewhere.
fn of_artifact(artifact: &Artifact) -> Option<Content> {
    let name = artifact.name.to_string();
    let role = match &artifact.kind {
        ArtifactKind::File => ContentRole::File { artifact: name },
        ArtifactKind::Directory => ContentRole::Directory { artifact: name },
        ArtifactKind::Git { .. } | ArtifactKind::Named => return None,
    };
    Some(Content { digest: artifact.digest, bytes: None, role })
}

fn of_result(result: &CheckResult) -> Vec<Content> {
    let output = result.output.iter().map(|blob| of_blob(blob, ContentRole::Output));
    let pages = result.attempts.iter().filter_map(|attempt| attempt.page.as_deref());
    let pictures = pages
        .flat_map(|page| &page.pictures)
        .map(|picture| of_blob(&picture.blob, ContentRole::Picture { name: picture.name.clone() }));
    output.chain(pictures).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn artifact(name: &str, kind: ArtifactKind, kept: bool) -> Artifact {
        let digest = Digest::of(name.as_bytes());
        let name = name.parse().expect("a name");
        Artifact { name, kind, digest, source: String::new(), kept }
    }

    #[test]
    fn only_what_is_kept_here_is_content_of_a_release() {
        let artifacts = vec![
            artifact("app", ArtifactKind::File, true),
            artifact("site", ArtifactKind::Directory, true),
            artifact("code", ArtifactKind::Git { commit: "0".repeat(40) }, false),
            artifact("image", ArtifactKind::Named, false),
        ];
        let contents = EventKind::ArtifactsNamed { artifacts }.contents();
        let roles: Vec<_> = contents.into_iter().map(|content| content.role).collect();
        assert_eq!(
            roles,
            [
                ContentRole::File { artifact: "app".to_owned() },
                ContentRole::Directory { artifact: "site".to_owned() },
            ]
        );
    }
}

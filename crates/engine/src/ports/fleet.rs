//! The outside world of targets: deploying, observing, proving, checking.

use std::sync::Arc;

use async_trait::async_trait;
use plimsoll_core::Timestamp;
use plimsoll_core::catalog::{CalendarRead, Check, Platform, Target};
use plimsoll_core::ids::{CheckName, DeploymentId, TargetId, Version};
use plimsoll_core::record::{
    Attempt, BlobRef, DeployResult, MoveReason, Observed, ProofOutcome, Release,
};
use tokio::sync::Notify;

/// A target with everything that is known about it.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetContext {
    /// Its name.
    pub id: TargetId,
    /// Site, platform, URL, free values.
    pub target: Target,
    /// How its platform deploys and observes.
    pub platform: Platform,
}

/// Put a release on a target.
#[derive(Debug, Clone)]
pub struct DeployJob {
    /// Where.
    pub context: TargetContext,
    /// What, with pinned digests.
    pub release: Release,
    /// What is replaced, as far as known.
    pub previous: Option<Version>,
    /// Forward or back (a `roll-back` command may differ from `deploy`).
    pub reason: MoveReason,
    /// Its number, unique; the same number is never run twice.
    pub deployment: DeploymentId,
}

/// What a deployer did. What effect it had is observed, not believed.
#[derive(Debug, Clone)]
pub struct Deployed {
    /// What it says of its work.
    pub result: DeployResult,
    /// How long it took.
    pub took_ms: u64,
    /// Its output, bounded, secrets taken out.
    pub output: Vec<u8>,
}

/// Run one attempt of one check on one target.
#[derive(Debug, Clone)]
pub struct CheckJob {
    /// Where.
    pub context: TargetContext,
    /// The check's name.
    pub name: CheckName,
    /// What to do.
    pub check: Check,
    /// The version that is expected to be there.
    pub version: Version,
    /// To be told once it has begun.
    pub begun: Begun,
    /// What is known to be good, for checks that compare.
    pub beside: Beside,
}

/// What is known to be good beside a target that is checked.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// Targets that count as good as they are today, the most alike first.
    pub targets: Vec<TargetContext>,
    /// Where there are none: outputs of the same check that say what was good before, the best
    /// first.
    pub before: Vec<Before>,
    /// The release that is checked, as the ledger knows it.
    pub candidate: Option<Release>,
    /// The release that was last verified good where the candidate is going.
    pub good: Option<Release>,
    /// When the deployment that is checked had finished, for checks that ask since when something
    /// runs.
    pub deployed_at: Option<Timestamp>,
}

/// An output that says what was good before.
#[derive(Debug, Clone)]
pub struct Before {
    /// Which one it is, in words: `the last good look at planet4/production/nl-vm`.
    pub words: String,
    /// Where it is.
    pub output: BlobRef,
    /// Whether what it was compared with is meant, and not what it looked at itself.
    pub compared: bool,
}

/// Told by an attempt once its beginning, which costs processor time here, is over and the rest is
/// waiting for others. Then the next one may begin. Not telling is no harm.
#[derive(Debug, Clone, Default)]
pub struct Begun(Arc<Notify>);

impl Begun {
    /// It has begun.
    pub fn tell(&self) {
        self.0.notify_one();
    }

    /// Waits until that was told.
    pub async fn told(&self) {
        self.0.notified().await;
    }
}

/// What one attempt found.
#[derive(Debug, Clone)]
pub struct Attempted {
    /// The attempt.
    pub attempt: Attempt,
    /// Its output, bounded, secrets taken out; empty when there is nothing worth keeping.
    pub output: Vec<u8>,
    /// Pictures, by name; they are kept as content of their own.
    pub pictures: Vec<(String, Vec<u8>)>,
}

/// The targets, as they are touched. Dropping a future ends what it began: processes with their
/// whole group, connections.
#[async_trait]
pub trait Fleet: Send + Sync {
    /// Puts a release on a target. Failing is a value.
    async fn deploy(&self, job: &DeployJob) -> Deployed;

    /// Ends whatever an executor that is gone left running against this target, and says so; `None`
    /// when there was nothing.
    async fn reap(&self, target: &TargetId) -> Option<String>;

    /// Which version really runs.
    async fn observe(&self, context: &TargetContext) -> Observed;

    /// Whether everything that is needed to put the release on the target is there, without
    /// doing it.
    async fn prove(&self, context: &TargetContext, release: &Release) -> ProofOutcome;

    /// The events of a calendar file, relative to the configuration. Failing is a value.
    async fn calendar(&self, file: &str) -> CalendarRead {
        CalendarRead::Unreadable(format!("{file} cannot be read from here"))
    }

    /// One attempt of a check.
    async fn check(&self, job: &CheckJob) -> Attempted;
}

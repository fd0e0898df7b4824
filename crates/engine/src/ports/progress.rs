//! What is said while work goes on.

use plimsoll_core::Timestamp;
use plimsoll_core::event::{EventKind, PromotionEnd, Regression};
use plimsoll_core::ids::{CheckName, LaneId, PromotionId, TargetName, Version};
use plimsoll_core::record::{CheckResult, DeployReport, MoveReason};

/// Something that a person who waits may want to see. Never needed to decide anything.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields are what their types say")]
pub enum Progress {
    /// Checks begin: so many results are expected.
    VerifyBegan { lane: LaneId, version: Version, targets: u32, expected: u32 },
    /// A check began.
    CheckBegan { target: TargetName, check: CheckName },
    /// A check ended.
    CheckEnded { result: Box<CheckResult>, done: u32, expected: u32 },
    /// A promotion begins or is picked up.
    PromotionBegan { promotion: PromotionId, lane: LaneId, taken_over_from: Option<String> },
    /// A wave begins.
    WaveBegan { wave: u32, of: u32, targets: Vec<TargetName> },
    /// The gate refused a wave; it is asked again until then.
    WaveWaits { wave: u32, summary: String, until: Timestamp },
    /// A deployment began.
    DeployBegan { target: TargetName, version: Version, reason: MoveReason },
    /// A deployment ended.
    DeployEnded {
        target: TargetName,
        version: Version,
        reason: MoveReason,
        report: Box<DeployReport>,
    },
    /// A wave's checks are green.
    WaveVerified { wave: u32, of: u32, took_ms: u64 },
    /// A wave is being watched.
    Soaking { wave: u32, until: Timestamp },
    /// A wave was watched.
    Soaked { wave: u32, took_ms: u64 },
    /// Something got worse.
    Regressed { wave: u32, regressions: Vec<Regression> },
    /// It goes back.
    GoingBack { targets: Vec<TargetName>, reason: String },
    /// It is over.
    PromotionEnded { promotion: PromotionId, end: PromotionEnd, took_ms: u64 },
    /// Something else that was written down and is worth a line.
    Noted { kind: Box<EventKind> },
    /// A line in words.
    Said { words: String },
}

/// Who shows progress.
pub trait Reporter: Send + Sync {
    /// Shows it. Must not block.
    fn tell(&self, progress: Progress);
}

/// Shows nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quiet;

impl Reporter for Quiet {
    fn tell(&self, _: Progress) {}
}

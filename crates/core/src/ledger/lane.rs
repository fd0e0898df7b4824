//! One service in one environment: its targets, and what moves them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::digest::Digest;
use crate::ids::{CheckName, CheckRunId, DeploymentId, PromotionId, Seq, TargetName, Version};
use crate::record::{
    BackCause, BlobRef, CheckResult, Control, DeployReport, DeployResult, MoveReason, Observed,
    Outcome, Rehearsal,
};

use super::{FinishedPromotion, PromotionState};

/// How many runs of a check are remembered to see whether it turns back and forth by itself.
const KEPT_LATELY: usize = 10;

/// How many verified good versions a target remembers: the way back may have to go past several
/// bad ones.
const KEPT_VERIFIED_GOOD: usize = 20;

/// How many finished promotions a lane remembers; older ones are in the events.
const KEPT_FINISHED: usize = 20;

/// How many versions that went back a lane remembers: as many as anybody may still ask the gate
/// about.
const KEPT_WENT_BACK: usize = 200;

/// One service in one environment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LaneState {
    /// The last version of the lane stream.
    pub version: u64,
    /// The last version of the evidence stream.
    pub evidence_version: u64,
    /// The targets that something ever happened to.
    pub targets: BTreeMap<TargetName, TargetState>,
    /// The promotion under way.
    pub active: Option<PromotionState>,
    /// The last promotions that ended, oldest first.
    pub finished: Vec<FinishedPromotion>,
    /// Checks under way.
    pub verifying: Vec<Verifying>,
    /// Versions that were promoted to here and did not stay, oldest first; one that was verified
    /// good since is not among them.
    pub went_back: Vec<WentBack>,
}

/// A version that did not stay where it had been promoted to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WentBack {
    /// The version.
    pub version: Version,
    /// What took it back, or could not.
    pub promotion: PromotionId,
    /// The event that says so.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// Whose fault it was.
    pub cause: BackCause,
    /// Why, in words.
    pub reason: String,
}

/// One target.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TargetState {
    /// The last deployment, under way, done or failed.
    pub deployment: Option<DeploymentState>,
    /// Versions that were verified good here, the last one last.
    pub verified_good: Vec<VerifiedGood>,
    /// The last run of each check.
    pub results: BTreeMap<CheckName, RunState>,
    /// What is remembered of the runs before.
    pub trails: BTreeMap<CheckName, Trail>,
    /// What runs instead of what was deployed.
    pub drift: Option<Drift>,
    /// The last rehearsal of the way back here.
    pub rehearsal: Option<(Seq, Rehearsal)>,
}

/// A deployment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeploymentState {
    /// Its number.
    pub id: DeploymentId,
    /// What was put there.
    pub version: Version,
    /// What was there before, as far as known.
    pub previous: Option<Version>,
    /// Forward or back.
    pub reason: MoveReason,
    /// When it began; when it was adopted.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// What became of it; absent while under way, and for an adopted one.
    pub report: Option<DeployReport>,
    /// It was there before plimsoll was.
    pub adopted: bool,
    /// The promotion it is part of.
    pub promotion: Option<PromotionId>,
}

/// A version that was verified good on a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedGood {
    /// The version.
    pub version: Version,
    /// When.
    pub at: Timestamp,
    /// The event that says so.
    pub seq: Seq,
    /// When a check failed on it afterwards. It is then gone back to only where nothing better is
    /// known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubted_at: Option<Timestamp>,
}

/// The last run of a check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunState {
    /// Its number.
    pub id: CheckRunId,
    /// Its result.
    pub result: CheckResult,
    /// Why it is red, once control runs have found out.
    pub control: Option<Control>,
}

/// What is remembered of a check on a target beside its last run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trail {
    /// Red in one and the same way since the last pass; across releases.
    pub red: Option<Streak>,
    /// The last pass that was not flaky.
    pub passed: Option<Passed>,
    /// What a page was seen to be when it last passed, once for each version, the last one last.
    pub looks: Vec<GoodLook>,
    /// What it came to lately, the last one last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lately: Vec<Lately>,
}

/// What a run of a check came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lately {
    /// With this version.
    pub version: Version,
    /// With this definition.
    pub check_digest: Digest,
    /// Green at once, and not after a red try.
    pub green: bool,
}

/// What a page check kept when it passed: what the page is later compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoodLook {
    /// Of this version.
    pub version: Version,
    /// The run.
    pub run: CheckRunId,
    /// What it kept.
    pub output: BlobRef,
}

/// Runs that were red in the same way, one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Streak {
    /// What was wrong, as [`CheckResult::signature`] says.
    pub signature: Vec<String>,
    /// When the first of them ended.
    pub since: Timestamp,
    /// On how many releases, counted at each change.
    pub releases: u32,
    /// The release of the last one.
    pub last: Version,
}

/// A check passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    /// On this version.
    pub version: Version,
    /// When it ended.
    pub at: Timestamp,
    /// With this definition.
    pub check_digest: Digest,
}

impl Trail {
    /// How often a check of that definition turned from green to red or back while one and the same
    /// version ran; as far as is remembered.
    #[must_use]
    pub fn turns(&self, definition: &Digest) -> usize {
        let same: Vec<_> =
            self.lately.iter().filter(|one| one.check_digest == *definition).collect();
        same.windows(2)
            .filter(|two| two[0].version == two[1].version && two[0].green != two[1].green)
            .count()
    }

    /// Adds a result, of which nothing but the version that was asked for was seen to run.
    pub(super) fn add(&mut self, run: CheckRunId, result: &CheckResult) {
        if matches!(result.outcome, Outcome::Passed | Outcome::Failed) {
            self.lately.push(Lately {
                version: result.version.clone(),
                check_digest: result.check_digest,
                green: result.outcome == Outcome::Passed && !result.is_flaky(),
            });
            if self.lately.len() > KEPT_LATELY {
                self.lately.remove(0);
            }
        }
        match result.outcome {
            Outcome::Passed if result.is_flaky() => {}
            Outcome::Passed => {
                self.red = None;
                self.passed = Some(Passed {
                    version: result.version.clone(),
                    at: result.finished_at,
                    check_digest: result.check_digest,
                });
                self.add_look(run, result);
            }
            Outcome::Failed => self.add_red(result),
            // Neither red nor green: it says nothing about the release.
            Outcome::Errored | Outcome::NotRun => {}
        }
    }

    /// Remembers as many versions as the way back may pass.
    fn add_look(&mut self, run: CheckRunId, result: &CheckResult) {
        let Some(output) = result.output else { return };
        if result.attempts.last().is_none_or(|attempt| attempt.page.is_none()) {
            return;
        }
        self.looks.retain(|look| look.version != result.version);
        self.looks.push(GoodLook { version: result.version.clone(), run, output });
        if self.looks.len() > KEPT_VERIFIED_GOOD {
            self.looks.remove(0);
        }
    }

    fn add_red(&mut self, result: &CheckResult) {
        let signature = result.signature();
        let same = self.red.as_mut().filter(|streak| streak.signature == signature);
        match same {
            Some(streak) if streak.last == result.version => {}
            Some(streak) => {
                streak.releases += 1;
                streak.last = result.version.clone();
            }
            None => {
                let (since, last) = (result.finished_at, result.version.clone());
                self.red = Some(Streak { signature, since, releases: 1, last });
            }
        }
    }
}

/// Something else runs than was deployed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// The event that says so.
    pub seq: Seq,
    /// Since when it is known.
    pub at: Timestamp,
    /// What was deployed.
    pub expected: Option<Version>,
    /// What runs.
    pub observed: Observed,
}

/// Checks under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verifying {
    /// The event that began them.
    pub started: Seq,
    /// When they began.
    pub at: Timestamp,
    /// The version to be checked.
    pub version: Version,
    /// On these targets.
    pub targets: Vec<TargetName>,
    /// These checks.
    pub checks: Vec<CheckName>,
    /// Who runs them.
    pub driver: String,
    /// When they are over at the latest.
    pub deadline: Timestamp,
}

impl DeploymentState {
    /// Done, and the deployed version was observed right after.
    #[must_use]
    pub fn is_good(&self) -> bool {
        if self.adopted {
            return true;
        }
        let Some(report) = &self.report else { return false };
        match report.result {
            DeployResult::Done | DeployResult::FoundDone => report.observed.is(&self.version),
            DeployResult::Misaimed { .. } | DeployResult::Failed { .. } => false,
        }
    }
}

impl TargetState {
    /// The version that the target has, as far as the ledger knows: that of the last deployment
    /// that worked, or none when the last one did not.
    #[must_use]
    pub fn version(&self) -> Option<&Version> {
        self.deployment.as_ref().filter(|d| d.is_good()).map(|d| &d.version)
    }

    /// The version that was last seen to run here: what drifted in, what the last deployment
    /// brought, or what was observed after one that failed.
    #[must_use]
    pub fn last_seen(&self) -> Option<&Version> {
        let drifted = self.drift.as_ref().and_then(|drift| drift.observed.version());
        let after = || self.deployment.as_ref()?.report.as_ref()?.observed.version();
        drifted.or_else(|| self.version()).or_else(after)
    }

    /// Whether this version may be what runs here: it was seen last, or nobody saw what the last
    /// deployment left.
    #[must_use]
    pub fn may_run(&self, version: &Version) -> bool {
        if let Some(seen) = self.last_seen() {
            return seen == version;
        }
        self.deployment
            .as_ref()
            .is_some_and(|d| d.version == *version || d.previous.as_ref() == Some(version))
    }

    /// The verified good version that the last deployment was to bring back here, and did not: the
    /// way back is still to be gone.
    #[must_use]
    pub fn way_back_not_reached(&self) -> Option<&VerifiedGood> {
        let deployment = self.deployment.as_ref().filter(|deployment| !deployment.is_good())?;
        match deployment.reason {
            MoveReason::Back => {
                self.verified_good.iter().find(|good| good.version == deployment.version)
            }
            MoveReason::Forward => None,
        }
    }

    /// Whether one of these versions runs here and nothing speaks against it.
    #[must_use]
    pub fn runs_well_one_of(&self, versions: &BTreeSet<Version>) -> bool {
        let Some(version) = self.version().filter(|version| versions.contains(*version)) else {
            return false;
        };
        let mut good = self.verified_good.iter();
        self.drift.is_none()
            && good.any(|good| good.version == *version && good.doubted_at.is_none())
    }

    /// Whether what was deployed here was verified good since: the same version that was put there
    /// once more is a deployment that nobody has looked at.
    #[must_use]
    pub fn is_verified_good(&self) -> bool {
        self.deployment.as_ref().is_some_and(|deployment| {
            let mut good = self.verified_good.iter();
            good.any(|good| good.version == deployment.version && good.seq > deployment.id.0)
        })
    }

    /// The last verified good version that is not `other`: where to go back to from `other`. One
    /// that failed a check later comes after all that did not.
    #[must_use]
    pub fn last_verified_good_but(&self, other: &Version) -> Option<&VerifiedGood> {
        let mut others = self.verified_good.iter().rev().filter(|good| good.version != *other);
        others.clone().find(|good| good.doubted_at.is_none()).or_else(|| others.next())
    }

    /// The last verified good version.
    #[must_use]
    pub fn last_verified_good(&self) -> Option<&VerifiedGood> {
        self.verified_good.last()
    }

    pub(super) fn mark_good(&mut self, good: VerifiedGood) {
        self.verified_good.retain(|old| old.version != good.version);
        self.verified_good.push(good);
        if self.verified_good.len() > KEPT_VERIFIED_GOOD {
            self.verified_good.remove(0);
        }
    }

    /// A check failed while this version was observed to run.
    pub(super) fn doubt(&mut self, version: &Version, at: Timestamp) {
        if let Some(good) = self.verified_good.iter_mut().find(|good| good.version == *version) {
            good.doubted_at = Some(at);
        }
    }

    /// What was gone back from is good no more.
    pub(super) fn unmark_good(&mut self, version: &Version) {
        self.verified_good.retain(|good| good.version != *version);
    }
}

impl LaneState {
    /// Whether the version still matters here.
    pub(super) fn knows(&self, version: &Version) -> bool {
        self.active.as_ref().is_some_and(|p| p.plan.release.version == *version)
            || self.went_back.iter().any(|gone| gone.version == *version)
            || self.targets.values().any(|target| {
                target
                    .deployment
                    .as_ref()
                    .is_some_and(|d| d.version == *version || d.previous.as_ref() == Some(version))
                    || target.verified_good.iter().any(|good| good.version == *version)
            })
    }

    /// Whether every target that is known here was deployed to after that moment.
    pub(super) fn all_deployed_since(&self, moment: Timestamp) -> bool {
        let since = |target: &TargetState| {
            target.deployment.as_ref().is_some_and(|one| one.started_at > moment)
        };
        !self.targets.is_empty() && self.targets.values().all(since)
    }

    /// Remembers what did not stay. That a version failed is not forgotten because a person took
    /// back what was left of it, or because it went back for another reason later.
    pub(super) fn note_went_back(&mut self, gone: WentBack) {
        let before = self.went_back.iter().find(|one| one.version == gone.version);
        if before.is_some_and(|one| one.cause == BackCause::Failed)
            && gone.cause != BackCause::Failed
        {
            return;
        }
        self.went_back.retain(|one| one.version != gone.version);
        self.went_back.push(gone);
        if self.went_back.len() > KEPT_WENT_BACK {
            self.went_back.remove(0);
        }
    }

    pub(super) fn remember(&mut self, finished: FinishedPromotion) {
        self.finished.push(finished);
        if self.finished.len() > KEPT_FINISHED {
            self.finished.remove(0);
        }
    }
}

#[cfg(test)]
#[path = "lane_tests.rs"]
mod tests;

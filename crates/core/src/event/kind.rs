//! What can happen. Names are in the past tense; every variant says on which stream it belongs.

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::digest::Digest;
use crate::ids::{
    CheckName, CheckRunId, DecisionId, DeploymentId, EnvironmentName, PromotionId, ReleaseId, Seq,
    TargetName, TokenName, Version,
};
use crate::record::{
    Artifact, BlobRef, CheckResult, CommitStatus, Control, Delivery, DeployReport, FollowUp,
    FollowUpId, ForcedPush, ForgeFault, Hold, KnownFailure, MoveReason, Observed, Opened, Plan,
    Rehearsal, Release, Requirement, RuleAnswer, Session, SignOff, State, Token, Verdict, Waiver,
};

/// The version of the events' shapes. A ledger that was written by a newer version is refused.
pub const SCHEMA_VERSION: u32 = 1;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub enum EventKind {
    // --- release stream
    /// A release was named.
    ReleaseAdded {
        /// The release.
        release: Release,
    },
    /// The artifacts of an adopted release were named afterwards.
    ArtifactsNamed {
        /// All of them.
        artifacts: Vec<Artifact>,
    },

    // --- lane stream
    /// A plan was confirmed and begins.
    PromotionStarted {
        /// The plan.
        plan: Box<Plan>,
        /// Its digest.
        digest: Digest,
        /// What a break-glass leaves to be made up for.
        follow_ups: Vec<FollowUp>,
        /// Who started it and is about to claim it, so that nobody takes it for left behind before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        driver: Option<String>,
    },
    /// An executor took the promotion over; whatever an earlier one still does is void.
    DriverClaimed {
        /// The promotion.
        promotion: PromotionId,
        /// Who drives: unique for each process.
        driver: String,
        /// Counts the drivers, from 1.
        epoch: u64,
        /// Targets whose configuration was changed since the plan was made, and which a person
        /// wants to go back under the configuration as it is now.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        changed: Vec<TargetName>,
    },
    /// The gate was asked before a wave and allowed it (or there is no gate).
    WaveStarted {
        /// The promotion.
        promotion: PromotionId,
        /// The wave, from 0.
        wave: u32,
        /// The decision that allowed it.
        decision: Option<DecisionId>,
    },
    /// The gate was asked before a wave and refused; the promotion waits.
    WaveHeld {
        /// The promotion.
        promotion: PromotionId,
        /// The wave, from 0.
        wave: u32,
        /// The decision that refused it.
        decision: DecisionId,
    },
    /// An executor is about to put a version on a target.
    DeploymentStarted {
        /// The promotion it is part of.
        promotion: PromotionId,
        /// The driver's epoch.
        epoch: u64,
        /// The target.
        target: TargetName,
        /// The version.
        version: Version,
        /// Forward or back.
        reason: MoveReason,
    },
    /// What became of it.
    DeploymentFinished {
        /// The deployment.
        deployment: DeploymentId,
        /// The driver's epoch.
        epoch: u64,
        /// What was to be put there; absent in events of before it was written down here.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<Version>,
        /// The report.
        report: DeployReport,
    },
    /// Every check of a wave's targets passed.
    WaveVerified {
        /// The promotion.
        promotion: PromotionId,
        /// The wave, from 0.
        wave: u32,
    },
    /// A wave was watched for as long as planned, without a regression.
    SoakFinished {
        /// The promotion.
        promotion: PromotionId,
        /// The wave, from 0.
        wave: u32,
    },
    /// A target did not answer for a while, and it was not long enough to be a regression.
    GapSeen {
        /// The promotion.
        promotion: PromotionId,
        /// The target.
        target: TargetName,
        /// The probe.
        check: CheckName,
        /// The first red answer.
        from: Timestamp,
        /// The first green one after it.
        to: Timestamp,
    },
    /// The promotion made something worse.
    RegressionFound {
        /// The promotion.
        promotion: PromotionId,
        /// The wave, from 0.
        wave: u32,
        /// What, likely cause first.
        regressions: Vec<Regression>,
    },
    /// A person wants it to end and go back.
    AbortRequested {
        /// The promotion.
        promotion: PromotionId,
        /// Why.
        reason: String,
    },
    /// It goes back: these targets, in this order, and nothing else.
    RollbackStarted {
        /// The promotion.
        promotion: PromotionId,
        /// The targets.
        targets: Vec<TargetName>,
        /// Why, in words.
        reason: String,
    },
    /// Targets were found to run a version well, all their checks green.
    VerifiedGood {
        /// The targets.
        targets: Vec<TargetName>,
        /// The version.
        version: Version,
        /// The promotion that brought it there, if one did.
        promotion: Option<PromotionId>,
    },
    /// It is over.
    PromotionFinished {
        /// The promotion.
        promotion: PromotionId,
        /// The driver's epoch.
        epoch: u64,
        /// How it ended.
        end: PromotionEnd,
    },
    /// What a break-glass had left open can not be made up for any more: no target of the
    /// environment runs the release that went ahead.
    FollowUpBecameMoot {
        /// Its number.
        id: FollowUpId,
        /// What became of the release.
        reason: String,
    },
    /// Targets that run a version already were taken into the ledger as they are.
    Adopted {
        /// The targets.
        targets: Vec<TargetName>,
        /// The version that was observed there.
        version: Version,
        /// What cannot be known, in words.
        unknown: Vec<String>,
    },
    /// Something else runs on a target than was deployed there.
    DriftFound {
        /// The target.
        target: TargetName,
        /// What was deployed.
        expected: Option<Version>,
        /// What runs.
        observed: Observed,
    },
    /// What was deployed runs again.
    DriftEnded {
        /// The target.
        target: TargetName,
    },
    /// The way back was tried.
    RehearsalFinished {
        /// What came of it.
        rehearsal: Rehearsal,
    },

    // --- evidence stream
    /// Checks were begun.
    VerifyStarted {
        /// The version to be checked.
        version: Version,
        /// On these targets.
        targets: Vec<TargetName>,
        /// These checks, wherever they are expected.
        checks: Vec<CheckName>,
        /// Who runs them.
        driver: String,
        /// When they are over at the latest.
        deadline: Timestamp,
    },
    /// One check on one target has ended.
    CheckFinished {
        /// The result.
        result: Box<CheckResult>,
    },
    /// Why a check is red was found out by control runs.
    CheckControlled {
        /// The result.
        run: CheckRunId,
        /// Its target.
        target: TargetName,
        /// Its check.
        check: CheckName,
        /// What was found out.
        control: Box<Control>,
    },
    /// All of them have ended, or were ended.
    VerifyFinished {
        /// The event that began them.
        started: Seq,
    },

    // --- gate stream
    /// The gate answered differently than the last time it was asked the same.
    DecisionMade {
        /// Who asked to enter.
        release: ReleaseId,
        /// Where.
        to: EnvironmentName,
        /// The answer.
        verdict: Verdict,
        /// How many requirements stand how.
        counts: Vec<(State, u32)>,
        /// The unmet ones, at most 50, worst first.
        unmet: Vec<Requirement>,
        /// The digest of the requirements with their states and reasons: the same answer is not
        /// written twice, and another one never stands under its number.
        sameness: Digest,
        /// The policy.
        policy: Digest,
        /// The whole decision and the facts it was made from.
        whole: BlobRef,
    },

    // --- people stream
    /// A person accepted an unmet requirement.
    WaiverGiven {
        /// The waiver.
        waiver: Waiver,
    },
    /// A waiver was taken back.
    WaiverWithdrawn {
        /// The event that gave it.
        waiver: Seq,
        /// Why.
        reason: String,
    },
    /// A failure was put off.
    KnownFailureRecorded {
        /// The known failure.
        known_failure: KnownFailure,
    },
    /// A known failure was taken back.
    KnownFailureWithdrawn {
        /// The event that recorded it.
        known_failure: Seq,
        /// Why.
        reason: String,
    },
    /// A person opened the pictures of page checks.
    PicturesOpened {
        /// Which.
        opened: Opened,
    },
    /// A person looked and signed.
    SignedOff {
        /// The signature.
        sign_off: SignOff,
    },
    /// Somebody holds the service.
    HoldPlaced {
        /// The hold.
        hold: Hold,
    },
    /// A hold was let go.
    HoldReleased {
        /// The event that placed it.
        hold: Seq,
        /// Why.
        reason: String,
    },
    /// A freeze outside the configuration's windows.
    FreezeDeclared {
        /// In this environment; in all with a gate when absent.
        environment: Option<EnvironmentName>,
        /// From when.
        from: Timestamp,
        /// Until when (exclusive).
        until: Timestamp,
        /// Why.
        reason: String,
    },
    /// A declared freeze was ended early.
    FreezeLifted {
        /// The event that declared it.
        freeze: Seq,
        /// Why.
        reason: String,
    },
    /// What a break-glass had left open was made up for, or a person let it be.
    FollowUpClosed {
        /// Its number.
        id: FollowUpId,
        /// How.
        reason: String,
    },

    /// A commit entered a protected branch although the gate refused its release.
    PushForced {
        /// What was pushed, by whom, and why.
        push: ForcedPush,
        /// What is left to be made up for.
        follow_ups: Vec<FollowUp>,
    },

    // --- tokens stream
    /// A token was made; its secret was shown once.
    TokenCreated {
        /// The token.
        token: Token,
    },
    /// A token was revoked: it and all its sessions allow nothing any more.
    TokenRevoked {
        /// Which.
        name: TokenName,
        /// Why.
        reason: String,
    },
    /// Somebody signed in at a browser.
    SessionOpened {
        /// The session.
        session: Session,
    },
    /// They signed out.
    SessionClosed {
        /// The event that opened it.
        session: Seq,
    },

    // --- forge stream
    /// A process tells the forge from now on, and no other.
    ForgeClaimed {
        /// Who: unique for each process.
        driver: String,
    },
    /// A webhook came, and its signature was right.
    WebhookReceived {
        /// What it says.
        delivery: Delivery,
    },
    /// A forge was told how a commit stands.
    StatusPosted {
        /// What it was told.
        status: CommitStatus,
    },
    /// It was to be told, and was not.
    StatusNotPosted {
        /// What it was to be told.
        status: CommitStatus,
        /// Why not.
        fault: ForgeFault,
    },
    /// A deployment that waits was answered.
    RuleAnswered {
        /// The webhook that asked.
        request: Seq,
        /// What was answered.
        answer: RuleAnswer,
    },
    /// It was to be answered, and was not.
    RuleNotAnswered {
        /// The webhook that asked.
        request: Seq,
        /// What was to be answered.
        answer: RuleAnswer,
        /// Why not.
        fault: ForgeFault,
    },
}

/// Something that became worse on a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Regression {
    /// The target.
    pub target: TargetName,
    /// What it was.
    pub cause: RegressionCause,
}

/// What became worse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum RegressionCause {
    /// It could not be deployed.
    NotDeployed {
        /// The deployment.
        deployment: DeploymentId,
        /// One sentence.
        finding: String,
    },
    /// Another version runs than was deployed.
    WrongVersion {
        /// What runs.
        observed: Observed,
    },
    /// A check was not green.
    Check {
        /// The check.
        check: CheckName,
        /// Its run.
        run: CheckRunId,
        /// How it stands.
        state: State,
        /// One sentence.
        finding: String,
    },
    /// It did not answer for longer than is allowed.
    Gap {
        /// The probe.
        check: CheckName,
        /// The first red answer.
        from: Timestamp,
        /// How long, in milliseconds, when it was noticed.
        lasted_ms: u64,
        /// One sentence.
        finding: String,
    },
}

/// How a promotion ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum PromotionEnd {
    /// Every target runs the release, verified good.
    VerifiedGood,
    /// Every target runs the release; nothing was checked (an environment without a gate).
    Deployed,
    /// Every target went back and came forward again, and both were observed.
    Rehearsed,
    /// Nothing had been moved, and nothing will be.
    Withdrawn {
        /// Why.
        reason: String,
    },
    /// The targets run again what they ran before, verified good.
    RolledBack {
        /// Why.
        reason: String,
    },
    /// It could not be finished, and it is not for plimsoll to go on.
    NeedsPerson {
        /// Why.
        reason: String,
    },
}

//! Why a requirement stands as it does, as data; [`crate::say`] makes the sentence of each.

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::catalog::{ChangeClass, Per, RuleName, Tier};
use crate::digest::Digest;
use crate::ids::{
    CheckName, EnvironmentName, PersonName, PromotionId, ReleaseId, RoleName, Seq, SiteName,
    TargetId, Version, WindowName,
};
use crate::units::Period;

use super::{Aspect, BackCause, FollowUpId, Observed, ProofOutcome};

/// Why a requirement stands as it does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the variants and their fields are the sentences of `say::why`")]
pub enum Why {
    // --- release
    ReleaseUnknown,
    ReleaseHasNoArtifacts,
    ReleaseNamed {
        digest: Digest,
    },
    // --- coverage
    NoStandIn {
        site: SiteName,
        platform: crate::ids::PlatformName,
        from: EnvironmentName,
    },
    NothingExpected {
        stand_in: TargetId,
    },
    NoTargets,
    StoodFor {
        by: Vec<TargetId>,
        checks: u32,
    },
    // --- evidence
    NeverDeployed {
        on: TargetId,
    },
    OtherDeployed {
        on: TargetId,
        deployed: Version,
    },
    DeploymentFailed {
        on: TargetId,
        finding: String,
    },
    Deploying {
        on: TargetId,
    },
    // Its deployment was begun, and the process that carried it out is gone.
    DeployInterrupted {
        on: TargetId,
    },
    NoResult,
    // Others run it, and nobody has told what came of it.
    NotReported {
        from: Option<String>,
    },
    CheckRunning {
        since: Timestamp,
    },
    CheckPassed {
        at: Timestamp,
        finding: String,
    },
    CheckFailed {
        finding: String,
        failed_tests: Vec<String>,
        more: u32,
    },
    CheckErrored {
        finding: String,
    },
    CheckNotRun {
        finding: String,
    },
    CheckFlaky {
        finding: String,
        attempts: u32,
    },
    CheckChanged {
        at: Timestamp,
    },
    DeployedAgain {
        checked_at: Timestamp,
        deployed_at: Timestamp,
    },
    TooOld {
        at: Timestamp,
        max_age: Period,
    },
    FromTheFuture {
        at: Timestamp,
    },
    ObservedOther {
        expected: Version,
        observed: Observed,
        when: Aspect,
    },
    NotObserved {
        reason: String,
        when: Aspect,
    },
    // --- way back
    NoVerifiedGood,
    WayBackSame {
        version: Version,
    },
    WayBackUnnamed {
        version: Version,
    },
    WayBackMissing {
        version: Version,
        outcome: ProofOutcome,
    },
    WayBackUnproven {
        version: Version,
    },
    AlreadyThere {
        version: Version,
        verified_at: Timestamp,
    },
    WayBackReady {
        version: Version,
        verified_at: Timestamp,
        how: String,
    },
    Irreversible {
        accepted: bool,
    },
    Reversible,
    NotRehearsed {
        platform: crate::ids::PlatformName,
        within: Period,
    },
    RehearsalOld {
        platform: crate::ids::PlatformName,
        at: Timestamp,
        within: Period,
    },
    RehearsalFailed {
        platform: crate::ids::PlatformName,
        at: Timestamp,
        finding: String,
    },
    Rehearsed {
        platform: crate::ids::PlatformName,
        at: Timestamp,
    },
    // --- soak
    NotSoaking,
    Soaking {
        since: Timestamp,
        soaked: Period,
        of: Period,
    },
    Soaked {
        soaked: Period,
        of: Period,
    },
    // --- freeze, hold
    Frozen {
        window: WindowName,
        // No end is in sight when absent.
        until: Option<Timestamp>,
        zone: String,
        override_by: Vec<RoleName>,
    },
    FrozenByPerson {
        freeze: Seq,
        by: Option<PersonName>,
        reason: String,
        until: Timestamp,
    },
    OverrideNotHeld {
        window: WindowName,
        until: Option<Timestamp>,
        zone: String,
        override_by: Vec<RoleName>,
        by: PersonName,
    },
    WindowUnreadable {
        window: WindowName,
        reason: String,
    },
    NotFrozen {
        window: WindowName,
        next: Option<Timestamp>,
    },
    Held {
        by: PersonName,
        reason: String,
        since: Timestamp,
    },
    NotHeld,
    // --- sign-off
    NotSigned {
        role: RoleName,
        have: u32,
        of: u32,
        per: Per,
        site: Option<SiteName>,
    },
    Signed {
        by: Vec<PersonName>,
        role: RoleName,
        site: Option<SiteName>,
    },
    SignedUnopened {
        by: PersonName,
        at: Timestamp,
        role: RoleName,
        targets: Vec<TargetId>,
        site: Option<SiteName>,
    },
    SignedBeforeDeployment {
        by: PersonName,
        at: Timestamp,
        deployed_at: Timestamp,
    },
    // --- condition
    ConditionTrue {
        expression: String,
    },
    ConditionFalse {
        expression: String,
        message: Option<String>,
    },
    ConditionBroken {
        expression: String,
        error: String,
    },
    // --- follow-up
    NoFollowUps,
    FollowUpMet {
        id: FollowUpId,
        of: ReleaseId,
        rule: RuleName,
        target: Option<TargetId>,
        check: Option<CheckName>,
        at: Timestamp,
    },
    FollowUpOpen {
        id: FollowUpId,
        of: ReleaseId,
        rule: RuleName,
        target: Option<TargetId>,
        check: Option<CheckName>,
        since: Timestamp,
        // Where the release that went ahead still runs, so that its check can be run there.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        verify_on: Vec<TargetId>,
    },
    // --- rolled back
    NeverWentBack,
    WentBack {
        promotion: PromotionId,
        at: Timestamp,
        cause: BackCause,
        reason: String,
        // The release that went back, where it is another one with the same content.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        same_as: Option<Version>,
    },
    // --- over others
    OtherTier {
        tier: Tier,
    },
    OtherChange {
        change: ChangeClass,
    },
    WaivedBy {
        by: PersonName,
        reason: String,
        until: Timestamp,
    },
    KnownAs {
        tickets: Vec<String>,
        #[serde(default)]
        by: Vec<PersonName>,
        until: Timestamp,
    },
}

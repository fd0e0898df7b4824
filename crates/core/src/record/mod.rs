//! What gets written down: results, decisions, plans, and what people said.
//!
//! These are words below the events, because events carry them. Nothing here decides.

mod control;
mod decision;
mod deployment;
mod follow_up;
mod forge;
mod manifest;
mod page;
mod person;
mod plan;
mod push;
mod release;
mod result;
mod signature;
mod token;
mod twins;
mod why;

pub use crate::catalog::{Permission, PermissionError};
pub use control::{Against, Cause, Control, ControlRun, Question, Unclear};
pub use decision::{
    Aspect, BackCause, Decision, EvidenceRef, FreezeStatus, Lapsed, NextStep, Requirement, State,
    Verdict,
};
pub use deployment::{
    DeployReport, DeployResult, Ending, MoveReason, Observation, Observed, Proof, ProofOutcome,
    Rehearsal,
};
pub use follow_up::{Ahead, FollowUp, FollowUpId, FollowUpIdError, MootFollowUp};
pub use forge::{
    CommitStatus, Delivery, ForgeFault, ForgeFaultKind, RuleAnswer, RuleRequest, RuleVerdict,
    StatusState,
};
pub use manifest::{Entry, EntryKind, Listed, Manifest, ManifestError, stays_inside};
pub use page::{PageSummary, PageView, Picture};
pub use person::{Hold, KnownFailure, Opened, SignOff, Waiver};
pub use plan::{Pinned, Plan, PlanKind, PlannedWave, TargetChange, WayBack};
pub use push::ForcedPush;
pub use release::{Artifact, ArtifactKind, Release};
pub use result::{Attempt, BlobRef, CaseFailure, Cases, CheckResult, Outcome, Reported, Timings};
pub use signature::signature_of;
pub use token::{NotAllowed, Scope, Session, Token};
pub use twins::{TwinAnswer, TwinChange, TwinSide, TwinState};
pub use why::Why;

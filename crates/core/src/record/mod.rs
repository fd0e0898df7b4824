//! What gets written down: results, decisions, plans, and what people said.
//!
//! These are words below the events, because events carry them. Nothing here decides.

mod decision;
mod deployment;
mod page;
mod person;
mod plan;
mod release;
mod result;
mod twins;

pub use decision::{
    Aspect, Decision, EvidenceRef, FollowUp, FollowUpId, FreezeStatus, NextStep, Requirement,
    State, Verdict, Why,
};
pub use deployment::{
    DeployReport, DeployResult, Ending, MoveReason, Observation, Observed, Proof, ProofOutcome,
    Rehearsal,
};
pub use page::{PageSummary, PageView, Picture};
pub use person::{Hold, KnownFailure, SignOff, Waiver};
pub use plan::{Plan, PlanKind, PlannedWave, TargetChange, WayBack};
pub use release::{Artifact, ArtifactKind, Release};
pub use result::{Attempt, BlobRef, CaseFailure, Cases, CheckResult, Outcome, Timings};
pub use twins::{TwinAnswer, TwinChange, TwinSide, TwinState};

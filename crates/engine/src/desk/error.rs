//! Why the desk could not do what was asked. A refusal of the gate is not among them: that is an
//! answer.

use plimsoll_core::gate::Unaskable;
use plimsoll_core::ids::{LaneId, ReleaseId, TargetId};
use plimsoll_core::ledger::FoldError;
use plimsoll_core::promote::{ChangedTarget, PlanError, PlanFault};
use plimsoll_core::say;

use crate::ports::{BlobError, LedgerError};

use super::{Spelling, Wording};

/// Why the desk could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The ledger did not do it.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The blobs did not do it.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// The ledger's events contradict each other: it is damaged or of another program.
    #[error("the ledger cannot be understood: {0}; run `plimsoll ledger verify`")]
    Fold(#[from] FoldError),
    /// No such service.
    #[error("there is no service `{name}` (known: {})", known.join(", "))]
    NoService {
        /// The name.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// No such lane.
    #[error("{0} is not in the configuration")]
    NoLane(LaneId),
    /// No such target.
    #[error("there is no target {0} in the configuration")]
    NoTarget(TargetId),
    /// No such release.
    #[error("release {0} is unknown: name it first with `plimsoll release add {0} PATH`")]
    NoRelease(ReleaseId),
    /// The name is taken by other content.
    #[error(
        "{id} was added before with other content ({was}, now {is}); a release never changes: choose another version"
    )]
    OtherContent {
        /// The release.
        id: ReleaseId,
        /// The digest in the ledger.
        was: String,
        /// The digest of what was given.
        is: String,
    },
    /// The question makes no sense.
    #[error(transparent)]
    Unaskable(#[from] Unaskable),
    /// There is no plan.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A plan that must not be carried out: a bug of ours.
    #[error("the plan is faulty and was not begun: {0}")]
    Fault(#[from] PlanFault),
    /// Another process drives that promotion.
    #[error(
        "{promotion} is driven by {}; watch it with `plimsoll show {promotion}`, or end that process first",
        say::process(driver)
    )]
    DrivenByOther {
        /// The promotion.
        promotion: plimsoll_core::ids::PromotionId,
        /// Who.
        driver: String,
    },
    /// The configuration says something else of its targets than when it was planned, and nobody
    /// has said that this is how it should go back.
    #[error("{promotion} was planned under another configuration: {}", say::changed(changed))]
    ConfigurationChanged {
        /// The promotion.
        promotion: plimsoll_core::ids::PromotionId,
        /// Where.
        lane: LaneId,
        /// What was changed since.
        changed: Vec<ChangedTarget>,
    },
    /// Another process took the promotion over while this one drove it.
    #[error("another process took {0} over; this one has stopped")]
    TakenOver(plimsoll_core::ids::PromotionId),
    /// Something that had to be so is not; the words say what to do.
    #[error("{0}")]
    Refused(String),
    /// Something was named that is not there.
    #[error("{message}")]
    Missing {
        /// What is not there.
        message: Wording,
        /// What there is instead.
        hint: Wording,
    },
    /// It was said in a way that means nothing.
    #[error("{message}")]
    Wrong {
        /// What is wrong.
        message: Wording,
        /// What to say instead.
        hint: Wording,
    },
    /// It is understood, and not allowed or not so.
    #[error("{message}")]
    NotSo {
        /// What is not so.
        message: Wording,
        /// Who can do what instead.
        hint: Wording,
    },
    /// It is for somebody else to say.
    #[error("{message}")]
    NotTheirs {
        /// Who may not say what, and who may.
        message: Wording,
        /// What to do.
        hint: Wording,
    },
    /// Others kept being faster.
    #[error("the ledger changed too often while appending to {0}; try again")]
    Contended(String),
}

impl DeskError {
    /// Something was named that is not there.
    pub fn missing(message: impl Into<Wording>, hint: impl Into<Wording>) -> Self {
        Self::Missing { message: message.into(), hint: hint.into() }
    }

    /// It was said in a way that means nothing.
    pub fn wrong(message: impl Into<Wording>, hint: impl Into<Wording>) -> Self {
        Self::Wrong { message: message.into(), hint: hint.into() }
    }

    /// It is understood, and not allowed or not so.
    pub fn not_so(message: impl Into<Wording>, hint: impl Into<Wording>) -> Self {
        Self::NotSo { message: message.into(), hint: hint.into() }
    }

    /// It is for somebody else to say.
    pub fn not_theirs(message: impl Into<Wording>, hint: impl Into<Wording>) -> Self {
        Self::NotTheirs { message: message.into(), hint: hint.into() }
    }

    /// What is wrong and what to do, as whoever asked has written it; nothing to do where the error
    /// itself says none.
    #[must_use]
    pub fn spelled(&self, by: Spelling) -> (String, Option<String>) {
        match self {
            Self::Missing { message, hint }
            | Self::Wrong { message, hint }
            | Self::NotSo { message, hint }
            | Self::NotTheirs { message, hint } => {
                (message.spelled(by).to_owned(), Some(hint.spelled(by).to_owned()))
            }
            other => (other.to_string(), None),
        }
    }
}

//! What was said to a push.

use crate::ids::{DecisionId, ReleaseId, Seq, ServiceName};
use crate::record::Decision;

use super::{PushQuestion, Riding, Step};

/// What the gate of one service said.
#[derive(Debug, Clone, PartialEq)]
pub enum Stands {
    /// No release is made of the commit.
    NoRelease,
    /// The gate answered.
    Decided {
        /// Its answer for the release that came furthest.
        decision: Box<Decision>,
        /// Under this number.
        id: DecisionId,
        /// Other releases that are made of the commit as well.
        others: Vec<ReleaseId>,
    },
    /// It was refused, and a person went ahead.
    Forced {
        /// The refusing decision.
        decision: Box<Decision>,
        /// Its number.
        id: DecisionId,
        /// The event that says so.
        seq: Seq,
        /// How much is left to be made up for.
        left_open: usize,
    },
}

/// A service that was asked about.
#[derive(Debug, Clone, PartialEq)]
pub struct AskedService {
    /// The service.
    pub service: ServiceName,
    /// What the gate said.
    pub stands: Stands,
}

/// What was said to a push of one branch.
#[derive(Debug, Clone, PartialEq)]
pub struct PushAnswer {
    /// The question.
    pub question: PushQuestion,
    /// Which services it is about.
    pub riding: Riding,
    /// What the gate said of each that has one.
    pub asked: Vec<AskedService>,
}

impl Stands {
    /// Whether the push may enter as far as this service goes.
    #[must_use]
    pub fn lets_pass(&self) -> bool {
        match self {
            Self::NoRelease => false,
            Self::Decided { decision, .. } => decision.verdict == crate::record::Verdict::Allowed,
            Self::Forced { .. } => true,
        }
    }
}

impl PushAnswer {
    /// Whether commits would be lost, or the branch, and nobody said that this is meant.
    #[must_use]
    pub fn is_unmeant(&self) -> bool {
        let PushQuestion { branch, named, step, .. } = &self.question;
        match step {
            Step::Created | Step::Forward => false,
            Step::Forced => !named.force.contains(branch),
            Step::Deleted => !named.delete.contains(branch),
        }
    }

    /// Whether it may enter. A push that is about no service with a gate may.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        !self.is_unmeant() && self.riding.unnamed.is_empty() && self.gates_let_pass()
    }

    /// Whether a person may go ahead although it is refused. What is not named never slips through
    /// behind an emergency.
    #[must_use]
    pub fn glass_can_be_broken(&self) -> bool {
        !self.is_unmeant() && self.riding.unnamed.is_empty()
    }

    fn gates_let_pass(&self) -> bool {
        // Each that has a gate must have been asked: a missing answer is no pass.
        let passes = |name: &ServiceName| {
            self.asked.iter().any(|one| one.service == *name && one.stands.lets_pass())
        };
        self.riding.gated.iter().all(passes)
    }
}

/// The services whose gate a person would override to let this push in; none where it may enter, and
/// where something keeps it out that nobody may override.
#[must_use]
pub fn to_be_forced(answers: &[PushAnswer]) -> Vec<&ServiceName> {
    let refused = || answers.iter().filter(|answer| !answer.is_allowed());
    if !refused().all(PushAnswer::glass_can_be_broken) {
        return Vec::new();
    }
    let stopped = refused().flat_map(|answer| &answer.asked).filter(|one| !one.stands.lets_pass());
    stopped.map(|one| &one.service).collect()
}

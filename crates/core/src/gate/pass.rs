//! What a plan into a gated environment asks for: proof that the gate allowed it, or that a
//! person went ahead although it refused.
//!
//! Nothing here can be made without a [`Ruling`], and only [`decide`](super::decide) makes one.

use crate::catalog::RuleName;
use crate::ids::{DecisionId, PersonName, SiteName};
use crate::record::{Ahead, Decision, FollowUp, FollowUpId, Verdict, Why};

/// The gate's answer as it came from [`decide`](super::decide), unforgeable.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a decision that nobody reads opens no gate"]
pub struct Ruling {
    decision: Decision,
}

/// Proof that the gate allowed.
#[derive(Debug, Clone, PartialEq)]
pub struct Allowed {
    decision: Decision,
}

/// Proof that a person went ahead although the gate refused, with the reason.
#[derive(Debug, Clone, PartialEq)]
pub struct BreakGlass {
    decision: Decision,
    reason: String,
    by: PersonName,
}

/// What lets a release into an environment with a gate.
#[derive(Debug, Clone, PartialEq)]
pub enum Pass {
    /// The gate allowed.
    Allowed(Allowed),
    /// It refused, and a person went ahead.
    BreakGlass(BreakGlass),
}

/// Why nobody may break the glass like that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BreakGlassError {
    /// There is no reason.
    #[error("breaking the glass needs a reason that others can read later")]
    NoReason,
    /// The gate allows.
    #[error("the gate allows this release; there is no glass to break")]
    NotRefused,
}

impl Ruling {
    /// Only for `decide`.
    pub(super) const fn new(decision: Decision) -> Self {
        Self { decision }
    }

    /// The decision.
    #[must_use]
    pub const fn decision(&self) -> &Decision {
        &self.decision
    }

    /// The decision alone, which opens nothing.
    #[must_use]
    pub fn into_decision(self) -> Decision {
        self.decision
    }

    /// Whether the gate allowed.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.decision.verdict == Verdict::Allowed
    }

    /// The proof that the gate allowed.
    ///
    /// # Errors
    /// The ruling itself when the gate refused; show its decision.
    #[expect(clippy::result_large_err, reason = "the refusal is the value that is wanted")]
    pub fn pass(self) -> Result<Allowed, Self> {
        match self.decision.verdict {
            Verdict::Allowed => Ok(Allowed { decision: self.decision }),
            Verdict::Refused => Err(self),
        }
    }
}

impl Allowed {
    /// The decision that allowed.
    #[must_use]
    pub const fn decision(&self) -> &Decision {
        &self.decision
    }
}

impl BreakGlass {
    /// Goes ahead although the gate refused.
    ///
    /// # Errors
    /// [`BreakGlassError`] when the reason is blank, or when the gate allows anyway.
    pub fn new(refused: Ruling, reason: &str, by: PersonName) -> Result<Self, BreakGlassError> {
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(BreakGlassError::NoReason);
        }
        match refused.decision.verdict {
            Verdict::Allowed => Err(BreakGlassError::NotRefused),
            Verdict::Refused => {
                Ok(Self { decision: refused.decision, reason: reason.to_owned(), by })
            }
        }
    }

    /// The decision that refused.
    #[must_use]
    pub const fn decision(&self) -> &Decision {
        &self.decision
    }

    /// Why the person went ahead.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Who went ahead.
    #[must_use]
    pub const fn by(&self) -> &PersonName {
        &self.by
    }

    /// What stays to be made up for: every unmet requirement of the refusal, under the number
    /// that the refusal got in the ledger. Follow-ups that were open before stay open by
    /// themselves and are not doubled.
    #[must_use]
    pub fn follow_ups(&self, refusal: DecisionId) -> Vec<FollowUp> {
        (0_u32..)
            .zip(&self.decision.requirements)
            .filter(|(_, requirement)| !requirement.state.lets_pass())
            .filter(|(_, requirement)| requirement.rule != RuleName::FollowUp)
            .map(|(index, requirement)| FollowUp {
                id: FollowUpId { decision: refusal, index },
                release: self.decision.release.clone(),
                to: self.decision.to.clone(),
                rule: requirement.rule,
                target: requirement.target.clone(),
                check: requirement.check.clone(),
                since: self.decision.at,
                site: site(&requirement.why),
                ahead: Ahead::Promoted,
            })
            .collect()
    }
}

/// The site that a requirement is about.
fn site(why: &Why) -> Option<SiteName> {
    match why {
        Why::NotSigned { site, .. } | Why::SignedUnopened { site, .. } => site.clone(),
        _ => None,
    }
}

impl Pass {
    /// The decision, whichever way it went.
    #[must_use]
    pub const fn decision(&self) -> &Decision {
        match self {
            Self::Allowed(allowed) => allowed.decision(),
            Self::BreakGlass(glass) => glass.decision(),
        }
    }
}

impl From<Allowed> for Pass {
    fn from(allowed: Allowed) -> Self {
        Self::Allowed(allowed)
    }
}

impl From<BreakGlass> for Pass {
    fn from(glass: BreakGlass) -> Self {
        Self::BreakGlass(glass)
    }
}

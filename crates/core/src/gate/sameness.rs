//! When is an answer of the gate the same as the one before?
//!
//! A decision is written down once and shown under its number ever after, so whatever would be
//! said in other words is another decision. What only counts on (how much of a soak is over) and
//! what differs from look to look without meaning anything (`timed out after 2.003 s`) is left
//! out: a promotion that waits asks every few seconds, and must not fill the ledger with that.

use std::borrow::Cow;

use crate::digest::Digest;
use crate::record::{Decision, ProofOutcome, Why};
use crate::units::Period;

use crate::record::signature_of;

/// What makes two decisions the same answer: the release, the place, the verdict, the policy, and
/// of each requirement the rule, target, check, state, reason and evidence; not the moment at
/// which it was asked.
#[must_use]
pub fn sameness(decision: &Decision) -> Digest {
    let requirements: Vec<_> = decision
        .requirements
        .iter()
        .map(|one| {
            let without = one.without.as_ref().map(|without| (without.0, lasting(&without.1)));
            let place = (one.rule, &one.target, &one.check);
            (place, one.state, lasting(&one.why), &one.evidence, without, &one.lapsed)
        })
        .collect();
    let asked = (&decision.release, &decision.to, &decision.policy);
    Digest::of_json(&(asked, decision.verdict, requirements))
}

/// A reason without what changes by itself from one look to the next. A new [`Why`] that holds
/// such a thing belongs here.
fn lasting(why: &Why) -> Cow<'_, Why> {
    if let Why::Soaking { since, of, .. } = why {
        return Cow::Owned(Why::Soaking { since: *since, soaked: Period::ZERO, of: *of });
    }
    if let Why::Soaked { of, .. } = why {
        return Cow::Owned(Why::Soaked { soaked: *of, of: *of });
    }
    if let Why::NotObserved { reason, when } = why {
        return Cow::Owned(Why::NotObserved { reason: signature_of(reason), when: *when });
    }
    if let Why::WayBackReady { version, verified_at, how } = why {
        let (version, how) = (version.clone(), signature_of(how));
        return Cow::Owned(Why::WayBackReady { version, verified_at: *verified_at, how });
    }
    if let Why::WayBackMissing { version, outcome: ProofOutcome::Unknown { why } } = why {
        let (version, why) = (version.clone(), signature_of(why));
        let outcome = ProofOutcome::Unknown { why };
        return Cow::Owned(Why::WayBackMissing { version, outcome });
    }
    Cow::Borrowed(why)
}

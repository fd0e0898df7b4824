//! How a commit stands.

use crate::catalog::RuleName;
use crate::digest::Digest;
use crate::ids::{DecisionId, ServiceName};
use crate::push::{PushAnswer, Stands};
use crate::record::{Decision, Requirement, State, StatusState};

/// How a commit stands, worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Every gate that is asked lets it pass.
    Allowed,
    /// Nothing speaks against it, and something is awaited: evidence, a signature, the end of a
    /// freeze.
    Waiting,
    /// It cannot be judged, and that is ours.
    Errored,
    /// It may not enter as it is.
    Refused,
}

impl Standing {
    /// As forges say it.
    #[must_use]
    pub const fn state(self) -> StatusState {
        match self {
            Self::Allowed => StatusState::Success,
            Self::Waiting => StatusState::Pending,
            Self::Errored => StatusState::Error,
            Self::Refused => StatusState::Failure,
        }
    }
}

/// How the commit of a push stands: as the worst of the services that it changes. What has to be
/// *named* is for the one who pushes, and says nothing about the commit.
#[must_use]
pub fn standing(answer: &PushAnswer) -> Standing {
    let of = |service: &ServiceName| match answer.asked.iter().find(|one| one.service == *service) {
        // Each that has a gate must have been asked: a missing answer is no pass.
        None => Standing::Errored,
        Some(one) => of_stands(&one.stands),
    };
    answer.riding.gated.iter().map(of).max().unwrap_or(Standing::Allowed)
}

fn of_stands(stands: &Stands) -> Standing {
    match stands {
        Stands::NoRelease => Standing::Waiting,
        Stands::Forced { .. } => Standing::Allowed,
        Stands::Decided { .. } if stands.lets_pass() => Standing::Allowed,
        Stands::Decided { decision, .. } => of_decision(decision),
    }
}

/// A refusal without anything unmet would be a contradiction, and is none that lets pass.
fn of_decision(decision: &Decision) -> Standing {
    decision.unmet().map(of_requirement).max().unwrap_or(Standing::Errored)
}

fn of_requirement(requirement: &Requirement) -> Standing {
    match requirement.state {
        State::Failed | State::Flaky | State::Uncovered => Standing::Refused,
        State::Unmet if comes_by_waiting(requirement.rule) => Standing::Waiting,
        State::Unmet => Standing::Refused,
        State::Errored => Standing::Errored,
        State::NotRun | State::Running | State::Stale | State::WrongVersion => Standing::Waiting,
        State::KnownFailure | State::Waived | State::NotApplicable | State::Satisfied => {
            Standing::Allowed
        }
    }
}

/// What is unmet now and may be met later with the same release under the same configuration,
/// because time passes or a person says something.
const fn comes_by_waiting(rule: RuleName) -> bool {
    match rule {
        RuleName::Soak
        | RuleName::Freeze
        | RuleName::Hold
        | RuleName::SignOff
        | RuleName::FollowUp => true,
        RuleName::Release
        | RuleName::Coverage
        | RuleName::Evidence
        | RuleName::WayBack
        | RuleName::RolledBack
        | RuleName::Condition => false,
    }
}

/// The decisions that an answer stands on.
#[must_use]
pub fn decisions(answer: &PushAnswer) -> Vec<DecisionId> {
    let id = |stands: &Stands| match stands {
        Stands::NoRelease => None,
        Stands::Decided { id, .. } | Stands::Forced { id, .. } => Some(*id),
    };
    answer.asked.iter().filter_map(|one| id(&one.stands)).collect()
}

/// What an answer was made from. A decision keeps its number for as long as it says the same, so the
/// same answer has the same digest, however often and whenever it is asked for.
#[must_use]
pub fn said_of(answer: &PushAnswer) -> Digest {
    let asked: Vec<_> = answer
        .asked
        .iter()
        .map(|one| match &one.stands {
            Stands::NoRelease => (&one.service, None, "no-release"),
            Stands::Decided { id, .. } => (&one.service, Some(*id), "decided"),
            Stands::Forced { id, .. } => (&one.service, Some(*id), "forced"),
        })
        .collect();
    let gated = (&answer.question.environment, &answer.riding.gated, standing(answer).state());
    Digest::of_json(&(gated, asked))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::testing::{answer, decided};
    use crate::gate::testing::World;
    use crate::ids::Seq;

    /// A refusal of which one requirement stands so.
    fn refused(rule: RuleName, state: State) -> Stands {
        let mut decision = World::green().decision();
        decision.verdict = crate::record::Verdict::Refused;
        let one = decision.requirements.first_mut().expect("never empty");
        (one.rule, one.state) = (rule, state);
        Stands::Decided { decision: Box::new(decision), id: DecisionId(Seq(8)), others: Vec::new() }
    }

    #[test]
    fn only_an_allowing_decision_of_each_gate_is_a_success() {
        let world = World::green();
        assert_eq!(standing(&answer(vec![("shop", decided(&world))])), Standing::Allowed);
        let both = vec![("shop", decided(&world)), ("cart", Stands::NoRelease)];
        assert_eq!(standing(&answer(both)).state(), StatusState::Pending);
        let mut unasked = answer(vec![("shop", decided(&world))]);
        unasked.asked.clear();
        assert_eq!(standing(&unasked).state(), StatusState::Error);
    }

    #[test]
    fn what_is_the_releases_fault_fails_and_what_is_awaited_waits() {
        for (rule, state, said) in [
            (RuleName::Evidence, State::Failed, Standing::Refused),
            (RuleName::Evidence, State::Flaky, Standing::Refused),
            (RuleName::Evidence, State::Errored, Standing::Errored),
            (RuleName::Evidence, State::NotRun, Standing::Waiting),
            (RuleName::Evidence, State::Running, Standing::Waiting),
            (RuleName::Evidence, State::Stale, Standing::Waiting),
            (RuleName::Evidence, State::WrongVersion, Standing::Waiting),
            (RuleName::Coverage, State::Uncovered, Standing::Refused),
            (RuleName::Soak, State::Unmet, Standing::Waiting),
            (RuleName::Hold, State::Unmet, Standing::Waiting),
            (RuleName::WayBack, State::Unmet, Standing::Refused),
            (RuleName::Condition, State::Unmet, Standing::Refused),
        ] {
            let one = standing(&answer(vec![("shop", refused(rule, state))]));
            assert_eq!(one, said, "{rule} {state:?}");
        }
        let worst = vec![
            ("cart", refused(RuleName::Evidence, State::Failed)),
            ("mail", refused(RuleName::Evidence, State::Errored)),
            ("shop", Stands::NoRelease),
        ];
        assert_eq!(standing(&answer(worst)), Standing::Refused);
    }

    #[test]
    fn the_same_answer_has_the_same_digest_and_another_one_has_not() {
        let world = World::green();
        let of = |asked| said_of(&answer(asked));
        let allowed = of(vec![("shop", decided(&world))]);
        assert_eq!(allowed, of(vec![("shop", decided(&world))]));
        assert_ne!(allowed, of(vec![("shop", Stands::NoRelease)]));
        assert_ne!(allowed, of(vec![("shop", refused(RuleName::Hold, State::Unmet))]));
    }
}

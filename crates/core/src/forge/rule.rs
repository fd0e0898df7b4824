//! What is answered to a deployment that waits for a protection rule.

use crate::Timestamp;
use crate::ledger::{ForgeState, WaitingRule};
use crate::push::{PushAnswer, Stands};
use crate::record::{RuleVerdict, Verdict};
use crate::units::Period;

use super::backoff::{is_held, paused_until};
use super::standing::{Standing, said_of, standing};

/// How often a deployment is told that it has to wait.
///
/// # Source
/// GitHub's documentation of deployment protection rules: ten reports at most.
pub const MOST_REPORTS: u32 = 10;

/// How long after a report the next one is made, at least: ten of them are to last.
const BETWEEN_REPORTS: Period = Period::from_mins(1);

/// What to answer. Only an allowing decision of every gate that is asked, and at least one, approves;
/// what may still come is waited for.
#[must_use]
pub fn decide_answer(answer: &PushAnswer) -> RuleVerdict {
    match standing(answer) {
        Standing::Waiting | Standing::Errored => RuleVerdict::Waiting,
        Standing::Allowed if rests_on_decisions(answer) => RuleVerdict::Approved,
        Standing::Allowed | Standing::Refused => RuleVerdict::Rejected,
    }
}

/// Whether the gate of every service has decided, and said yes. That nothing with a gate changes is
/// no decision.
fn rests_on_decisions(answer: &PushAnswer) -> bool {
    let allows = |stands: &Stands| match stands {
        Stands::Decided { decision, .. } => decision.verdict == Verdict::Allowed,
        Stands::NoRelease | Stands::Forced { .. } => false,
    };
    !answer.riding.gated.is_empty()
        && answer
            .riding
            .gated
            .iter()
            .all(|name| answer.asked.iter().any(|one| one.service == *name && allows(&one.stands)))
}

/// Whether this answer is to be given now: a yes or no at once, and that it has to wait when that is
/// news, not too often, and not more often than the forge takes it.
#[must_use]
pub fn rule_is_due(
    state: &ForgeState,
    waiting: &WaitingRule,
    answer: &PushAnswer,
    now: Timestamp,
) -> bool {
    if is_held(waiting.hangs.as_ref(), now) || paused_until(state, now).is_some() {
        return false;
    }
    match decide_answer(answer) {
        RuleVerdict::Approved | RuleVerdict::Rejected => true,
        RuleVerdict::Waiting if waiting.reports >= MOST_REPORTS => false,
        RuleVerdict::Waiting => waiting.told.as_ref().is_none_or(|(told, at)| {
            let pause = BETWEEN_REPORTS.as_millis() << waiting.reports.min(16);
            told.of != said_of(answer) && now >= Period::from_millis(pause).after(*at)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;
    use crate::forge::testing::{answer, decided};
    use crate::gate::testing::World;
    use crate::record::{Delivery, RuleAnswer, RuleRequest};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a moment")
    }

    fn waiting(reports: u32, told: Option<(Digest, i64)>) -> WaitingRule {
        let asks = RuleRequest { environment: "production".parse().expect("a name"), run: 7 };
        let delivery = Delivery {
            id: "1".to_owned(),
            body: Digest::of(b"1"),
            event: "deployment_protection_rule".to_owned(),
            repository: "acme/shop".parse().expect("a repository"),
            commit: "a".repeat(40),
            asks: Some(asks),
        };
        let told = told.map(|(of, second)| {
            let verdict = RuleVerdict::Waiting;
            (RuleAnswer { verdict, comment: String::new(), decisions: Vec::new(), of }, at(second))
        });
        WaitingRule { delivery, at: at(0), reports, told, hangs: None }
    }

    #[test]
    fn nothing_is_approved_without_an_allowing_decision() {
        let world = World::green();
        let yes = answer(vec![("shop", decided(&world))]);
        assert_eq!(decide_answer(&yes), RuleVerdict::Approved);
        // Nothing with a gate is in it: the hook lets it pass, and nobody has decided anything.
        assert_eq!(decide_answer(&answer(vec![])), RuleVerdict::Rejected);
        let none = answer(vec![("shop", Stands::NoRelease)]);
        assert_eq!(decide_answer(&none), RuleVerdict::Waiting);
        let mut unasked = yes.clone();
        unasked.asked.clear();
        assert_eq!(decide_answer(&unasked), RuleVerdict::Waiting);
        let Stands::Decided { decision, id, .. } = decided(&world) else { panic!("decided") };
        let forced = Stands::Forced { decision, id, seq: crate::ids::Seq(9), left_open: 1 };
        assert_eq!(decide_answer(&answer(vec![("shop", forced)])), RuleVerdict::Rejected);
    }

    #[test]
    fn it_is_told_to_wait_when_that_is_news_and_ten_times_at_most() {
        let state = ForgeState::default();
        let waits = answer(vec![("shop", Stands::NoRelease)]);
        let due = |one: &WaitingRule, now| rule_is_due(&state, one, &waits, at(now));
        assert!(due(&waiting(0, None), 0));
        let same = waiting(1, Some((said_of(&waits), 0)));
        assert!(!due(&same, 1_000_000), "it was told just that");
        let other = waiting(1, Some((Digest::of(b"other"), 0)));
        assert!(!due(&other, 119) && due(&other, 120));
        let tenth = waiting(MOST_REPORTS, Some((Digest::of(b"other"), 0)));
        assert!(!due(&tenth, 1_000_000_000));
        let yes = answer(vec![("shop", decided(&World::green()))]);
        assert!(rule_is_due(&state, &tenth, &yes, at(0)), "a yes is not a report");
    }
}

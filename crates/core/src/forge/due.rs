//! Which statuses are due: what is to be said, less what was said.

use crate::Timestamp;
use crate::ledger::{ForgeState, StatusSaid};
use crate::record::CommitStatus;
use crate::units::Period;

use super::backoff::{is_held, paused_until};

/// For how long a status that stands as before is not said again in other words: while checks come
/// in the reasons change every second, and a forge takes a thousand statuses of a commit at most.
const OTHER_WORDS: Period = Period::from_mins(2);

/// The statuses that are due now, in the order in which they are to be said.
#[must_use]
pub fn due_statuses(
    state: &ForgeState,
    wanted: &[CommitStatus],
    now: Timestamp,
) -> Vec<CommitStatus> {
    if paused_until(state, now).is_some() {
        return Vec::new();
    }
    let due = |one: &&CommitStatus| is_due(state.statuses.get(&one.key()), one, now);
    wanted.iter().filter(due).cloned().collect()
}

fn is_due(said: Option<&StatusSaid>, wanted: &CommitStatus, now: Timestamp) -> bool {
    let Some(said) = said else { return true };
    if let Some((told, at)) = &said.told {
        // What hangs and is no longer so need not be said.
        if told.of == wanted.of {
            return false;
        }
        if told.state == wanted.state && now < OTHER_WORDS.after(*at) {
            return false;
        }
    }
    // A commit that the forge does not know is not another one because its status is.
    !is_held(said.hangs.as_ref(), now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;
    use crate::ids::Seq;
    use crate::ledger::{Hanging, Pause};
    use crate::record::{ForgeFault, ForgeFaultKind, StatusState};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a moment")
    }

    fn status(state: StatusState, of: &str) -> CommitStatus {
        CommitStatus {
            repository: "acme/shop".parse().expect("a repository"),
            commit: "a".repeat(40),
            context: "plimsoll/production".to_owned(),
            state,
            description: of.to_owned(),
            url: None,
            of: Digest::of(of.as_bytes()),
        }
    }

    fn fault(kind: ForgeFaultKind) -> ForgeFault {
        ForgeFault { kind, words: String::new(), not_before: None }
    }

    /// A forge that was told this at second 100, and could not be told that at second 200.
    fn forge(
        told: Option<CommitStatus>,
        hangs: Option<(CommitStatus, ForgeFaultKind, u32)>,
    ) -> ForgeState {
        let key = status(StatusState::Pending, "").key();
        let hangs = hangs.map(|(what, kind, attempts)| Hanging {
            what,
            fault: fault(kind),
            attempts,
            at: at(200),
        });
        let said = StatusSaid { told: told.map(|told| (told, at(100))), hangs, seq: Seq(1) };
        let mut state = ForgeState::default();
        state.statuses.insert(key, said);
        state
    }

    fn is_due(state: &ForgeState, wanted: &CommitStatus, now: i64) -> bool {
        !due_statuses(state, std::slice::from_ref(wanted), at(now)).is_empty()
    }

    #[test]
    fn the_same_is_not_said_twice_and_another_state_at_once() {
        let told = || status(StatusState::Pending, "not run");
        let success = status(StatusState::Success, "g-7");
        assert!(is_due(&ForgeState::default(), &told(), 0));
        let state = forge(Some(told()), None);
        assert!(!is_due(&state, &told(), 1_000_000));
        assert!(is_due(&state, &success, 101));
    }

    #[test]
    fn other_words_for_the_same_state_wait_a_little() {
        let state = forge(Some(status(StatusState::Pending, "1 of 9")), None);
        let more = status(StatusState::Pending, "2 of 9");
        assert!(!is_due(&state, &more, 150));
        assert!(is_due(&state, &more, 100 + 120));
    }

    #[test]
    fn what_was_not_taken_is_tried_again_later_and_later() {
        let wanted = status(StatusState::Success, "g-7");
        let hangs = |kind, n| forge(None, Some((wanted.clone(), kind, n)));
        let first = hangs(ForgeFaultKind::Refused, 1);
        assert!(!is_due(&first, &wanted, 259) && is_due(&first, &wanted, 260));
        let fourth = hangs(ForgeFaultKind::Refused, 4);
        assert!(!is_due(&fourth, &wanted, 679) && is_due(&fourth, &wanted, 680));
        // Another status of the same commit would meet the same.
        assert!(!is_due(&first, &status(StatusState::Failure, "g-8"), 201));
    }

    #[test]
    fn what_hangs_is_let_be_when_it_is_no_longer_so() {
        let told = status(StatusState::Pending, "not run");
        let hangs = (status(StatusState::Success, "g-7"), ForgeFaultKind::Refused, 1);
        let state = forge(Some(told.clone()), Some(hangs));
        assert!(!is_due(&state, &told, 1_000_000));
    }

    #[test]
    fn nothing_is_said_to_a_forge_that_is_away_until_its_pause_is_over() {
        let mut state = ForgeState::default();
        state.pause = Some(Pause { fault: fault(ForgeFaultKind::Away), attempts: 2, at: at(200) });
        let wanted = status(StatusState::Pending, "not run");
        assert!(!is_due(&state, &wanted, 209));
        assert!(is_due(&state, &wanted, 210));
    }
}

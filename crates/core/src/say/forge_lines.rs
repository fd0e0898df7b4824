//! What a forge was told, line by line: the same on a terminal and on a page.

use crate::catalog::RepositoryName;
use crate::forge::{hangs_until, paused_until};
use crate::ids::ForgeName;
use crate::ledger::{ForgeState, Hanging, StatusKey, StatusSaid, WaitingRule};
use crate::record::{ForgeFaultKind, StatusState};

use super::mark::Mark;
use super::push::short_commit;
use super::text::shorten;
use super::{Reader, forge_fault, status_mark};

/// What stands in the way of everything, what waits, or what was told of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForgeLine {
    /// How it stands.
    pub mark: Mark,
    /// Of what: `hub acme/shop 4f1c2ab9d0e1`.
    pub of: String,
    /// Under which name: `plimsoll/production`.
    pub about: String,
    /// The word for it: `success`, `pending`; `not told` where something hangs.
    pub word: String,
    /// What it was told and when; why it was not, and when it is tried again.
    pub words: String,
    /// Why it was not told.
    pub fault: Option<ForgeFaultKind>,
    /// Whether it stands in the way of everything.
    pub is_pause: bool,
}

/// What a forge was told of the commits that are meant: first what stands in the way of everything,
/// then deployments that wait, then statuses, those that hang first and then the newest.
pub fn forge_lines(
    name: &ForgeName,
    state: &ForgeState,
    is_meant: impl Fn(&RepositoryName, &str) -> bool,
    reader: &Reader,
) -> Vec<ForgeLine> {
    let lines = Lines { name, state, reader };
    let waiting = state.waiting.values();
    let waiting = waiting.filter(|one| is_meant(&one.delivery.repository, &one.delivery.commit));
    let mut statuses: Vec<_> = state
        .statuses
        .iter()
        .filter(|((repository, commit, _), _)| is_meant(repository, commit))
        .collect();
    statuses.sort_by_key(|(_, said)| (said.hangs.is_none(), std::cmp::Reverse(said.seq)));
    lines
        .pause()
        .into_iter()
        .chain(waiting.filter_map(|one| lines.waiting(one)))
        .chain(statuses.into_iter().map(|(key, said)| lines.status(key, said)))
        .collect()
}

struct Lines<'a> {
    name: &'a ForgeName,
    state: &'a ForgeState,
    reader: &'a Reader,
}

impl Lines<'_> {
    fn pause(&self) -> Option<ForgeLine> {
        let until = paused_until(self.state, self.reader.now)?;
        let fault = &self.state.pause.as_ref()?.fault;
        Some(ForgeLine {
            mark: status_mark(StatusState::Error, true),
            of: self.name.to_string(),
            about: fault.kind.word().to_owned(),
            word: "not told".to_owned(),
            words: forge_fault(fault, until, self.reader),
            fault: Some(fault.kind),
            is_pause: true,
        })
    }

    fn waiting(&self, waiting: &WaitingRule) -> Option<ForgeLine> {
        let asks = waiting.delivery.asks.as_ref()?;
        let words = match (&waiting.hangs, &waiting.told) {
            (Some(hanging), _) => self.hangs(hanging),
            (None, Some((answer, at))) => {
                let comment = shorten(&answer.comment, 120);
                format!("told to wait {}: {comment}", self.reader.distance(*at))
            }
            (None, None) => format!("asked {}", self.reader.distance(waiting.at)),
        };
        let fault = waiting.hangs.as_ref().map(|hanging| hanging.fault.kind);
        Some(ForgeLine {
            mark: status_mark(StatusState::Pending, fault.is_some()),
            of: self.place(&waiting.delivery.repository, &waiting.delivery.commit),
            about: format!("deployment to {}", asks.environment),
            word: word(fault, "waits"),
            words,
            fault,
            is_pause: false,
        })
    }

    fn status(&self, (repository, commit, context): &StatusKey, said: &StatusSaid) -> ForgeLine {
        let told = said.told.as_ref().map(|(status, at)| {
            let when = self.reader.distance(*at);
            format!("{}, {when}: {}", status.state, shorten(&status.description, 255))
        });
        let words = match (&said.hangs, told) {
            (Some(hanging), told) => {
                let before = told.map(|told| format!("; before that {told}")).unwrap_or_default();
                format!("{} was not told: {}{before}", hanging.what.state, self.hangs(hanging))
            }
            (None, told) => told.unwrap_or_default(),
        };
        let stands = said.told.as_ref().map_or(StatusState::Pending, |(told, _)| told.state);
        let fault = said.hangs.as_ref().map(|hanging| hanging.fault.kind);
        ForgeLine {
            mark: status_mark(stands, fault.is_some()),
            of: self.place(repository, commit),
            about: context.clone(),
            word: word(fault, stands.word()),
            words,
            fault,
            is_pause: false,
        }
    }

    fn hangs<T>(&self, hanging: &Hanging<T>) -> String {
        forge_fault(&hanging.fault, hangs_until(self.state, hanging), self.reader)
    }

    /// `hub acme/shop 4f1c2ab9d0e1`.
    fn place(&self, repository: &RepositoryName, commit: &str) -> String {
        format!("{} {} {}", self.name, repository.as_str(), short_commit(commit))
    }
}

fn word(fault: Option<ForgeFaultKind>, stands: &str) -> String {
    if fault.is_some() { "not told".to_owned() } else { stands.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;
    use crate::digest::Digest;
    use crate::ids::Seq;
    use crate::record::{CommitStatus, ForgeFault};

    const COMMIT: &str = "4f1c2ab9d0e14f1c2ab9d0e14f1c2ab9d0e14f1c";

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    fn status(commit: &str, state: StatusState) -> CommitStatus {
        CommitStatus {
            repository: "acme/shop".parse().expect("a repository"),
            commit: commit.to_owned(),
            context: "plimsoll/production".to_owned(),
            state,
            description: "shop@1.1 may enter production".to_owned(),
            url: None,
            of: Digest::ZERO,
        }
    }

    fn lines(said: StatusSaid) -> Vec<ForgeLine> {
        let mut state = ForgeState::default();
        let other = status(&"0".repeat(40), StatusState::Failure);
        let told = Some((other.clone(), at("2026-11-22T02:00:00Z")));
        state.statuses.insert(other.key(), StatusSaid { told, hangs: None, seq: Seq(9) });
        state.statuses.insert(status(COMMIT, StatusState::Success).key(), said);
        let reader = Reader::utc(at("2026-11-22T03:00:00Z"));
        let name = "hub".parse().expect("a name");
        forge_lines(&name, &state, |_, commit| commit == COMMIT, &reader)
    }

    #[test]
    fn of_a_commit_it_is_said_what_the_forge_knows_and_since_when() {
        let told = Some((status(COMMIT, StatusState::Success), at("2026-11-22T02:57:00Z")));
        let [line] = lines(StatusSaid { told, hangs: None, seq: Seq(7) }).try_into().expect("one");
        assert_eq!(line.of, "hub acme/shop 4f1c2ab9d0e1");
        assert_eq!((line.word.as_str(), line.fault), ("success", None));
        assert!(
            line.words.starts_with("success, ") && line.words.ends_with("may enter production")
        );
    }

    #[test]
    fn what_hangs_says_why_when_again_and_what_was_told_before() {
        let told = Some((status(COMMIT, StatusState::Pending), at("2026-11-22T02:50:00Z")));
        let fault = ForgeFault {
            kind: ForgeFaultKind::Refused,
            words: "404: no such commit".to_owned(),
            not_before: None,
        };
        let what = status(COMMIT, StatusState::Success);
        let hangs = Some(Hanging { what, fault, attempts: 1, at: at("2026-11-22T03:00:00Z") });
        let [line] = lines(StatusSaid { told, hangs, seq: Seq(8) }).try_into().expect("one");
        assert_eq!((line.word.as_str(), line.fault), ("not told", Some(ForgeFaultKind::Refused)));
        for part in ["success was not told: 404", "tried again in", "before that pending, "] {
            assert!(line.words.contains(part), "{part}: {}", line.words);
        }
    }
}

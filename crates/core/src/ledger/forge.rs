//! What was said to a forge, what it said, and what hangs.

use std::collections::{BTreeMap, VecDeque};

use crate::Timestamp;
use crate::catalog::RepositoryName;
use crate::digest::Digest;
use crate::event::{Event, EventKind, Stream};
use crate::ids::Seq;
use crate::record::{CommitStatus, Delivery, ForgeFault, RuleAnswer, RuleVerdict};
use crate::units::Period;

use super::FoldError;

/// How many deliveries are remembered, so that none is taken twice. Forges send one again within
/// days; one that comes after so many others says to look at a commit, and does nothing else.
const DELIVERIES: usize = 2_000;

/// How many statuses are remembered. One that is forgotten would be said again, which does no harm;
/// so many commits are never looked at together.
const STATUSES: usize = 4_000;

/// How many commits that a forge has named are remembered.
const HEARD: usize = 500;

/// For how long a deployment waits for an answer: then the forge has given it up.
///
/// # Source
/// GitHub's documentation of deployments that wait.
const WAITS: Period = Period::from_hours(30 * 24);

/// How often an answer that the forge does not take is tried: about two hours. By then it is not about
/// a permission that somebody is giving, but about a run that has ended.
const MOST_REFUSED: u32 = 8;

/// What a status is of: repository, commit, context.
pub type StatusKey = (RepositoryName, String, String);

/// A commit that a forge has named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeardCommit {
    /// The repository.
    pub repository: RepositoryName,
    /// The commit.
    pub commit: String,
    /// When it was last named.
    pub at: Timestamp,
}

/// What was said under one context of one commit, and what was not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatusSaid {
    /// What the forge was last told, and when.
    pub told: Option<(CommitStatus, Timestamp)>,
    /// What it was to be told since, and was not.
    pub hangs: Option<Hanging<CommitStatus>>,
    /// The last event about it.
    pub seq: Seq,
}

/// Something that was to be said and was not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hanging<T> {
    /// What.
    pub what: T,
    /// Why not, the last time.
    pub fault: ForgeFault,
    /// How often it was tried, one after the other.
    pub attempts: u32,
    /// When it was last tried.
    pub at: Timestamp,
}

/// A deployment that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingRule {
    /// The webhook that asked.
    pub delivery: Delivery,
    /// When it came.
    pub at: Timestamp,
    /// How often it was told that it has to wait.
    pub reports: u32,
    /// What it was last told, and when.
    pub told: Option<(RuleAnswer, Timestamp)>,
    /// What it was to be told since, and was not.
    pub hangs: Option<Hanging<RuleAnswer>>,
}

/// A fault that meets whatever is said, and how often it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// The last fault.
    pub fault: ForgeFault,
    /// How often, one after the other.
    pub attempts: u32,
    /// When it was last met.
    pub at: Timestamp,
}

/// What was said to a forge, what it said, and what hangs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ForgeState {
    /// The last version of the stream.
    pub version: u64,
    /// Who tells it.
    pub driver: Option<String>,
    /// The commits that it has named, oldest first.
    pub heard: VecDeque<HeardCommit>,
    /// What was said and what was not.
    pub statuses: BTreeMap<StatusKey, StatusSaid>,
    /// Deployments that wait, by the event of the webhook that asked.
    pub waiting: BTreeMap<Seq, WaitingRule>,
    /// What stands in the way of everything, until something was said.
    pub pause: Option<Pause>,
    deliveries: VecDeque<(String, Digest)>,
}

impl CommitStatus {
    /// What it is of.
    #[must_use]
    pub fn key(&self) -> StatusKey {
        (self.repository.clone(), self.commit.clone(), self.context.clone())
    }
}

impl ForgeState {
    /// Folds one more event of the stream. It may begin anywhere: what lies far back is not needed.
    ///
    /// # Errors
    /// The event belongs on another stream.
    pub fn apply(&mut self, event: &Event) -> Result<(), FoldError> {
        if !matches!(event.stream, Stream::Forge(_)) || event.version <= self.version {
            return Ok(());
        }
        match &event.kind {
            EventKind::ForgeClaimed { driver } => self.driver = Some(driver.clone()),
            EventKind::WebhookReceived { delivery } => self.hear(delivery, event),
            EventKind::StatusPosted { status } => {
                self.pause = None;
                let said = self.said(status, event.seq);
                said.told = Some((status.clone(), event.at));
                said.hangs = None;
            }
            EventKind::StatusNotPosted { status, fault } => {
                self.stop(fault, event.at);
                let said = self.said(status, event.seq);
                said.hangs = Some(again(said.hangs.take(), status, fault, event.at));
            }
            EventKind::RuleAnswered { request, answer } => {
                self.pause = None;
                self.answered(*request, answer, event.at);
            }
            EventKind::RuleNotAnswered { request, answer, fault } => {
                self.stop(fault, event.at);
                if let Some(waiting) = self.waiting.get_mut(request) {
                    let hangs = again(waiting.hangs.take(), answer, fault, event.at);
                    let is_over = !fault.kind.stops_all() && hangs.attempts >= MOST_REFUSED;
                    waiting.hangs = Some(hangs);
                    if is_over {
                        self.waiting.remove(request);
                    }
                }
            }
            _ => {
                let why = "it does not belong on a forge's stream";
                return Err(FoldError { seq: event.seq, why });
            }
        }
        self.version = event.version;
        Ok(())
    }

    /// Whether this delivery was taken before.
    #[must_use]
    pub fn knows(&self, delivery: &Delivery) -> bool {
        let same = |(id, body): &(String, Digest)| *id == delivery.id || *body == delivery.body;
        self.deliveries.iter().any(same)
    }

    fn hear(&mut self, delivery: &Delivery, event: &Event) {
        push_bounded(&mut self.deliveries, (delivery.id.clone(), delivery.body), DELIVERIES);
        let (repository, commit) = (&delivery.repository, &delivery.commit);
        self.heard.retain(|one| one.repository != *repository || one.commit != *commit);
        let heard =
            HeardCommit { repository: repository.clone(), commit: commit.clone(), at: event.at };
        push_bounded(&mut self.heard, heard, HEARD);
        self.waiting.retain(|_, waiting| WAITS.after(waiting.at) > event.at);
        let Some(asks) = &delivery.asks else { return };
        // The same run may ask again for the same environment: one answer is enough.
        self.waiting.retain(|_, one| {
            one.delivery.asks.as_ref() != Some(asks) || one.delivery.repository != *repository
        });
        let waiting = WaitingRule {
            delivery: delivery.clone(),
            at: event.at,
            reports: 0,
            told: None,
            hangs: None,
        };
        self.waiting.insert(event.seq, waiting);
    }

    fn answered(&mut self, request: Seq, answer: &RuleAnswer, at: Timestamp) {
        match answer.verdict {
            RuleVerdict::Approved | RuleVerdict::Rejected => {
                self.waiting.remove(&request);
            }
            RuleVerdict::Waiting => {
                if let Some(waiting) = self.waiting.get_mut(&request) {
                    waiting.reports += 1;
                    waiting.told = Some((answer.clone(), at));
                    waiting.hangs = None;
                }
            }
        }
    }

    fn stop(&mut self, fault: &ForgeFault, at: Timestamp) {
        if fault.kind.stops_all() {
            let before = self.pause.take().filter(|pause| pause.fault.kind == fault.kind);
            let attempts = before.map_or(0, |pause| pause.attempts).saturating_add(1);
            self.pause = Some(Pause { fault: fault.clone(), attempts, at });
        } else {
            // It has answered, and taken us for somebody who may ask.
            self.pause = None;
        }
    }

    fn said(&mut self, status: &CommitStatus, seq: Seq) -> &mut StatusSaid {
        let key = status.key();
        if self.statuses.len() >= STATUSES && !self.statuses.contains_key(&key) {
            self.forget_old_statuses();
        }
        let said = self.statuses.entry(key).or_default();
        said.seq = seq;
        said
    }

    /// Forgets a quarter at once, so that it is not done for each new one.
    fn forget_old_statuses(&mut self) {
        let mut by_age: Vec<Seq> = self.statuses.values().map(|said| said.seq).collect();
        by_age.sort_unstable();
        let Some(oldest_kept) = by_age.get(STATUSES / 4).copied() else { return };
        self.statuses.retain(|_, said| said.seq >= oldest_kept);
    }
}

fn again<T: Clone>(
    before: Option<Hanging<T>>,
    what: &T,
    fault: &ForgeFault,
    at: Timestamp,
) -> Hanging<T> {
    let before = before.filter(|before| before.fault.kind == fault.kind);
    let attempts = before.map_or(0, |before| before.attempts).saturating_add(1);
    Hanging { what: what.clone(), fault: fault.clone(), attempts, at }
}

fn push_bounded<T>(queue: &mut VecDeque<T>, item: T, most: usize) {
    queue.push_back(item);
    while queue.len() > most {
        queue.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Actor;
    use crate::record::{ForgeFaultKind, RuleRequest, StatusState};

    struct Story {
        state: ForgeState,
        seq: u64,
    }

    impl Story {
        fn new() -> Self {
            Self { state: ForgeState::default(), seq: 0 }
        }

        fn happens(&mut self, at_s: i64, kind: EventKind) -> Seq {
            self.seq += 1;
            let event = Event {
                seq: Seq(self.seq),
                stream: "forge/hub".parse().expect("a stream"),
                version: self.seq,
                at: Timestamp::from_second(at_s).expect("a moment"),
                actor: Actor::Plimsoll,
                kind,
                prev: Digest::of(b""),
                hash: Digest::of(b""),
            };
            self.state.apply(&event).expect("it can happen");
            event.seq
        }
    }

    fn status(commit: &str, state: StatusState) -> CommitStatus {
        CommitStatus {
            repository: "acme/shop".parse().expect("a repository"),
            commit: commit.to_owned(),
            context: "plimsoll/production".to_owned(),
            state,
            description: String::new(),
            url: None,
            of: Digest::of(state.word().as_bytes()),
        }
    }

    fn fault(kind: ForgeFaultKind) -> ForgeFault {
        ForgeFault { kind, words: "why".to_owned(), not_before: None }
    }

    fn delivery(id: &str, commit: &str, asks: Option<RuleRequest>) -> Delivery {
        Delivery {
            id: id.to_owned(),
            body: Digest::of(id.as_bytes()),
            event: "push".to_owned(),
            repository: "acme/shop".parse().expect("a repository"),
            commit: commit.to_owned(),
            asks,
        }
    }

    fn came(id: &str, commit: &str, asks: Option<RuleRequest>) -> EventKind {
        EventKind::WebhookReceived { delivery: delivery(id, commit, asks) }
    }

    #[test]
    fn what_was_told_is_remembered_and_what_was_not_hangs_until_it_is() {
        let mut story = Story::new();
        let (pending, success) = (StatusState::Pending, StatusState::Success);
        story.happens(1, EventKind::StatusPosted { status: status("a", pending) });
        for at in [2, 3] {
            let (status, fault) = (status("a", success), fault(ForgeFaultKind::Away));
            story.happens(at, EventKind::StatusNotPosted { status, fault });
        }
        let said = &story.state.statuses[&status("a", success).key()];
        assert_eq!(said.told.as_ref().expect("it was told").0.state, pending);
        assert_eq!(said.hangs.as_ref().expect("it hangs").attempts, 2);
        assert_eq!(story.state.pause.as_ref().expect("it is away").attempts, 2);
        story.happens(4, EventKind::StatusPosted { status: status("a", success) });
        let said = &story.state.statuses[&status("a", success).key()];
        assert_eq!((said.hangs.as_ref(), story.state.pause.as_ref()), (None, None));
    }

    #[test]
    fn one_that_is_refused_stops_nothing_else() {
        let mut story = Story::new();
        let (status, fault) = (status("a", StatusState::Pending), fault(ForgeFaultKind::Refused));
        story.happens(1, EventKind::StatusNotPosted { status, fault });
        assert_eq!(story.state.pause, None);
    }

    #[test]
    fn a_delivery_is_known_once_it_came_and_a_waiting_deployment_until_it_is_answered() {
        let mut story = Story::new();
        let asks = |run| Some(RuleRequest { environment: "production".parse().expect("one"), run });
        assert!(!story.state.knows(&delivery("1", "a", None)));
        story.happens(1, came("1", "a", asks(7)));
        // The forge asks again for the same run: it is one question.
        let request = story.happens(2, came("2", "a", asks(7)));
        assert!(story.state.knows(&delivery("2", "a", None)));
        let again = Delivery { id: "3".to_owned(), ..delivery("1", "a", None) };
        assert!(story.state.knows(&again), "its number is not signed, its body is");
        assert_eq!(story.state.waiting.keys().collect::<Vec<_>>(), [&request]);
        assert_eq!(story.state.heard.len(), 1);
        let answer = |verdict| RuleAnswer {
            verdict,
            comment: String::new(),
            decisions: Vec::new(),
            of: Digest::of(b""),
        };
        let waits = answer(RuleVerdict::Waiting);
        story.happens(3, EventKind::RuleAnswered { request, answer: waits });
        assert_eq!(story.state.waiting[&request].reports, 1);
        let approved = answer(RuleVerdict::Approved);
        story.happens(4, EventKind::RuleAnswered { request, answer: approved });
        assert!(story.state.waiting.is_empty());
    }

    #[test]
    fn an_answer_that_the_forge_never_takes_is_given_up_and_one_that_it_missed_is_not() {
        for (kind, is_left) in [(ForgeFaultKind::Refused, false), (ForgeFaultKind::Away, true)] {
            let mut story = Story::new();
            let environment = "production".parse().expect("one");
            let asks = Some(RuleRequest { environment, run: 7 });
            let request = story.happens(1, came("1", "a", asks));
            for at in 2..=9 {
                assert!(story.state.waiting.contains_key(&request), "{kind:?} {at}");
                let answer = RuleAnswer {
                    verdict: RuleVerdict::Approved,
                    comment: String::new(),
                    decisions: Vec::new(),
                    of: Digest::of(b""),
                };
                let fault = fault(kind);
                story.happens(at, EventKind::RuleNotAnswered { request, answer, fault });
            }
            assert_eq!(story.state.waiting.contains_key(&request), is_left, "{kind:?}");
        }
    }

    #[test]
    fn the_memory_is_bounded_and_what_is_new_stays() {
        let mut story = Story::new();
        let last = 5_000;
        for n in 0..=last {
            let commit = n.to_string();
            story.happens(n, came(&commit, &commit, None));
            let status = status(&commit, StatusState::Pending);
            story.happens(n, EventKind::StatusPosted { status });
        }
        let state = &story.state;
        assert_eq!((state.deliveries.len(), state.heard.len()), (DELIVERIES, HEARD));
        assert!(state.statuses.len() <= STATUSES);
        let knows = |n: i64| state.knows(&delivery(&n.to_string(), "", None));
        assert!(knows(last) && !knows(0));
        let newest = status(&last.to_string(), StatusState::Pending);
        assert!(state.statuses.contains_key(&newest.key()));
    }

    #[test]
    fn a_deployment_that_nobody_waits_for_any_more_is_forgotten() {
        let mut story = Story::new();
        let asks = Some(RuleRequest { environment: "production".parse().expect("one"), run: 7 });
        story.happens(0, came("1", "a", asks));
        story.happens(31 * 24 * 3_600, came("2", "b", None));
        assert!(story.state.waiting.is_empty());
    }
}

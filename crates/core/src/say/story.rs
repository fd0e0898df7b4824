//! What happened, told: events, newest first, with the results of a verification folded into one
//! line.

use std::collections::{BTreeMap, BTreeSet};

use crate::event::{Event, EventKind, Stream};
use crate::ids::{CheckName, ReleaseId, Seq, TargetId, TargetName, Version};
use crate::record::{CheckResult, State};

use super::Reader;
use super::event::{EventLine, Weight, event as say_event};
use super::mark::mark;
use super::matrix::stands;
use super::text::{count, list};

/// One line of a history.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The event; for a verification the one that ended it, or began it while it has not ended.
    pub event: Event,
    /// In words.
    pub line: EventLine,
    /// How many results of a verification came to what; empty for other events.
    pub results: BTreeMap<State, u64>,
}

/// Folds events into lines. They are given newest first, as a history is read.
#[derive(Debug)]
pub struct Story<'a> {
    reader: &'a Reader,
    all: bool,
    told: Vec<Told>,
    open: Vec<Open>,
    loose: Vec<(Stream, CheckResult)>,
    under_way: Option<BTreeSet<Seq>>,
}

/// A verification whose beginning has not been seen yet.
#[derive(Debug)]
struct Open {
    at: usize,
    stream: Stream,
    started: Seq,
    results: Vec<CheckResult>,
}

impl<'a> Story<'a> {
    /// Headlines and verifications; every event as it is when `all` are wanted.
    #[must_use]
    pub fn new(reader: &'a Reader, all: bool) -> Self {
        let (told, open, loose) = (Vec::new(), Vec::new(), Vec::new());
        Self { reader, all, told, open, loose, under_way: None }
    }

    /// The same where the newest events are not among those given: only these verifications have
    /// not ended, the end of any other is told elsewhere.
    #[must_use]
    pub fn without_the_newest(self, under_way: BTreeSet<Seq>) -> Self {
        Self { under_way: Some(under_way), ..self }
    }

    /// How many lines there are so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.told.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    /// Whether every verification that is told has been seen whole. If not, older events go to
    /// [`Story::complete`].
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.open.is_empty()
    }

    /// Takes the next older event.
    pub fn push(&mut self, event: Event) {
        if self.all {
            return self.tell(event);
        }
        if let EventKind::VerifyFinished { started } = &event.kind {
            let (stream, started) = (event.stream.clone(), *started);
            self.open.push(Open { at: self.told.len(), stream, started, results: vec![] });
            self.tell(event);
        } else if let EventKind::CheckFinished { result } = &event.kind {
            self.result(&event, result);
        } else if let EventKind::VerifyStarted { .. } = &event.kind {
            match self.is_end_of_open(&event) {
                true => self.close(&event),
                false => self.tell_unfinished(event),
            }
        } else if say_event(&event, self.reader).weight == Weight::Headline {
            self.tell(event);
        }
    }

    /// Takes the next older event only as far as it completes what is told already.
    pub fn complete(&mut self, event: &Event) {
        if let EventKind::CheckFinished { result } = &event.kind {
            self.result(event, result);
        } else if self.is_end_of_open(event) {
            self.close(event);
        }
    }

    /// The lines, newest first.
    #[must_use]
    pub fn into_told(self) -> Vec<Told> {
        self.told
    }

    fn tell(&mut self, event: Event) {
        let line = say_event(&event, self.reader);
        self.told.push(Told { event, line, results: BTreeMap::new() });
    }

    /// A verification that runs, or that was killed.
    fn tell_unfinished(&mut self, event: Event) {
        let EventKind::VerifyStarted { version, targets, checks, .. } = &event.kind else { return };
        let (mine, rest): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.loose).into_iter().partition(|(stream, result)| {
                *stream == event.stream && belongs(result, version, targets, checks)
            });
        self.loose = rest;
        if self.under_way.as_ref().is_some_and(|under_way| !under_way.contains(&event.seq)) {
            return;
        }
        let results: Vec<_> = mine.iter().map(|(_, result)| result).collect();
        let (line, results) = begun(&event, &results, self.reader);
        self.told.push(Told { event, line, results });
    }

    fn result(&mut self, event: &Event, result: &CheckResult) {
        let mut taken = false;
        for open in &mut self.open {
            if open.stream == event.stream && event.seq > open.started {
                open.results.push(result.clone());
                taken = true;
            }
        }
        if !taken {
            self.loose.push((event.stream.clone(), result.clone()));
        }
    }

    fn is_end_of_open(&self, event: &Event) -> bool {
        self.open.iter().any(|open| open.started == event.seq)
    }

    fn close(&mut self, began: &Event) {
        let EventKind::VerifyStarted { version, targets, checks, .. } = &began.kind else { return };
        let Some(found) = self.open.iter().position(|open| open.started == began.seq) else {
            return;
        };
        let open = self.open.remove(found);
        let mine: Vec<_> =
            open.results.iter().filter(|r| belongs(r, version, targets, checks)).collect();
        if let Some(told) = self.told.get_mut(open.at) {
            let (line, results) = ended(&told.line, began, version, &mine);
            told.line = line;
            told.results = results;
        }
    }
}

fn belongs(
    result: &CheckResult,
    version: &Version,
    targets: &[TargetName],
    checks: &[CheckName],
) -> bool {
    result.version == *version
        && targets.contains(&result.target.target)
        && (checks.is_empty() || checks.contains(&result.check))
}

type Line = (EventLine, BTreeMap<State, u64>);

/// The line of a verification that has ended.
fn ended(plain: &EventLine, began: &Event, version: &Version, results: &[&CheckResult]) -> Line {
    let tally = Tally::of(results);
    let worst = tally.worst();
    let is = |state: State| worst == Some(state);
    let word = if worst.is_none() {
        "nothing checked"
    } else if is(State::Satisfied) {
        "verified"
    } else if is(State::Failed) {
        "verification failed"
    } else if is(State::Errored) {
        "verification errored"
    } else {
        "not verified"
    };
    let line = EventLine {
        word: word.to_owned(),
        what: place(began, version),
        detail: tally.words(),
        mark: mark(worst.unwrap_or(State::NotRun)),
        weight: Weight::Headline,
        ..plain.clone()
    };
    (line, tally.counts)
}

/// The line of a verification that has begun and not ended.
fn begun(began: &Event, results: &[&CheckResult], reader: &Reader) -> Line {
    let plain = say_event(began, reader);
    let EventKind::VerifyStarted { version, deadline, .. } = &began.kind else {
        return (plain, BTreeMap::new());
    };
    let tally = Tally::of(results);
    let over = *deadline <= reader.now;
    let line = EventLine {
        word: if over { "not verified".to_owned() } else { plain.word.clone() },
        what: place(began, version),
        detail: match (over, results.is_empty()) {
            (true, true) => format!("{}, and never ended", plain.detail),
            (true, false) => format!("{}, and never ended", tally.words()),
            (false, true) => plain.detail.clone(),
            (false, false) => format!("{} so far", tally.words()),
        },
        mark: if over { mark(State::NotRun) } else { plain.mark },
        weight: Weight::Headline,
        ..plain
    };
    (line, tally.counts)
}

/// `planet4@1.23, staging`.
fn place(began: &Event, version: &Version) -> String {
    match &began.stream {
        Stream::Evidence(lane) | Stream::Lane(lane) => {
            let release = ReleaseId { service: lane.service.clone(), version: version.clone() };
            format!("{release}, {}", lane.environment)
        }
        Stream::Release(_)
        | Stream::Gate(_)
        | Stream::People(_)
        | Stream::Tokens
        | Stream::Forge(_) => version.to_string(),
    }
}

/// What results came to: the newest one of each check on each target.
struct Tally {
    counts: BTreeMap<State, u64>,
    red: Vec<(State, CheckName, TargetName)>,
}

impl Tally {
    /// The results come newest first.
    fn of(results: &[&CheckResult]) -> Self {
        let mut newest: BTreeMap<(&TargetId, &CheckName), State> = BTreeMap::new();
        for result in results {
            // As the matrix judges it: a pass of another version is none.
            let (state, _) = stands(result);
            newest.entry((&result.target, &result.check)).or_insert(state);
        }
        let mut tally = Self { counts: BTreeMap::new(), red: Vec::new() };
        for ((target, check), state) in newest {
            *tally.counts.entry(state).or_default() += 1;
            if state != State::Satisfied {
                tally.red.push((state, check.clone(), target.target.clone()));
            }
        }
        tally.red.sort();
        tally
    }

    fn worst(&self) -> Option<State> {
        self.counts.keys().next().copied()
    }

    /// `34 of 40 passed; home failed on nl-k8s, in-k8s`.
    fn words(&self) -> String {
        let all: u64 = self.counts.values().sum();
        let passed = self.counts.get(&State::Satisfied).copied().unwrap_or(0);
        let results = usize::try_from(all).unwrap_or(usize::MAX);
        let head = match (all, passed) {
            (0, _) => return "no result".to_owned(),
            (all, passed) if all == passed => format!("{} passed", count(results, "result")),
            (all, passed) => format!("{passed} of {all} passed"),
        };
        let Some((state, check, _)) = self.red.first() else { return head };
        let places: Vec<_> = self
            .red
            .iter()
            .filter(|(s, c, _)| s == state && c == check)
            .map(|(_, _, target)| target)
            .collect();
        format!("{head}; {check} {} on {}", state.word(), list(&places, 3))
    }
}

#[cfg(test)]
#[path = "story_tests.rs"]
mod tests;

//! Watching every target of a lane while a wave changes some of them (X.2: green before and green
//! after can hide a gap between).
//!
//! A probe that was never green since the promotion began is not counted: a promotion that mends a
//! broken site must not be blamed for it.
//!
//! Probes of HTTP come in the rhythm of the plan. Others that a configuration names (pages, commands)
//! take as long as they take, so they have rounds of their own and never delay the former.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use futures_util::future::{join, select};
use futures_util::stream::{self, StreamExt};
use plimsoll_core::Timestamp;
use plimsoll_core::catalog::CheckKind;
use plimsoll_core::event::{EventKind, Regression, RegressionCause};
use plimsoll_core::ids::{CheckName, CheckRunId, Seq, TargetName, Version};
use plimsoll_core::ledger::PromotionState;
use plimsoll_core::promote::Step;
use plimsoll_core::record::{Outcome, State};
use plimsoll_core::units::Period;
use tokio::sync::Notify;

use crate::ports::{Begun, Beside, CheckJob, TargetContext};

use super::Drive;

/// Probes of HTTP at once.
const AT_ONCE: usize = 64;

/// Other probes at once: a browser or a test suite each, beside which the others are to be in time.
const SLOW_AT_ONCE: usize = 2;

/// How long a probe may fail for reasons of ours before that is an alarm itself (X.3): a source
/// that falls silent is not a pass. Longer than a restart of whatever it needs, shorter than a soak
/// that is worth its name.
const SILENCE: Period = Period::from_secs(30);

/// The pause while there is nothing to watch.
const IDLE: Period = Period::from_millis(200);

/// Watches the targets of one lane.
pub(super) struct Watch<'a> {
    drive: Probing<'a>,
    seen: Mutex<Seen>,
    rung: Notify,
    /// There is something to watch.
    woken: Notify,
    /// Every probe has been asked once.
    looked: Notify,
}

/// How a probe looks, which says in which rounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// A question that is answered in milliseconds: at most [`AT_ONCE`], in the rhythm of the plan.
    Quick,
    /// A browser or a process: at most [`SLOW_AT_ONCE`], with pauses as long as the looks.
    Slow,
}

impl Pace {
    const fn of(kind: &CheckKind) -> Self {
        match kind {
            CheckKind::Http(_) => Self::Quick,
            CheckKind::Page(_)
            | CheckKind::Command(_)
            | CheckKind::Twins(_)
            | CheckKind::Process(_)
            | CheckKind::Reported(_) => Self::Slow,
        }
    }

    /// How long to wait after a round that took so long.
    fn pause(self, every: Period, took_ms: u64) -> Period {
        let every_ms = every.as_millis();
        Period::from_millis(match self {
            Self::Quick => every_ms.saturating_sub(took_ms).max(10),
            Self::Slow => every_ms.max(took_ms),
        })
    }
}

struct Probing<'a> {
    desk: &'a crate::desk::Desk,
    service: &'a plimsoll_core::catalog::Service,
    lane: &'a plimsoll_core::ids::LaneId,
}

#[derive(Default)]
struct Seen {
    following: Option<Following>,
    probes: BTreeMap<(TargetName, CheckName), Probe>,
    gaps: Vec<Gap>,
    alarms: Vec<Regression>,
    /// Whether every quick probe has been asked since the watch began.
    quick_looked: bool,
    /// Whether every slow one has.
    slow_looked: bool,
}

#[derive(Clone)]
struct Following {
    every: Period,
    max_gap: Period,
    checks: Vec<CheckName>,
}

#[derive(Default)]
struct Probe {
    was_green: bool,
    /// By the wall clock for people, and in milliseconds that nobody can set.
    red_since: Option<(Timestamp, u64)>,
    silent_since: Option<(Timestamp, u64)>,
    alarmed: bool,
}

/// A time in which a target did not answer, and did again.
struct Gap {
    target: TargetName,
    check: CheckName,
    from: Timestamp,
    to: Timestamp,
}

impl<'a> Watch<'a> {
    pub(super) fn new(drive: &Drive<'a>) -> Self {
        let drive = Probing { desk: drive.desk, service: drive.service, lane: drive.lane };
        let (rung, woken, looked) = (Notify::new(), Notify::new(), Notify::new());
        Self { drive, seen: Mutex::default(), rung, woken, looked }
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Watches during the steps of a wave, and not on the way back.
    pub(super) fn follow(&self, active: &PromotionState, step: &Step) {
        let plan = &active.plan;
        let wanted = match step {
            Step::Deploy { back, .. } => !*back,
            Step::Verify { .. } | Step::Soak { .. } | Step::NoteRegressions { .. } => true,
            Step::AskGate { .. } | Step::StartWave { .. } => true,
            Step::BeginRollback { .. } | Step::VerifyBack { .. } | Step::Finish { .. } => false,
        };
        let mut seen = self.seen();
        seen.following = (wanted && !plan.probes.is_empty()).then(|| Following {
            every: plan.probe_every,
            max_gap: plan.max_gap,
            checks: plan.probes.clone(),
        });
        if !wanted {
            *seen = Seen::default();
        }
        drop(seen);
        // Both rounds; who is not idle looks by itself.
        self.woken.notify_waiters();
    }

    /// Waits until every probe has been asked once: what was not seen green before a wave began
    /// could not be missed during it.
    pub(super) async fn looked(&self) {
        loop {
            let mut looked = std::pin::pin!(self.looked.notified());
            looked.as_mut().enable();
            {
                let seen = self.seen();
                if (seen.quick_looked && seen.slow_looked) || seen.following.is_none() {
                    return;
                }
            }
            looked.await;
        }
    }

    /// Probes on and on; never ends.
    pub(super) async fn run(&self) {
        join(self.rounds(Pace::Quick), self.rounds(Pace::Slow)).await;
    }

    async fn rounds(&self, pace: Pace) {
        let clock = &self.drive.desk.parts.clock;
        loop {
            let following = self.seen().following.clone();
            let Some(following) = following else {
                select(clock.sleep(IDLE), std::pin::pin!(self.woken.notified())).await;
                continue;
            };
            let began = clock.monotonic_ms();
            self.round(&following, pace).await;
            self.has_looked(pace);
            let took = clock.monotonic_ms().saturating_sub(began);
            clock.sleep(pace.pause(following.every, took)).await;
        }
    }

    fn has_looked(&self, pace: Pace) {
        let mut seen = self.seen();
        match pace {
            Pace::Quick => seen.quick_looked = true,
            Pace::Slow => seen.slow_looked = true,
        }
        drop(seen);
        self.looked.notify_waiters();
    }

    /// Waits until something was found.
    pub(super) async fn alarmed(&self) {
        loop {
            let rung = self.rung.notified();
            if !self.seen().alarms.is_empty() {
                return;
            }
            rung.await;
        }
    }

    /// What was found since the last call: gaps that closed in time, and regressions.
    pub(super) fn take(
        &self,
        promotion: plimsoll_core::ids::PromotionId,
    ) -> (Vec<EventKind>, Vec<Regression>) {
        let mut seen = self.seen();
        let gaps = std::mem::take(&mut seen.gaps);
        let alarms = std::mem::take(&mut seen.alarms);
        let events = gaps
            .into_iter()
            .map(|gap| EventKind::GapSeen {
                promotion,
                target: gap.target,
                check: gap.check,
                from: gap.from,
                to: gap.to,
            })
            .collect();
        (events, alarms)
    }

    async fn round(&self, following: &Following, pace: Pace) {
        let Some(environment) = self.drive.service.environment(&self.drive.lane.environment) else {
            return;
        };
        let desk = self.drive.desk;
        let all = following.checks.iter().filter_map(|name| {
            let check = self.drive.service.checks.get(name)?;
            (Pace::of(&check.kind) == pace).then_some((name, check))
        });
        let checks: Vec<_> = all.collect();
        // Without the ledger it is probed all the same, and compared with nothing.
        let pages = checks.iter().any(|(_, check)| matches!(check.kind, CheckKind::Page(_)));
        let state = match pages {
            true => desk.load(&self.drive.service.name).await.ok(),
            false => None,
        };
        let mut jobs = Vec::new();
        for (name, target) in &environment.targets {
            let context = self.drive.desk.context(self.drive.service, &environment.name, name);
            let Ok(context) = context else { continue };
            for (check_name, check) in &checks {
                if check.only.covers(&environment.name, name, target) {
                    let beside = state.as_ref().map_or_else(Beside::default, |state| {
                        desk.beside(
                            self.drive.service,
                            state,
                            &context,
                            (check_name, check),
                            &any(),
                        )
                    });
                    jobs.push(self.job(&context, check_name, check, following, beside));
                }
            }
        }
        let at_once = match pace {
            Pace::Quick => AT_ONCE,
            Pace::Slow => SLOW_AT_ONCE,
        };
        let looks = jobs.into_iter().map(|job| self.probe(job, following, pace));
        stream::iter(looks.collect::<Vec<_>>()).buffer_unordered(at_once).collect::<()>().await;
    }

    fn job(
        &self,
        context: &TargetContext,
        name: &CheckName,
        check: &plimsoll_core::catalog::Check,
        following: &Following,
        beside: Beside,
    ) -> CheckJob {
        let mut check = check.clone();
        // A target that accepts and never answers must be noticed within the gap that is allowed. A
        // browser or a suite has the time that it was given.
        if Pace::of(&check.kind) == Pace::Quick {
            let patience = following.max_gap.max(following.every).max(Period::from_secs(1));
            check.within = check.within.min(patience);
        }
        CheckJob {
            context: context.clone(),
            name: name.clone(),
            check,
            version: any(),
            begun: Begun::default(),
            beside,
        }
    }

    async fn probe(&self, job: CheckJob, following: &Following, pace: Pace) {
        let clock = &self.drive.desk.parts.clock;
        let (began, began_ms) = (clock.now(), clock.monotonic_ms());
        let attempted = self.drive.desk.parts.fleet.check(&job).await;
        let now_ms = clock.monotonic_ms();
        // The time that a slow look takes is no time in which its target did not answer.
        let since = match pace {
            Pace::Quick => (began, began_ms),
            Pace::Slow => (clock.now(), now_ms),
        };
        let target = job.context.id.target.clone();
        let mut seen = self.seen();
        if seen.following.is_none() {
            return;
        }
        let state = seen.probes.entry((target.clone(), job.name.clone())).or_default();
        let found = state.note(attempted.attempt.outcome, since, now_ms, following);
        let check = job.name;
        let finding = attempted.attempt.finding;
        let cause = match found {
            Found::Nothing => return,
            Found::Closed { from } => {
                seen.gaps.push(Gap { target, check, from, to: began });
                return;
            }
            Found::Gap { from, lasted } => {
                RegressionCause::Gap { check, from, lasted_ms: lasted.as_millis(), finding }
            }
            // Ours, and no word about the release.
            Found::Silence { lasted, .. } => RegressionCause::Check {
                check,
                run: CheckRunId(Seq(0)),
                state: State::Errored,
                finding: format!(
                    "the probe itself fell silent for {}, so nobody watches: {finding}",
                    lasted.roughly()
                ),
            },
        };
        seen.alarms.push(Regression { target, cause });
        self.rung.notify_waiters();
    }
}

/// What one answer of a probe means.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    /// Nothing new.
    Nothing,
    /// It answers again after a gap that was short enough.
    Closed { from: Timestamp },
    /// It has not answered for longer than is allowed.
    Gap { from: Timestamp, lasted: Period },
    /// We have not been able to ask for too long.
    Silence { from: Timestamp, lasted: Period },
}

impl Probe {
    fn note(
        &mut self,
        outcome: Outcome,
        began: (Timestamp, u64),
        now_ms: u64,
        following: &Following,
    ) -> Found {
        match outcome {
            Outcome::Passed => {
                self.was_green = true;
                self.alarmed = false;
                self.silent_since = None;
                self.red_since.take().map_or(Found::Nothing, |(from, _)| Found::Closed { from })
            }
            // Our own trouble says nothing about the target, and that may not go on for long.
            Outcome::Errored | Outcome::NotRun => {
                let (from, from_ms) = *self.silent_since.get_or_insert(began);
                let lasted = Period::from_millis(now_ms.saturating_sub(from_ms));
                self.alarm(
                    lasted >= SILENCE.max(following.max_gap),
                    Found::Silence { from, lasted },
                )
            }
            Outcome::Failed => {
                self.silent_since = None;
                if !self.was_green {
                    return Found::Nothing;
                }
                let (from, from_ms) = *self.red_since.get_or_insert(began);
                let lasted = Period::from_millis(now_ms.saturating_sub(from_ms));
                self.alarm(lasted >= following.max_gap, Found::Gap { from, lasted })
            }
        }
    }

    /// Each alarm is given once, until the probe is green again.
    fn alarm(&mut self, rings: bool, found: Found) -> Found {
        if !rings || std::mem::replace(&mut self.alarmed, true) {
            return Found::Nothing;
        }
        found
    }
}

/// A probe asks whether the site works, whichever version runs.
fn any() -> Version {
    Version::new("any").expect("a plain word is a version")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn following() -> Following {
        let (every, max_gap) = (Period::from_secs(1), Period::from_secs(5));
        Following { every, max_gap, checks: Vec::new() }
    }

    fn at(second: u64) -> (Timestamp, u64) {
        let moment = i64::try_from(second).expect("a small number");
        (Timestamp::from_second(moment).expect("in range"), second * 1_000)
    }

    fn told(answers: &[(u64, Outcome)]) -> Vec<Found> {
        let mut probe = Probe::default();
        answers
            .iter()
            .map(|(second, outcome)| {
                probe.note(*outcome, at(*second), second * 1_000, &following())
            })
            .filter(|found| *found != Found::Nothing)
            .collect()
    }

    #[test]
    fn slow_probes_pause_for_as_long_as_they_look_and_quick_ones_keep_the_rhythm() {
        let every = Period::from_secs(1);
        let pause = |pace: Pace, took_ms| pace.pause(every, took_ms).as_millis();
        assert_eq!([pause(Pace::Quick, 300), pause(Pace::Quick, 3_000)], [700, 10]);
        assert_eq!([pause(Pace::Slow, 300), pause(Pace::Slow, 9_000)], [1_000, 9_000]);
    }

    #[test]
    fn a_gap_is_an_alarm_once_and_only_after_it_was_green() {
        use Outcome::{Failed, Passed};
        assert!(told(&[(0, Failed), (60, Failed)]).is_empty());
        let found = told(&[(0, Passed), (1, Failed), (6, Failed), (7, Failed)]);
        assert_eq!(found, [Found::Gap { from: at(1).0, lasted: Period::from_secs(5) }]);
        let closed = told(&[(0, Passed), (1, Failed), (3, Passed)]);
        assert_eq!(closed, [Found::Closed { from: at(1).0 }]);
    }

    #[test]
    fn a_probe_that_falls_silent_is_an_alarm_even_if_it_was_never_green() {
        use Outcome::{Errored, Passed};
        let silence = Found::Silence { from: at(0).0, lasted: Period::from_secs(30) };
        assert_eq!(told(&[(0, Errored), (29, Errored), (30, Errored), (31, Errored)]), [silence]);
        assert!(told(&[(0, Errored), (20, Passed), (40, Errored)]).is_empty());
    }
}

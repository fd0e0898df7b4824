//! A promotion as its page tells it: how each target and each wave stands.

use std::collections::BTreeMap;

use crate::Timestamp;
use crate::event::{Event, EventKind, PromotionEnd};
use crate::ids::{DecisionId, DeploymentId, PromotionId, TargetName, Version};
use crate::record::{DeployReport, DeployResult, MoveReason, Plan, State};
use crate::units::Period;

use super::Reader;
use super::mark::{Mark, WAITING, mark};
use super::moves::{deploy_result, regression};
use super::text::{count, shorten};

/// The word of a wave that nothing was done of.
pub const NOT_BEGUN: &str = "not begun";

/// A promotion, folded from its lane's events.
#[derive(Debug, Clone, Default)]
pub struct Course {
    /// How it ended, if it did.
    pub end: Option<PromotionEnd>,
    targets: BTreeMap<TargetName, OnTarget>,
    waves: BTreeMap<u32, Wave>,
    back: Option<(Vec<TargetName>, String)>,
    /// A person asked it to end.
    pub abort: Option<String>,
}

#[derive(Debug, Clone, Default)]
struct OnTarget {
    last: Option<Move>,
    verified: Option<Version>,
    worse: Option<String>,
}

#[derive(Debug, Clone)]
struct Move {
    deployment: DeploymentId,
    version: Version,
    reason: MoveReason,
    at: Timestamp,
    ended: Option<(Timestamp, DeployReport)>,
}

#[derive(Debug, Clone, Default)]
struct Wave {
    began: Option<(Timestamp, Option<DecisionId>)>,
    held: Option<(Timestamp, DecisionId)>,
    verified: Option<Timestamp>,
    watched: Option<Timestamp>,
}

/// How one target of a promotion stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetCourse {
    /// The target.
    pub target: TargetName,
    /// How it looks.
    pub mark: Mark,
    /// In a word: `deployed`, `going back`.
    pub word: &'static str,
    /// In short: the version and when, or why not.
    pub detail: String,
    /// The event with its output.
    pub deployment: Option<DeploymentId>,
    /// It moves now.
    pub moves: bool,
}

impl Course {
    /// Folds the events of the promotion, oldest first; those of others on the lane are passed over.
    pub fn of<'a>(id: PromotionId, events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut course = Self::default();
        events.into_iter().for_each(|event| course.apply(id, event));
        course
    }

    fn apply(&mut self, id: PromotionId, event: &Event) {
        match &event.kind {
            EventKind::WaveStarted { promotion, wave, decision } if *promotion == id => {
                self.waves.entry(*wave).or_default().began = Some((event.at, *decision));
            }
            EventKind::WaveHeld { promotion, wave, decision } if *promotion == id => {
                self.waves.entry(*wave).or_default().held = Some((event.at, *decision));
            }
            EventKind::WaveVerified { promotion, wave } if *promotion == id => {
                self.waves.entry(*wave).or_default().verified = Some(event.at);
            }
            EventKind::SoakFinished { promotion, wave } if *promotion == id => {
                self.waves.entry(*wave).or_default().watched = Some(event.at);
            }
            EventKind::DeploymentStarted { promotion, target, version, reason, .. }
                if *promotion == id =>
            {
                let on = self.targets.entry(target.clone()).or_default();
                on.last = Some(Move {
                    deployment: DeploymentId(event.seq),
                    version: version.clone(),
                    reason: *reason,
                    at: event.at,
                    ended: None,
                });
            }
            EventKind::DeploymentFinished { deployment, report, .. } => {
                let mut moves = self.targets.values_mut().filter_map(|on| on.last.as_mut());
                if let Some(open) = moves.find(|one| one.deployment == *deployment) {
                    open.ended = Some((event.at, report.clone()));
                }
            }
            EventKind::VerifiedGood { targets, version, promotion } if *promotion == Some(id) => {
                for target in targets {
                    let on = self.targets.entry(target.clone()).or_default();
                    on.verified = Some(version.clone());
                }
            }
            EventKind::RegressionFound { promotion, regressions, .. } if *promotion == id => {
                for one in regressions {
                    let on = self.targets.entry(one.target.clone()).or_default();
                    on.worse = Some(regression(&one.cause));
                }
            }
            EventKind::AbortRequested { promotion, reason } if *promotion == id => {
                self.abort = Some(reason.clone());
            }
            EventKind::RollbackStarted { promotion, targets, reason } if *promotion == id => {
                self.back = Some((targets.clone(), reason.clone()));
            }
            EventKind::PromotionFinished { promotion, end, .. } if *promotion == id => {
                self.end = Some(end.clone());
            }
            // Of another promotion, or nothing that its page tells.
            EventKind::ReleaseAdded { .. }
            | EventKind::ArtifactsNamed { .. }
            | EventKind::PromotionStarted { .. }
            | EventKind::DriverClaimed { .. }
            | EventKind::WaveStarted { .. }
            | EventKind::WaveHeld { .. }
            | EventKind::DeploymentStarted { .. }
            | EventKind::WaveVerified { .. }
            | EventKind::SoakFinished { .. }
            | EventKind::GapSeen { .. }
            | EventKind::RegressionFound { .. }
            | EventKind::AbortRequested { .. }
            | EventKind::RollbackStarted { .. }
            | EventKind::VerifiedGood { .. }
            | EventKind::PromotionFinished { .. }
            | EventKind::FollowUpBecameMoot { .. }
            | EventKind::Adopted { .. }
            | EventKind::DriftFound { .. }
            | EventKind::DriftEnded { .. }
            | EventKind::RehearsalFinished { .. }
            | EventKind::VerifyStarted { .. }
            | EventKind::CheckFinished { .. }
            | EventKind::CheckControlled { .. }
            | EventKind::VerifyFinished { .. }
            | EventKind::DecisionMade { .. }
            | EventKind::WaiverGiven { .. }
            | EventKind::WaiverWithdrawn { .. }
            | EventKind::KnownFailureRecorded { .. }
            | EventKind::KnownFailureWithdrawn { .. }
            | EventKind::PicturesOpened { .. }
            | EventKind::SignedOff { .. }
            | EventKind::PushForced { .. }
            | EventKind::HoldPlaced { .. }
            | EventKind::HoldReleased { .. }
            | EventKind::FreezeDeclared { .. }
            | EventKind::FreezeLifted { .. }
            | EventKind::FollowUpClosed { .. }
            | EventKind::TokenCreated { .. }
            | EventKind::TokenRevoked { .. }
            | EventKind::SessionOpened { .. }
            | EventKind::SessionClosed { .. }
            | EventKind::ForgeClaimed { .. }
            | EventKind::WebhookReceived { .. }
            | EventKind::StatusPosted { .. }
            | EventKind::StatusNotPosted { .. }
            | EventKind::RuleAnswered { .. }
            | EventKind::RuleNotAnswered { .. } => {}
        }
    }

    /// How far it is: so many targets, of so many; of those that go back where it goes back.
    #[must_use]
    pub fn progress(&self, plan: &Plan) -> (usize, usize) {
        let done = |target: &TargetName, reason: Option<MoveReason>| {
            self.targets.get(target).and_then(|on| on.last.as_ref()).is_some_and(|last| {
                reason.is_none_or(|reason| last.reason == reason)
                    && last.ended.as_ref().is_some_and(|(_, report)| is_done(report))
            })
        };
        match &self.back {
            Some((targets, _)) => {
                let n = targets.iter().filter(|t| done(t, Some(MoveReason::Back))).count();
                (n, targets.len())
            }
            None => {
                let n = plan.changes.iter().filter(|c| done(&c.target, None)).count();
                (n, plan.changes.len())
            }
        }
    }

    /// Whether it goes back.
    #[must_use]
    pub const fn goes_back(&self) -> bool {
        self.back.is_some()
    }

    /// How a target of the plan stands.
    #[must_use]
    pub fn target(&self, plan: &Plan, target: &TargetName, reader: &Reader) -> TargetCourse {
        let on = self.targets.get(target);
        let to_go_back = self.back.as_ref().is_some_and(|(back, _)| back.contains(target));
        let over = self.end.is_some();
        let (state, word, detail, moves) = match on.and_then(|on| on.last.as_ref().map(|m| (on, m)))
        {
            None if over => {
                let from = plan.change(target).and_then(|change| change.from.as_ref());
                let from = from.map_or("nothing", |version| version.as_str());
                (Some(State::NotRun), "never touched", format!("it has {from}"), false)
            }
            None => (None, "waits its turn", String::new(), false),
            Some((on, last)) => stands(on, last, (to_go_back, over), reader),
        };
        TargetCourse {
            target: target.clone(),
            mark: state.map_or(WAITING, mark),
            word,
            detail,
            deployment: on.and_then(|on| on.last.as_ref()).map(|last| last.deployment),
            moves,
        }
    }

    /// How a wave stands: a state, a word, and more in one sentence.
    #[must_use]
    pub fn wave(&self, plan: &Plan, at: usize, reader: &Reader) -> (Mark, String, String) {
        let number = u32::try_from(at).unwrap_or(u32::MAX);
        let wave = self.waves.get(&number).cloned().unwrap_or_default();
        let planned = &plan.waves[at];
        let targets = count(planned.targets.len(), "target");
        let any = |is: fn(&OnTarget) -> bool| {
            planned.targets.iter().any(|target| self.targets.get(target).is_some_and(is))
        };
        let clock = |at: Timestamp| reader.clock(at);
        if any(|on| on.worse.is_some()) {
            return (mark(State::Failed), "got worse".to_owned(), targets);
        }
        let watched = match planned.soak {
            Period::ZERO => String::new(),
            soak => format!(", watched {}", soak.roughly()),
        };
        if let Some(at) = wave.watched {
            let until = clock(at);
            // Nobody looked at it where no gate follows: that is no verdict.
            return match wave.verified {
                Some(_) => {
                    let words = format!("{targets}{watched} until {until}, no signal");
                    (mark(State::Satisfied), "verified good".to_owned(), words)
                }
                None => {
                    let words = format!("{targets}, done at {until}; nothing was checked");
                    (mark(State::NotRun), "deployed".to_owned(), words)
                }
            };
        }
        if let Some(at) = wave.verified {
            let over = self.end.is_some();
            let word = if over { "verified" } else { "watched" };
            let state = if over { State::Satisfied } else { State::Running };
            let words = format!("{targets}, all checks green at {}{watched}", clock(at));
            return (mark(state), word.to_owned(), words);
        }
        if let Some((at, decision)) = wave.began {
            let asked = decision.map(|id| format!(", allowed by {id}")).unwrap_or_default();
            let (state, word) = match self.end {
                Some(_) => (State::NotApplicable, "begun"),
                None => (State::Running, "moving"),
            };
            return (
                mark(state),
                word.to_owned(),
                format!("{targets}, since {}{asked}", clock(at)),
            );
        }
        if let Some((at, decision)) = wave.held.filter(|_| self.end.is_none()) {
            let words = format!("{targets}, refused by {decision} at {}", clock(at));
            return (WAITING, "waits for the gate".to_owned(), words);
        }
        (mark(State::NotRun), NOT_BEGUN.to_owned(), format!("{targets}, untouched"))
    }
}

fn is_done(report: &DeployReport) -> bool {
    matches!(report.result, DeployResult::Done | DeployResult::FoundDone)
}

fn stands(
    on: &OnTarget,
    last: &Move,
    (to_go_back, over): (bool, bool),
    reader: &Reader,
) -> (Option<State>, &'static str, String, bool) {
    let back = last.reason == MoveReason::Back;
    let version = &last.version;
    let Some((at, report)) = &last.ended else {
        let word = if back { "going back" } else { "being deployed" };
        let since = format!("{version}, since {}", reader.seconds(last.at));
        let state = if over { State::Errored } else { State::Running };
        return (Some(state), word, since, !over);
    };
    let when = format!("{version} at {}", reader.seconds(*at));
    if !is_done(report) {
        let word = if back { "not back" } else { "not deployed" };
        return (Some(State::Failed), word, shorten(&deploy_result(report), 200), false);
    }
    if !report.observed.is(version) {
        return (
            Some(State::WrongVersion),
            "wrong version",
            shorten(&deploy_result(report), 200),
            false,
        );
    }
    let verified = on.verified.as_ref() == Some(version);
    match (back, verified, &on.worse) {
        (true, true, _) => (Some(State::Satisfied), "back, verified", when, false),
        (true, false, _) => {
            let state = if over { State::NotRun } else { State::Running };
            (Some(state), "back", when, false)
        }
        (false, _, Some(worse)) => (Some(State::Failed), "got worse", shorten(worse, 200), false),
        (false, true, None) => (Some(State::Satisfied), "verified good", when, false),
        (false, false, None) if to_go_back && !over => (None, "goes back next", when, false),
        (false, false, None) => {
            let state = if over { State::NotRun } else { State::Running };
            (Some(state), "deployed", when, false)
        }
    }
}

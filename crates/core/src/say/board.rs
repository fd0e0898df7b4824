//! The board: what is not well, one row for each service and environment.

use std::collections::BTreeSet;

use crate::catalog::{Environment, Service};
use crate::event::PromotionEnd;
use crate::ids::{EnvironmentName, ReleaseId, TargetName};
use crate::ledger::{LaneState, PromotionState, ServiceState, TargetState};
use crate::record::{DeployResult, FollowUp, State, Verdict};

use super::Reader;
use super::mark::{Mark, WAITING, mark};
use super::moves::{observed, of_targets, plan_kind, regressions};
use super::target::not_verified;
use super::text::{count as counted, list, shorten};

/// How a service stands as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// A person has to act.
    NeedsPerson,
    /// The gate said no.
    Refused,
    /// It regressed and was taken back; nothing newer has gone there since.
    RolledBack,
    /// Something else runs than was deployed.
    Drifted,
    /// A move was begun and the process that carried it out is gone.
    Interrupted,
    /// Its last checks were not green: failed, errored, flaky, not run.
    Red(State),
    /// It goes back.
    GoingBack,
    /// It goes forward.
    Moving,
    /// It waits for a gate, a window or a person.
    Waits,
    /// Somebody holds it.
    Held,
}

impl Standing {
    /// The word for people.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NeedsPerson => "needs a person",
            Self::Refused => "refused",
            Self::RolledBack => "rolled back",
            Self::Drifted => "drifted",
            Self::Interrupted => "interrupted",
            Self::Red(state) => state.word(),
            Self::GoingBack => "going back",
            Self::Moving => "moving",
            Self::Waits => "waits",
            Self::Held => "held",
        }
    }

    /// Its mark.
    #[must_use]
    pub const fn mark(self) -> Mark {
        match self {
            Self::NeedsPerson | Self::Refused | Self::RolledBack => mark(State::Failed),
            Self::Drifted => mark(State::WrongVersion),
            Self::Interrupted => mark(State::Errored),
            Self::Red(state) => mark(state),
            Self::GoingBack | Self::Moving => mark(State::Running),
            Self::Waits | Self::Held => WAITING,
        }
    }
}

/// Something that is not well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardRow {
    /// How it stands.
    pub standing: Standing,
    /// The service.
    pub service: String,
    /// The version it is about.
    pub version: String,
    /// In one sentence.
    pub sentence: String,
    /// The command that says more.
    pub command: String,
}

/// A service as somebody sees it who has also looked which processes are still there.
#[derive(Debug, Clone)]
pub struct Seen<'a> {
    /// The service.
    pub service: &'a Service,
    /// What is so, as the ledger tells it.
    pub state: &'a ServiceState,
    /// Where a move is under way and the process that carried it out is gone.
    pub left: BTreeSet<EnvironmentName>,
}

/// What is not well about a service, worst first; nothing when all is well.
#[must_use]
pub fn board(seen: &Seen<'_>, reader: &Reader) -> Vec<BoardRow> {
    let (service, state) = (seen.service, seen.state);
    let mut rows: Vec<_> = service
        .environments
        .iter()
        .flat_map(|environment| lane_rows(seen, environment, reader))
        .collect();
    for hold in &state.people.holds {
        if hold.withdrawn_at.is_none() {
            let place = hold.what.environment.as_ref().map_or("everywhere", |e| e.as_str());
            let reason = shorten(&hold.what.reason, 80);
            rows.push(BoardRow {
                standing: Standing::Held,
                service: service.name.to_string(),
                version: place.to_owned(),
                sentence: format!("by {}: {reason}", hold.what.by),
                command: format!("plimsoll status {}", service.name),
            });
        }
    }
    rows.extend(left_open(service, state));
    rows.sort_by_key(|row| row.standing);
    rows
}

/// What a broken glass left open and nobody has made up for, a row for each release and place.
fn left_open(service: &Service, state: &ServiceState) -> Vec<BoardRow> {
    let mut places: Vec<_> = state.follow_ups.iter().map(|one| (&one.release, &one.to)).collect();
    places.sort();
    places.dedup();
    let row = |(release, to): (&ReleaseId, &EnvironmentName)| {
        let open = |one: &&FollowUp| one.release == *release && one.to == *to;
        let count = state.follow_ups.iter().filter(open).count();
        BoardRow {
            standing: Standing::NeedsPerson,
            service: service.name.to_string(),
            version: release.version.to_string(),
            sentence: format!("{to}: break-glass, {} left open", counted(count, "requirement")),
            command: format!("plimsoll follow-up {}", service.name),
        }
    };
    places.into_iter().map(row).collect()
}

fn lane_rows(seen: &Seen<'_>, environment: &Environment, reader: &Reader) -> Vec<BoardRow> {
    let (service, state) = (seen.service, seen.state);
    let Some(lane) = state.lanes.get(&environment.name) else {
        return refused(service, &environment.name, &LaneState::default(), state)
            .into_iter()
            .collect();
    };
    let row = |standing, version: String, sentence, command| BoardRow {
        standing,
        service: service.name.to_string(),
        version,
        sentence,
        command,
    };
    let mut rows = Vec::new();
    if let Some(active) = &lane.active {
        let (standing, sentence, command) = under_way(seen, active, reader);
        rows.push(row(standing, active.plan.release.version.to_string(), sentence, command));
    } else {
        rows.extend(refused(service, &environment.name, lane, state));
        if let Some(last) = lane.finished.last()
            && let Some((standing, reason)) = left_to_do(&last.end)
        {
            let sentence = format!("{}: {}", environment.name, shorten(reason, 120));
            let command = format!("plimsoll show {}", last.id);
            rows.push(row(standing, last.release.version.to_string(), sentence, command));
        }
    }
    if rows.iter().all(|row| row.standing != Standing::NeedsPerson) && lane.active.is_none() {
        let told = refused_next(service, environment, state);
        let red = not_verified((service, environment), lane, state, reader);
        rows.extend(red.into_iter().filter(|row| Some(&row.version) != told.as_ref()));
    }
    for (name, target) in &lane.targets {
        if let Some(drift) = &target.drift {
            let expected = drift.expected.as_ref().map_or("nothing", |version| version.as_str());
            let sentence = format!(
                "{} runs on {}/{name} since {}",
                observed(&drift.observed),
                environment.name,
                reader.clock(drift.at)
            );
            let command = format!("plimsoll show {}/{}/{name}", service.name, environment.name);
            rows.push(row(Standing::Drifted, expected.to_owned(), sentence, command));
        }
    }
    rows
}

/// A move that was begun: how it stands, and what to do about it.
fn under_way(
    seen: &Seen<'_>,
    active: &PromotionState,
    reader: &Reader,
) -> (Standing, String, String) {
    let (standing, sentence) = going(active, reader);
    let to = &active.plan.lane.environment;
    if !seen.left.contains(to) {
        return (standing, sentence, format!("plimsoll show {}", active.id));
    }
    (Standing::Interrupted, left_behind(&sentence), format!("plimsoll resume {}", active.plan.lane))
}

/// The same sentence about a move that nobody carries out any more.
#[must_use]
pub fn left_behind(sentence: &str) -> String {
    format!("{sentence}; the process that drove it is gone")
}

/// The version whose refusal further on tells already what is red here.
fn refused_next(
    service: &Service,
    environment: &Environment,
    state: &ServiceState,
) -> Option<String> {
    let next = service.environments.iter().find(|e| e.after.as_ref() == Some(&environment.name))?;
    let lane = state.lane(&next.name);
    refused(service, &next.name, &lane, state).map(|row| row.version)
}

/// What an end leaves to somebody.
fn left_to_do(end: &PromotionEnd) -> Option<(Standing, &str)> {
    match end {
        PromotionEnd::NeedsPerson { reason } => Some((Standing::NeedsPerson, reason)),
        PromotionEnd::RolledBack { reason } => Some((Standing::RolledBack, reason)),
        PromotionEnd::VerifiedGood
        | PromotionEnd::Deployed
        | PromotionEnd::Rehearsed
        | PromotionEnd::Withdrawn { .. } => None,
    }
}

/// The newest refused candidate, if nothing newer was allowed and it does not run there already.
fn refused(
    service: &Service,
    to: &EnvironmentName,
    lane: &LaneState,
    state: &ServiceState,
) -> Option<BoardRow> {
    let (version, newest) = state.decisions.get(to)?.iter().max_by_key(|(_, mark)| mark.id)?;
    let runs = |target: &TargetState| target.version() == Some(version);
    if newest.verdict == Verdict::Allowed || lane.targets.values().any(runs) {
        return None;
    }
    let counts: Vec<_> = newest
        .counts
        .iter()
        .filter(|(state, count)| !state.lets_pass() && *count > 0)
        .map(|(state, count)| format!("{count} {}", state.word()))
        .collect();
    Some(BoardRow {
        standing: Standing::Refused,
        service: service.name.to_string(),
        version: version.to_string(),
        sentence: format!("to {to}: {}", list(&counts, 4)),
        command: format!("plimsoll gate {}@{version} --to {to}", service.name),
    })
}

/// How a promotion under way stands, in one sentence.
#[must_use]
pub fn going(promotion: &PromotionState, reader: &Reader) -> (Standing, String) {
    let plan = &promotion.plan;
    let to = &plan.lane.environment;
    if let Some(rollback) = &promotion.rollback {
        let back = |target: &&TargetName| {
            promotion.moves.get(*target).is_some_and(|m| {
                m.back.as_ref().and_then(|back| back.report.as_ref()).is_some_and(|report| {
                    matches!(report.result, DeployResult::Done | DeployResult::FoundDone)
                })
            })
        };
        let done = rollback.targets.iter().filter(back).count();
        let words = of_targets(done, rollback.targets.len());
        return (
            Standing::GoingBack,
            format!("{to}: {words} back, {}", shorten(&rollback.reason, 80)),
        );
    }
    if let Some(abort) = &promotion.abort {
        return (
            Standing::Waits,
            format!("{to}: a person wants it to end: {}", shorten(abort, 80)),
        );
    }
    if !promotion.regressions.is_empty() {
        let causes = regressions(&promotion.regressions);
        return (Standing::NeedsPerson, format!("{to}: {}", shorten(&causes.join("; "), 120)));
    }
    let wave = format!("wave {} of {}", promotion.wave + 1, plan.waves.len());
    if let Some((since, decision)) = promotion.held {
        let since = reader.clock(since);
        return (
            Standing::Waits,
            format!("{to}: {wave} waits since {since}, refused by {decision}"),
        );
    }
    let moved = of_targets(promotion.moved().len(), plan.changes.len());
    (Standing::Moving, format!("{to}: {}, {wave}, {moved} moved", plan_kind(&plan.kind)))
}

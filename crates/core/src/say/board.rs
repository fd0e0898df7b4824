//! The board: what is not well, one row for each service and environment.

use crate::catalog::{Environment, Service};
use crate::event::PromotionEnd;
use crate::ids::{EnvironmentName, ReleaseId, TargetName, Version};
use crate::ledger::{DeploymentState, LaneState, PromotionState, ServiceState, TargetState};
use crate::record::{DeployResult, FollowUp, Outcome, State, Verdict};

use super::mark::{Mark, WAITING, mark};
use super::moves::{observed, of_targets, plan_kind, regressions};
use super::text::{count as counted, list, shorten};
use super::{Reader, deploy_result};

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

/// What is not well about a service, worst first; nothing when all is well.
#[must_use]
pub fn board(service: &Service, state: &ServiceState, reader: &Reader) -> Vec<BoardRow> {
    let mut rows: Vec<_> = service
        .environments
        .iter()
        .flat_map(|environment| lane_rows(service, environment, state, reader))
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

fn lane_rows(
    service: &Service,
    environment: &Environment,
    state: &ServiceState,
    reader: &Reader,
) -> Vec<BoardRow> {
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
        let (standing, sentence) = going(active, reader);
        let command = format!("plimsoll show {}", active.id);
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

/// What runs on a target, for a cell: the version or its absence, and a mark.
#[must_use]
pub fn target_cell(target: Option<&TargetState>) -> (State, String, String) {
    let Some(deployment) = target.and_then(|t| t.deployment.as_ref().map(|d| (t, d))) else {
        return (State::NotRun, "never deployed".to_owned(), String::new());
    };
    let (target, deployment) = deployment;
    let version = deployment.version.to_string();
    if let Some(drift) = &target.drift {
        let detail = format!("{} runs", observed(&drift.observed));
        return (State::WrongVersion, version, detail);
    }
    let verified = |version: &Version| target.verified_good.iter().any(|g| g.version == *version);
    match (&deployment.report, deployment.adopted) {
        (None, false) => (State::Running, version, "being deployed".to_owned()),
        _ if !deployment.is_good() => {
            let detail = deployment.report.as_ref().map(deploy_result).unwrap_or_default();
            (State::Failed, version, detail)
        }
        _ => {
            let good = verified(&deployment.version);
            let red = red_since(target, deployment);
            match (red, good) {
                (Some((state, what)), true) => {
                    (state, version, format!("verified good, then {what}"))
                }
                (Some((state, what)), false) => (state, version, what),
                (None, true) => (State::Satisfied, version, "verified good".to_owned()),
                (None, false) => (State::NotRun, version, "deployed, not verified good".to_owned()),
            }
        }
    }
}

/// The worst of the last runs on this deployment that did not pass, and which checks they are.
fn red_since(target: &TargetState, deployment: &DeploymentState) -> Option<(State, String)> {
    let red: Vec<_> = target
        .results
        .iter()
        .filter(|(_, run)| run.result.deployment == Some(deployment.id))
        .filter(|(_, run)| run.result.outcome != Outcome::Passed || run.result.is_flaky())
        .map(|(check, run)| {
            let passed = run.result.outcome == Outcome::Passed;
            (if passed { State::Flaky } else { State::from(run.result.outcome) }, check)
        })
        .collect();
    let worst = red.iter().map(|(state, _)| *state).min()?;
    let checks: Vec<_> = red.iter().filter(|(state, _)| *state == worst).map(|(_, c)| *c).collect();
    Some((worst, format!("{} {}", list(&checks, 3), worst.word())))
}

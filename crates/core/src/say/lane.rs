//! What a service runs in an environment, all its targets together.

use std::collections::BTreeSet;

use crate::Timestamp;
use crate::catalog::Environment;
use crate::ids::{ReleaseId, Version};
use crate::ledger::{LaneState, ServiceState};
use crate::record::State;

use super::Reader;
use super::board::going;
use super::mark::{Mark, mark};
use super::target::target_cell;
use super::text::{count, list};

/// A service in an environment, all its targets together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneLook {
    /// The versions that run there, the newest first; empty when nothing was ever deployed.
    pub versions: Vec<Version>,
    /// How it stands: the worst of its targets, or that it moves.
    pub mark: Mark,
    /// The same as a word: `verified`, `2 failed`, `going back`.
    pub word: String,
    /// Whether every target runs one version, verified good.
    pub is_well: bool,
    /// Whether its targets differ.
    pub differs: bool,
    /// When the last deployment began that is there now.
    pub since: Option<Timestamp>,
}

/// What a service runs in an environment.
#[must_use]
pub fn lane_look(environment: &Environment, lane: Option<&LaneState>, reader: &Reader) -> LaneLook {
    let mut deployed: Vec<(Timestamp, &Version)> = Vec::new();
    let mut states: Vec<State> = Vec::new();
    for name in environment.targets.keys() {
        let known = lane.and_then(|lane| lane.targets.get(name));
        states.push(target_cell(known).0);
        if let Some(deployment) = known.and_then(|known| known.deployment.as_ref()) {
            deployed.push((deployment.started_at, &deployment.version));
        }
    }
    deployed.sort_by(|one, other| other.cmp(one));
    let mut seen = BTreeSet::new();
    let versions: Vec<Version> =
        deployed.iter().filter(|(_, v)| seen.insert(*v)).map(|(_, v)| (*v).clone()).collect();
    let since = deployed.first().map(|(at, _)| *at);
    let worst = states.iter().min().copied().unwrap_or(State::Uncovered);
    let first = states.first().copied();
    let differs = versions.len() > 1 || states.iter().any(|state| Some(*state) != first);
    let is_well = worst == State::Satisfied && versions.len() == 1;
    let (mark, word) = match lane {
        Some(LaneState { active: Some(active), .. }) => {
            let standing = going(active, reader).0;
            (standing.mark(), standing.word().to_owned())
        }
        Some(lane) if lane.verifying.iter().any(|one| one.deadline > reader.now) => {
            (mark(State::Running), "verifying".to_owned())
        }
        Some(_) | None => (mark(worst), word(worst, &states, versions.is_empty())),
    };
    LaneLook { versions, mark, word, is_well, differs, since }
}

fn word(worst: State, states: &[State], never: bool) -> String {
    let n = states.iter().filter(|state| **state == worst).count();
    let of = |word: &str| if states.len() > 1 { format!("{n} {word}") } else { word.to_owned() };
    match worst {
        State::Satisfied => "verified".to_owned(),
        State::Uncovered => "has no target".to_owned(),
        State::NotRun if never => "never deployed".to_owned(),
        State::NotRun => of("not verified"),
        State::WrongVersion => of("drifted"),
        State::Running => of("being deployed"),
        State::Failed
        | State::Unmet
        | State::Flaky
        | State::Errored
        | State::Stale
        | State::KnownFailure
        | State::Waived
        | State::NotApplicable => of(worst.word()),
    }
}

/// The release that an environment before has and this one has not: what would come next.
#[must_use]
pub fn newer_before(
    (before, here): (&LaneLook, &LaneLook),
    state: &ServiceState,
) -> Option<Version> {
    let next = before.versions.first()?;
    if here.versions.contains(next) {
        return None;
    }
    let added = |version: &Version| state.releases.get(version).map(|release| release.added_at);
    let older = here.versions.iter().filter_map(added).max();
    match (added(next), older) {
        (Some(next), Some(older)) if next < older => None,
        _ => Some(next.clone()),
    }
}

/// Versions as a cell has them: `1.23`, `1.23, 1.22`, `never deployed`.
#[must_use]
pub fn versions(versions: &[Version]) -> String {
    if versions.is_empty() { "nothing".to_owned() } else { list(versions, 3) }
}

/// What the environment before has and this one has not, in one sentence.
#[must_use]
pub fn waits_ahead(release: &ReleaseId, before: &Environment, look: &LaneLook) -> String {
    let targets = count(before.targets.len(), "target");
    format!("{} is on {} ({targets}, {})", release.version, before.name, look.word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::testing::{CANDIDATE, CURRENT, World, n, now, production};

    fn looks(world: &World) -> (LaneLook, LaneLook) {
        let reader = Reader::utc(now());
        let look = |name: &str| {
            let environment = world.service().environment(&n(name)).expect("an environment");
            lane_look(environment, world.state.lanes.get(name), &reader)
        };
        (look("staging"), look("production"))
    }

    #[test]
    fn what_the_environment_before_has_is_ahead() {
        let world = World::green();
        let (before, here) = looks(&world);
        assert_eq!(versions(&here.versions), CURRENT);
        assert_eq!((here.word.as_str(), here.is_well, here.differs), ("verified", true, false));
        assert_eq!(newer_before((&before, &here), &world.state), Some(n(CANDIDATE)));
        assert_eq!(newer_before((&here, &here), &world.state), None);
    }

    #[test]
    fn a_target_without_a_deployment_is_never_counted_as_well() {
        let mut world = World::green();
        let lane = world.state.lanes.get_mut("production").expect("a lane");
        lane.targets.remove(&production("nl-vm").target);
        let (_, here) = looks(&world);
        assert!(!here.is_well && here.differs);
        assert!(here.word.ends_with("not verified"), "{}", here.word);
    }
}

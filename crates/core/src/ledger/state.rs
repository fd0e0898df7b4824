//! The state of one service.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::digest::Digest;
use crate::ids::{DecisionId, EnvironmentName, Seq, TargetId, Version};
use crate::record::{Ahead, FollowUp, FollowUpId, MootFollowUp, Release, State, Verdict};

use super::{LaneState, PeopleState, PromotionState, TargetState};

/// The shape of [`ServiceState`] in snapshots. Raise it with every change of a field or of what
/// an event does to the state; snapshots of another shape are folded anew.
pub const STATE_SHAPE: u32 = 10;

/// How many releases stay in the state beside those that run somewhere. Older ones are read from
/// their own stream.
const KEPT_RELEASES: usize = 200;

/// How many follow-ups that became moot stay in the state; older ones are in the events.
const KEPT_MOOT: usize = 200;

/// Everything that decisions about one service need.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ServiceState {
    /// The last event folded in.
    pub seq: Seq,
    /// Its hash.
    pub hash: Option<Digest>,
    /// Releases by version.
    pub releases: BTreeMap<Version, Release>,
    /// Lanes by environment.
    pub lanes: BTreeMap<EnvironmentName, LaneState>,
    /// What people said.
    pub people: PeopleState,
    /// The last decision for each release and environment.
    pub decisions: BTreeMap<EnvironmentName, BTreeMap<Version, DecisionMark>>,
    /// The last version of the gate stream.
    pub gate_version: u64,
    /// What break-glasses left open.
    pub follow_ups: Vec<FollowUp>,
    /// Those that can not be made up for any more, oldest first.
    pub moot: Vec<MootFollowUp>,
}

/// A decision, as far as it is remembered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionMark {
    /// Its number.
    pub id: DecisionId,
    /// When it was first made.
    pub at: Timestamp,
    /// The answer.
    pub verdict: Verdict,
    /// How many requirements stood how.
    pub counts: Vec<(State, u32)>,
    /// The same answer is not written twice.
    pub sameness: Digest,
}

/// An event that cannot follow what happened before it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("event {seq} cannot have happened: {why}")]
pub struct FoldError {
    /// The event.
    pub seq: Seq,
    /// Why not.
    pub why: &'static str,
}

impl ServiceState {
    /// The lane of an environment; an empty one when nothing happened there yet.
    #[must_use]
    pub fn lane(&self, environment: &EnvironmentName) -> LaneState {
        self.lanes.get(environment).cloned().unwrap_or_default()
    }

    /// What is known about a target, if anything.
    #[must_use]
    pub fn target(&self, id: &TargetId) -> Option<&TargetState> {
        self.lanes.get(&id.environment)?.targets.get(&id.target)
    }

    /// The promotion under way in an environment.
    #[must_use]
    pub fn active(&self, environment: &EnvironmentName) -> Option<&PromotionState> {
        self.lanes.get(environment)?.active.as_ref()
    }

    /// The follow-ups of an environment that can not be made up for any more: no target there runs
    /// the release that went ahead, as far as anybody knows.
    pub fn moot_follow_ups(&self, to: &EnvironmentName) -> impl Iterator<Item = &FollowUp> {
        let lane = self.lanes.get(to);
        let may_run = move |version: &Version| {
            lane.is_some_and(|lane| lane.targets.values().any(|target| target.may_run(version)))
        };
        // What was pushed may come to run only later; it will not once something else came.
        let passed_by = move |one: &FollowUp| match one.ahead {
            Ahead::Promoted => true,
            Ahead::Pushed => lane.is_some_and(|lane| lane.all_deployed_since(one.since)),
        };
        let here = self.follow_ups.iter().filter(move |one| one.to == *to);
        here.filter(move |one| !may_run(&one.release.version) && passed_by(one))
    }

    /// Moves a follow-up to those that are moot. A person may have closed it in between, on another
    /// stream: then nothing is left to set aside.
    pub(super) fn set_aside(&mut self, id: FollowUpId, (seq, at): (Seq, Timestamp), reason: &str) {
        let Some(place) = self.follow_ups.iter().position(|open| open.id == id) else { return };
        let what = self.follow_ups.remove(place);
        self.moot.push(MootFollowUp { what, seq, at, reason: reason.to_owned() });
        if self.moot.len() > KEPT_MOOT {
            self.moot.remove(0);
        }
    }

    /// Forgets releases that can no longer matter here.
    pub(super) fn forget_old_releases(&mut self) {
        if self.releases.len() <= KEPT_RELEASES + KEPT_RELEASES / 4 {
            return;
        }
        let mut by_age: Vec<_> =
            self.releases.iter().map(|(version, r)| (r.added_at, version.clone())).collect();
        by_age.sort();
        let surplus = by_age.len() - KEPT_RELEASES;
        for (_, version) in by_age.into_iter().take(surplus) {
            if !self.lanes.values().any(|lane| lane.knows(&version)) {
                self.releases.remove(&version);
            }
        }
        let releases = &self.releases;
        for marks in self.decisions.values_mut() {
            marks.retain(|version, _| releases.contains_key(version));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::RuleName;
    use crate::gate::testing::{CANDIDATE, CURRENT, World, deployed, n, now, production};
    use crate::ids::DecisionId;
    use crate::record::Observed;

    fn open(version: &str) -> FollowUp {
        FollowUp {
            id: FollowUpId { decision: DecisionId(Seq(4)), index: 0 },
            release: n(&format!("shop@{version}")),
            to: n("production"),
            rule: RuleName::SignOff,
            target: None,
            check: None,
            since: now(),
            site: None,
            ahead: Ahead::Promoted,
        }
    }

    #[test]
    fn a_follow_up_is_moot_once_its_release_runs_nowhere_there() {
        let mut world = World::green();
        let moot = |world: &World| world.state.moot_follow_ups(&n("production")).count();
        world.state.follow_ups = vec![open(CURRENT)];
        assert_eq!(moot(&world), 0, "it runs there");
        world.state.follow_ups = vec![open(CANDIDATE)];
        assert_eq!(moot(&world), 1, "staging is another place");
        // One target that still has it is enough, and so is one of which nobody knows.
        let live = world.target(&production("nl-vm"));
        *live = deployed(CURRENT, 700, now());
        let deployment = live.deployment.as_mut().expect("deployed");
        deployment.previous = Some(n(CANDIDATE));
        let report = deployment.report.as_mut().expect("it has ended");
        report.observed = Observed::Unknown("no answer".to_owned());
        assert_eq!(moot(&world), 0);
        assert_eq!(world.state.moot_follow_ups(&n("staging")).count(), 0);
    }

    #[test]
    fn what_was_pushed_is_moot_only_once_something_else_was_deployed_everywhere() {
        let mut world = World::green();
        let moot = |world: &World| world.state.moot_follow_ups(&n("production")).count();
        world.state.follow_ups = vec![FollowUp { ahead: Ahead::Pushed, ..open(CANDIDATE) }];
        assert_eq!(moot(&world), 0, "it may still be deployed");
        let later = crate::units::Period::from_hours(1).after(now());
        let lane = world.state.lane(&n("production"));
        let names: Vec<_> = lane.targets.keys().collect();
        for (deployed_there, name) in names.iter().enumerate() {
            assert_eq!(moot(&world), 0, "{deployed_there} of {} were replaced", names.len());
            *world.target(&production(name.as_str())) = deployed(CURRENT, 800, later);
        }
        assert_eq!(moot(&world), 1);
    }

    #[test]
    fn what_is_set_aside_stays_to_be_seen_and_a_closed_one_is_not_set_aside() {
        let mut state = ServiceState { follow_ups: vec![open(CANDIDATE)], ..<_>::default() };
        let id = state.follow_ups[0].id;
        state.set_aside(id, (Seq(9), now()), "it was rolled back");
        state.set_aside(id, (Seq(10), now()), "once more");
        assert!(state.follow_ups.is_empty());
        let [moot] = state.moot.as_slice() else { panic!("{:?}", state.moot) };
        assert_eq!((moot.seq, moot.reason.as_str()), (Seq(9), "it was rolled back"));
    }
}

//! The state of one service.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::digest::Digest;
use crate::ids::{DecisionId, EnvironmentName, Seq, TargetId, Version};
use crate::record::{FollowUp, Release, State, Verdict};

use super::{LaneState, PeopleState, PromotionState, TargetState};

/// The shape of [`ServiceState`] in snapshots. Raise it with every change of a field or of what
/// an event does to the state; snapshots of another shape are folded anew.
pub const STATE_SHAPE: u32 = 4;

/// How many releases stay in the state beside those that run somewhere. Older ones are read from
/// their own stream.
const KEPT_RELEASES: usize = 200;

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

//! Checks under way: which results are still to come?

use std::collections::BTreeSet;

use crate::Timestamp;
use crate::ids::{CheckName, Seq, TargetName, Version};
use crate::ledger::{LaneState, Verifying};

use super::Facts;

/// The checks of one version under way in one lane, made ready to be asked often.
pub(super) struct Verifications<'a> {
    runs: Vec<Run<'a>>,
}

struct Run<'a> {
    started: Seq,
    at: Timestamp,
    targets: BTreeSet<&'a TargetName>,
    checks: BTreeSet<&'a CheckName>,
}

impl<'a> Verifications<'a> {
    /// Those of `version` whose driver is alive and whose time is not over. What a killed driver
    /// left behind is not running.
    pub(super) fn of(
        lane: Option<&'a LaneState>,
        version: &Version,
        facts: &Facts,
        now: Timestamp,
    ) -> Self {
        let is_alive = |one: &&Verifying| {
            one.version == *version && now < one.deadline && facts.alive.contains(&one.driver)
        };
        let runs = lane.map_or(&[][..], |lane| &lane.verifying);
        let runs = runs.iter().filter(is_alive).map(|one| Run {
            started: one.started,
            at: one.at,
            targets: one.targets.iter().collect(),
            checks: one.checks.iter().collect(),
        });
        Self { runs: runs.collect() }
    }

    /// Since when a result newer than the event `last` is on its way.
    pub(super) fn pending(
        &self,
        target: &TargetName,
        check: &CheckName,
        last: Option<Seq>,
    ) -> Option<Timestamp> {
        self.runs
            .iter()
            .filter(|run| last.is_none_or(|last| last < run.started))
            .filter(|run| run.targets.contains(target) && run.checks.contains(check))
            .map(|run| run.at)
            .max()
    }
}

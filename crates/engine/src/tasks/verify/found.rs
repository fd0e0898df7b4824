//! What a verification found, as it is told: to who waits for it, and to who looks it up later.

use std::collections::BTreeSet;

use plimsoll_core::Timestamp;
use plimsoll_core::catalog::Service;
use plimsoll_core::gate::led_by_new;
use plimsoll_core::ids::{CheckName, CheckRunId, TargetName};
use plimsoll_core::ledger::{PeopleState, ServiceState};
use plimsoll_core::record::CheckResult;
use plimsoll_core::say::{Cell, Reader, cell};

use super::{Verified, VerifyRequest, is_accepted, reported, stood_for, sum_up};
use crate::desk::{Desk, DeskError, WholeVerification};

/// What people had put off at a moment.
pub(super) struct PutOff<'a> {
    pub service: &'a Service,
    pub people: &'a PeopleState,
    pub at: Timestamp,
}

impl PutOff<'_> {
    /// Sums results up, with what people know of them.
    pub(super) fn sum_up(
        &self,
        request: &VerifyRequest,
        targets: &[TargetName],
        results: Vec<(CheckRunId, CheckResult)>,
    ) -> Verified {
        let accepts = |result: &CheckResult| {
            is_accepted(self.service, self.people, result, &request.version, self.at)
        };
        let mut verified = sum_up(self.service, request, targets, results, accepts);
        verified.led_by = verified.results.iter().filter_map(|run| self.led(run)).collect();
        verified
    }

    fn led(&self, (run, result): &(CheckRunId, CheckResult)) -> Option<(CheckRunId, String)> {
        let names = stood_for(self.service, result);
        let names: Vec<_> = names.iter().collect();
        Some((*run, led_by_new(self.people, result, &names, self.at)?))
    }
}

impl Verified {
    /// What was expected and how it stands.
    #[must_use]
    pub fn cells(&self, reader: &Reader) -> Vec<Cell> {
        let waits = self
            .waits
            .iter()
            .map(|(target, check, awaited)| cell(target, check, None).awaited(awaited.clone()));
        let found = self.results.iter().map(|(run, result)| {
            let mut found = cell(&result.target.target, &result.check, Some((*run, result)));
            if let Some(words) = self.led_by.get(run) {
                found.finding.clone_from(words);
            }
            match self.controls.get(run) {
                Some(control) => found.because(&control.cause, reader),
                None if self.known.contains(run) => found.known(),
                None => found,
            }
        });
        found.chain(waits).collect()
    }
}

impl Desk {
    /// What a verification found, as it was told when it had ended; so far, while it has not.
    ///
    /// # Errors
    /// The ledger is away.
    pub async fn found(&self, whole: &WholeVerification) -> Result<Verified, DeskError> {
        let controls = whole.controls.iter().cloned().collect();
        let Some(service) = self.catalog.services.get(&whole.lane.service) else {
            // Of a service that is not in the configuration any more nothing else is known.
            let results = whole.results.clone();
            return Ok(Verified { results, controls, ..Verified::default() });
        };
        let state = self.load(&whole.lane.service).await?;
        let request = VerifyRequest {
            lane: whole.lane.clone(),
            version: whole.release.version.clone(),
            targets: whole.targets.iter().cloned().collect(),
            checks: chosen(service, whole),
            marks_good: true,
        };
        let at = whole.finished.as_ref().map_or_else(|| self.now(), |event| event.at);
        let mut results = whole.results.clone();
        let there = still_there(&state, whole);
        let waits = reported::take_in(service, &request, &there, &state, &mut results);
        let put_off = PutOff { service, people: &state.people, at };
        let mut verified = put_off.sum_up(&request, &whole.targets, results);
        verified.controls = controls;
        verified.waits = waits;
        Ok(verified)
    }
}

/// The checks that were chosen; none where all were. What others report is not among those that a
/// verification began, and belongs to it where nothing was left out.
fn chosen(service: &Service, whole: &WholeVerification) -> BTreeSet<CheckName> {
    let checks: BTreeSet<CheckName> = whole.checks.iter().cloned().collect();
    let left_out = whole.targets.iter().any(|target| {
        let Some(place) = service.target(&whole.lane.target(target)) else { return false };
        service
            .expected_checks(&whole.lane.environment, target, place)
            .any(|(name, check)| check.reported().is_none() && !checks.contains(name))
    });
    if left_out { checks } else { BTreeSet::new() }
}

/// The targets that run what was verified: of another deployment nobody reports any more.
fn still_there(state: &ServiceState, whole: &WholeVerification) -> Vec<TargetName> {
    let runs = |target: &&TargetName| {
        let known = state.target(&whole.lane.target(target));
        known.and_then(|known| known.version()) == Some(&whole.release.version)
    };
    whole.targets.iter().filter(runs).cloned().collect()
}

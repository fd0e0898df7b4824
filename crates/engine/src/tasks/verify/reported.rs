//! Checks that others run, beside those that plimsoll runs.

use std::collections::BTreeSet;

use plimsoll_core::catalog::{Check, Service};
use plimsoll_core::ids::{CheckName, CheckRunId, LaneId, TargetName};
use plimsoll_core::ledger::ServiceState;
use plimsoll_core::record::CheckResult;
use plimsoll_core::say::Awaited;

use super::{VerifyRequest, is_accepted, sum_up};
use crate::desk::{Desk, DeskError};

/// Adds what is reported for the deployments that are there; gives what is waited for.
pub(super) fn take_in(
    service: &Service,
    request: &VerifyRequest,
    targets: &[TargetName],
    state: &ServiceState,
    results: &mut Vec<(CheckRunId, CheckResult)>,
) -> Vec<(TargetName, CheckName, Awaited)> {
    let mut waits = Vec::new();
    let Some(environment) = service.environment(&request.lane.environment) else { return waits };
    for target in targets {
        let Some(place) = environment.targets.get(target) else { continue };
        for (name, check) in service.expected_checks(&environment.name, target, place) {
            let Some(reported) = check.reported() else { continue };
            if !request.checks.is_empty() && !request.checks.contains(name) {
                continue;
            }
            match bound(state, &request.lane, target, (name, check)) {
                Some(run) => results.push(run),
                None => waits.push((target.clone(), name.clone(), Awaited::of(reported))),
            }
        }
    }
    results.sort_by(|(_, a), (_, b)| (&a.target, &a.check).cmp(&(&b.target, &b.check)));
    waits
}

/// The last result, if it is one of the deployment that is there and of the check as it is.
fn bound(
    state: &ServiceState,
    lane: &LaneId,
    target: &TargetName,
    (name, check): (&CheckName, &Check),
) -> Option<(CheckRunId, CheckResult)> {
    let known = state.target(&lane.target(target))?;
    let run = known.results.get(name)?;
    let deployment = known.deployment.as_ref().map(|deployment| deployment.id);
    let bound = deployment.is_some()
        && run.result.deployment == deployment
        && run.result.check_digest == check.digest();
    bound.then(|| (run.id, run.result.clone()))
}

impl Desk {
    /// What a report may have completed: a target whose every check has passed now is verified good,
    /// and what a break-glass left open is closed.
    ///
    /// # Errors
    /// The ledger.
    pub(crate) async fn after_report(
        &self,
        service: &Service,
        (run, result): (CheckRunId, &CheckResult),
    ) -> Result<(), DeskError> {
        let state = self.load(&service.name).await?;
        self.close_made_up(service, &state, &[(run, result.clone())]).await?;
        let (lane, target) = (result.target.lane(), &result.target.target);
        let Some(place) = service.target(&result.target) else { return Ok(()) };
        // Whoever reports a hundred times of one deployment moves the lane once.
        let version = BTreeSet::from([result.version.clone()]);
        let known = state.target(&result.target);
        if known.is_some_and(|known| known.is_verified_good() && known.runs_well_one_of(&version)) {
            return Ok(());
        }
        let results = service
            .expected_checks(&lane.environment, target, place)
            .filter_map(|check| bound(&state, &lane, target, check))
            .collect();
        let request = VerifyRequest {
            lane: lane.clone(),
            version: result.version.clone(),
            targets: [target.clone()].into(),
            checks: BTreeSet::new(),
            marks_good: true,
        };
        let (version, now) = (&result.version, self.now());
        let accepts =
            |result: &CheckResult| is_accepted(service, &state.people, result, version, now);
        let here = std::slice::from_ref(target);
        let verified = sum_up(service, &request, here, results, accepts);
        if !verified.good.is_empty() {
            self.mark_good(&request, &verified).await?;
        }
        Ok(())
    }
}

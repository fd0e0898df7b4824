//! How one target stands, and which targets are not known to be well.

use std::collections::BTreeMap;

use crate::catalog::{Environment, Service};
use crate::gate::is_known;
use crate::ids::{TargetName, Version};
use crate::ledger::{DeploymentState, LaneState, ServiceState, TargetState};
use crate::record::{Outcome, State};

use super::Reader;
use super::board::{BoardRow, Standing};
use super::deploy_result;
use super::moves::observed;
use super::text::list;

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
            let red = red_since(target, deployment, |_| false);
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
fn red_since(
    target: &TargetState,
    deployment: &DeploymentState,
    known: impl Fn(&crate::ledger::RunState) -> bool,
) -> Option<(State, String)> {
    let red: Vec<_> = target
        .results
        .iter()
        .filter(|(_, run)| run.result.deployment == Some(deployment.id))
        .filter(|(_, run)| run.result.outcome != Outcome::Passed || run.result.is_flaky())
        .filter(|(_, run)| !known(run))
        .map(|(check, run)| {
            let passed = run.result.outcome == Outcome::Passed;
            (if passed { State::Flaky } else { State::from(run.result.outcome) }, check)
        })
        .collect();
    let worst = red.iter().map(|(state, _)| *state).min()?;
    let checks: Vec<_> = red.iter().filter(|(state, _)| *state == worst).map(|(_, c)| *c).collect();
    Some((worst, format!("{} {}", list(&checks, 3), worst.word())))
}

/// Targets whose last checks are not green, and targets that nobody has checked since something was
/// put there: a row for each version and cause. What is known and put off is not among them.
pub(super) fn not_verified(
    (service, environment): (&Service, &Environment),
    lane: &LaneState,
    state: &ServiceState,
    reader: &Reader,
) -> Vec<BoardRow> {
    let mut causes: BTreeMap<(State, &Version, String), Vec<&TargetName>> = BTreeMap::new();
    for (name, target) in &lane.targets {
        let Some(place) = environment.targets.get(name) else { continue };
        let expected = service.expected_checks(&environment.name, name, place).next().is_some();
        let Some(deployment) = target.deployment.as_ref().filter(|d| d.is_good()) else { continue };
        if target.drift.is_some() {
            continue;
        }
        let known =
            |run: &crate::ledger::RunState| is_known(&state.people, &run.result, &[], reader.now);
        let good = target.verified_good.iter().any(|g| g.version == deployment.version);
        match red_since(target, deployment, known) {
            Some((state, what)) => {
                causes.entry((state, &deployment.version, what)).or_default().push(name);
            }
            None if expected && !good && !is_put_off(target, deployment) => {
                let key = (State::NotRun, &deployment.version, String::new());
                causes.entry(key).or_default().push(name);
            }
            None => {}
        }
    }
    let row = |((state, version, what), names): ((State, &Version, String), Vec<&TargetName>)| {
        let to = &environment.name;
        let places = list(&names, 3);
        if what.is_empty() {
            let checked_now = lane.verifying.iter().any(|v| v.deadline > reader.now);
            return BoardRow {
                standing: if checked_now { Standing::Moving } else { Standing::Waits },
                service: service.name.to_string(),
                version: version.to_string(),
                sentence: match checked_now {
                    true => format!("{to}: checks run on {places}"),
                    false => format!("{to}: runs on {places}, not verified yet"),
                },
                command: format!("plimsoll verify {}@{version} --on {to}", service.name),
            };
        }
        let command = match names.first() {
            Some(first) => format!("plimsoll show {}/{to}/{first}", service.name),
            None => format!("plimsoll status {}", service.name),
        };
        BoardRow {
            standing: Standing::Red(state),
            service: service.name.to_string(),
            version: version.to_string(),
            sentence: format!("{to}: {what} on {places}"),
            command,
        }
    };
    causes.into_iter().map(row).collect()
}

/// Checked on this very deployment, and red only in ways that are known: nothing waits for it.
fn is_put_off(target: &TargetState, deployment: &DeploymentState) -> bool {
    target.results.values().any(|run| run.result.deployment == Some(deployment.id))
}

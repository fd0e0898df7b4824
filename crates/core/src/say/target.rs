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
    match (&deployment.report, deployment.adopted) {
        (None, false) => (State::Running, version, "being deployed".to_owned()),
        _ if !deployment.is_good() => {
            let detail = deployment.report.as_ref().map(deploy_result).unwrap_or_default();
            (State::Failed, version, detail)
        }
        _ => {
            let good = target.is_verified_good();
            let before = target.verified_good.iter().any(|g| g.version == deployment.version);
            let red = red_since(target, deployment, |_| false);
            match (red, good) {
                (Some((state, what)), true) => {
                    (state, version, format!("verified good, then {what}"))
                }
                (Some((state, what)), false) => (state, version, what),
                (None, true) => (State::Satisfied, version, "verified good".to_owned()),
                (None, false) if before => {
                    let detail = "verified good, and deployed again since".to_owned();
                    (State::Stale, version, detail)
                }
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
        let good = target.is_verified_good();
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
            let checked_now = lane.verifying.iter().any(|run| {
                run.deadline > reader.now
                    && run.version == *version
                    && names.iter().any(|name| run.targets.contains(name))
            });
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::testing::{CURRENT, World, deployed, now, production};

    #[test]
    fn checks_of_another_version_are_not_those_that_are_waited_for() {
        let mut world = World::green();
        let verified = |world: &World| {
            let service = world.service();
            let environment = service.environment(&crate::gate::testing::n("staging"));
            let lane = &world.state.lanes["staging"];
            let reader = Reader::utc(now());
            let at = (service, environment.expect("it is there"));
            not_verified(at, lane, &world.state, &reader).first().map(|row| row.standing)
        };
        let lane = world.state.lanes.get_mut("staging").expect("it is there");
        for target in lane.targets.values_mut() {
            target.results.clear();
        }
        let all = lane.targets.keys().cloned().collect();
        lane.verifying.push(crate::ledger::Verifying {
            started: crate::ids::Seq(990),
            at: now(),
            version: crate::gate::testing::n(CURRENT),
            targets: all,
            checks: vec![],
            driver: "one".to_owned(),
            deadline: crate::units::Period::from_mins(5).after(now()),
        });
        assert_eq!(verified(&world), Some(Standing::Waits));
        let lane = world.state.lanes.get_mut("staging").expect("it is there");
        lane.verifying[0].version = crate::gate::testing::n(crate::gate::testing::CANDIDATE);
        assert_eq!(verified(&world), Some(Standing::Moving));
    }

    #[test]
    fn what_was_verified_good_before_it_was_deployed_again_is_not_shown_as_good() {
        let mut world = World::green();
        let target = world.target(&production("nl-vm"));
        assert_eq!(target_cell(Some(target)).0, State::Satisfied);
        let again = deployed(CURRENT, 950, now()).deployment;
        target.deployment = again;
        let (state, _, detail) = target_cell(Some(target));
        assert_eq!(state, State::Stale);
        assert_eq!(detail, "verified good, and deployed again since");
        target.verified_good[0].seq = crate::ids::Seq(960);
        assert_eq!(target_cell(Some(target)).0, State::Satisfied);
    }
}

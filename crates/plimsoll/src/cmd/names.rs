//! Names on the command line.

use std::collections::BTreeSet;

use plimsoll_core::catalog::Service;
use plimsoll_core::ids::{EnvironmentName, LaneId, ReleaseId, TargetName};
use plimsoll_engine::desk::DeskError;

use crate::app::Opened;
use crate::error::CliError;

/// The lane of a release's service in an environment, both known to the configuration.
pub(super) fn lane(
    opened: &Opened,
    release: &ReleaseId,
    environment: &EnvironmentName,
) -> Result<LaneId, CliError> {
    let service = opened.desk.service(&release.service)?;
    known(service, environment)?;
    Ok(service.lane(environment))
}

/// A lane that was named as `SERVICE/ENVIRONMENT`, known to the configuration.
pub(super) fn known_lane(opened: &Opened, lane: &LaneId) -> Result<(), CliError> {
    known(opened.desk.service(&lane.service)?, &lane.environment)
}

fn known(service: &Service, environment: &EnvironmentName) -> Result<(), CliError> {
    if service.environment(environment).is_some() {
        return Ok(());
    }
    let known: Vec<_> = service.environments.iter().map(|e| e.name.to_string()).collect();
    Err(CliError::usage(
        format!("{} has no environment `{environment}`", service.name),
        format!("it has: {}", known.join(", ")),
    ))
}

/// Targets that were named once or several times, or with commas.
pub(super) fn targets(named: &[TargetName]) -> BTreeSet<TargetName> {
    named.iter().cloned().collect()
}

/// Makes sure that the release is there before anything is asked about it. One that is not is a
/// wrong command line, and the nearest names that there are stand beside it.
pub(super) async fn known_release(
    opened: &Opened,
    release: &ReleaseId,
) -> Result<plimsoll_core::record::Release, CliError> {
    opened.desk.service(&release.service)?;
    match opened.desk.release(release).await {
        Err(DeskError::NoRelease(id)) => {
            let state = opened.desk.load(&id.service).await?;
            let known: Vec<String> = state.releases.keys().map(ToString::to_string).collect();
            let add = format!("plimsoll release add {id} PATH     names it");
            let hint = match nearest(id.version.as_str(), &known) {
                Some(near) => format!("did you mean {}@{near}? If not:  {add}", id.service),
                None => add,
            };
            Err(CliError::usage(format!("release {id} is unknown"), hint))
        }
        other => Ok(other?),
    }
}

/// The known name that is nearest to what was written, if one is near.
pub(super) fn nearest<'a>(written: &str, known: &'a [String]) -> Option<&'a str> {
    let most = (written.chars().count() / 3).clamp(1, 3);
    known
        .iter()
        .map(|name| (strsim::damerau_levenshtein(written, name), name))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, name)| (*distance, std::cmp::Reverse(*name)))
        .map(|(_, name)| name.as_str())
}

/// The environment with a gate that is meant when none is named: the only one.
pub(super) fn gated(
    opened: &Opened,
    release: &ReleaseId,
    named: Option<&EnvironmentName>,
) -> Result<EnvironmentName, CliError> {
    let service = opened.desk.service(&release.service)?;
    if let Some(named) = named {
        known(service, named)?;
        if service.environment(named).is_some_and(|e| e.after.is_none()) {
            return Err(CliError::usage(
                format!("{} has no gate: nothing is asked there", service.lane(named)),
                format!("plimsoll deploy {release} --to {named}     puts it there"),
            ));
        }
        return Ok(named.clone());
    }
    let gated: Vec<_> = service.environments.iter().filter(|e| e.after.is_some()).collect();
    match gated.as_slice() {
        [only] => Ok(only.name.clone()),
        _ => Err(CliError::usage(
            format!("{} has {} environments with a gate", service.name, gated.len()),
            "say which with --to ENVIRONMENT",
        )),
    }
}

/// The rollback's argument: a lane, or one target of it.
pub(super) fn lane_or_target(text: &str) -> Result<(LaneId, Option<TargetName>), String> {
    match text.matches('/').count() {
        1 => text.parse::<LaneId>().map(|lane| (lane, None)).map_err(|error| error.to_string()),
        _ => text
            .parse::<plimsoll_core::ids::TargetId>()
            .map(|target| (target.lane(), Some(target.target)))
            .map_err(|error| {
                error.to_string().replace("ENVIRONMENT/TARGET", "ENVIRONMENT[/TARGET]")
            }),
    }
}

/// A desk error for a lane that is not driven.
pub(super) fn nothing_under_way(lane: &LaneId) -> CliError {
    DeskError::Refused(format!("nothing is under way on {lane}")).into()
}

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

/// Makes sure that the release is there before anything is asked about it.
pub(super) async fn known_release(
    opened: &Opened,
    release: &ReleaseId,
) -> Result<plimsoll_core::record::Release, CliError> {
    opened.desk.service(&release.service)?;
    Ok(opened.desk.release(release).await?)
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

/// A reason that somebody can read later.
pub(super) fn reason(flag: &str, text: &str) -> Result<String, CliError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(CliError::usage(format!("{flag} is blank"), format!("{flag} \"WHY\"")));
    }
    if text.len() > 2_000 {
        return Err(CliError::usage(
            format!("{flag} is too long (2000 characters at most)"),
            "put the rest into a ticket",
        ));
    }
    Ok(text.to_owned())
}

/// A desk error for a lane that is not driven.
pub(super) fn nothing_under_way(lane: &LaneId) -> CliError {
    DeskError::Refused(format!("nothing is under way on {lane}")).into()
}

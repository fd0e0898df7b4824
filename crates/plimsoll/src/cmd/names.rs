//! Names on the command line.

use std::collections::BTreeSet;

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
    Ok(opened.desk.known_lane(&release.service, environment)?)
}

/// A lane that was named as `SERVICE/ENVIRONMENT`, known to the configuration.
pub(super) fn known_lane(opened: &Opened, lane: &LaneId) -> Result<(), CliError> {
    Ok(opened.desk.known_environment(&lane.service, Some(&lane.environment))?)
}

/// Targets that were named once or several times, or with commas.
pub(super) fn targets(named: &[TargetName]) -> BTreeSet<TargetName> {
    named.iter().cloned().collect()
}

/// The release, which must have been named before anything is asked about it.
pub(super) async fn known_release(
    opened: &Opened,
    release: &ReleaseId,
) -> Result<plimsoll_core::record::Release, CliError> {
    Ok(opened.desk.known_release(release).await?)
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

//! Names on the command line.

use plimsoll_core::ids::{LaneId, TargetName};
use plimsoll_engine::desk::DeskError;

use crate::error::CliError;

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

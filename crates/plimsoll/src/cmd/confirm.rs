//! Confirming by name what is about to change.

use plimsoll_core::ids::LaneId;

use crate::app::App;
use crate::error::CliError;

/// Asks for the name of what changes: `--confirm NAME`, or typed on a terminal.
pub(super) async fn confirm(app: &App, lane: &LaneId, given: Option<&str>) -> Result<(), CliError> {
    let wanted = lane.to_string();
    if let Some(given) = given {
        return compare(given, &wanted);
    }
    let typed = app.screen.ask(&format!("\n  Type {wanted} to go on: ")).await?;
    match typed {
        Some(typed) => compare(&typed, &wanted),
        None => Err(CliError::usage(
            format!(
                "this changes {wanted}, and there is no terminal to ask on; nothing was changed"
            ),
            format!("add  --confirm {wanted}  if that is what you mean"),
        )),
    }
}

fn compare(given: &str, wanted: &str) -> Result<(), CliError> {
    if given == wanted {
        return Ok(());
    }
    Err(CliError::usage(
        format!("`{given}` was confirmed, but this changes {wanted}; nothing was changed"),
        format!("--confirm {wanted}"),
    ))
}

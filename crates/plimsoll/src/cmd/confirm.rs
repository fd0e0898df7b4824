//! Confirming by name what is about to change.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use plimsoll_core::ids::LaneId;

use crate::error::CliError;

/// Asks for the name of what changes: `--confirm NAME`, or typed on a terminal.
pub(super) fn confirm(lane: &LaneId, given: Option<&str>) -> Result<(), CliError> {
    let wanted = lane.to_string();
    if let Some(given) = given {
        return compare(given, &wanted);
    }
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Err(CliError::usage(
            format!(
                "this changes {wanted}, and there is no terminal to ask on; nothing was changed"
            ),
            format!("add  --confirm {wanted}  if that is what you mean"),
        ));
    }
    eprint!("\n  Type {wanted} to go on: ");
    let _ = std::io::stderr().flush();
    let mut typed = String::new();
    std::io::stdin().lock().read_line(&mut typed)?;
    compare(typed.trim(), &wanted)
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

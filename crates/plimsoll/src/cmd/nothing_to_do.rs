//! The answer where nothing had to be done.

use plimsoll_core::ids::ReleaseId;
use plimsoll_core::record::State;
use plimsoll_core::say;
use plimsoll_wire::{ExitCode, NothingToDoView};

use crate::app::App;
use crate::error::{self, CliError};

/// Says that every target runs the release already. That is what was wanted: the exit code is 0.
///
/// # Errors
/// Standard output cannot be written.
pub fn nothing_to_do(app: &App, release: &ReleaseId, summary: &str) -> Result<ExitCode, CliError> {
    let next = format!("plimsoll status {}", release.service);
    app.answer(&NothingToDoView::new(release, summary), |style| {
        let mark = say::mark(State::Satisfied);
        format!("{}{}", style.answer(mark, &error::sentence(summary)), style.next(&next))
    })?;
    Ok(ExitCode::Yes)
}

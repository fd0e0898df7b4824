//! When the gate could not be asked: nothing enters, and the way around is told to those who have
//! a shell where the repository is.

use std::fmt::Write as _;
use std::path::Path;

use plimsoll_core::record::State;
use plimsoll_core::say::mark;

use crate::error::{CliError, sentence};
use crate::render::{Style, paragraph};

/// The setting of a repository that lets every push enter unasked, and says why.
pub(super) const OFF: &str = "plimsoll.off";

/// Why a push does not enter although nobody has looked at it.
pub(super) fn words(error: &CliError, repository: &Path, style: &Style) -> String {
    let said = sentence(&error.to_string());
    let ours = match error {
        CliError::Usage { .. } | CliError::Refused { .. } => false,
        CliError::Desk(_) => error.exit_code() == plimsoll_wire::ExitCode::Unavailable,
        CliError::Configuration(_) | CliError::Unavailable { .. } | CliError::Output(_) => true,
    };
    let state = if ours { State::Errored } else { State::Failed };
    let mut text = style.answer(mark(state), &format!("Refused: {}", said.trim_end()));
    if ours {
        let at = style.text(&repository.display().to_string());
        let words = "Nobody was asked and nothing can be written down, so -o break-glass does not help either. Who has \
                     a shell on the repository's host can let pushes enter unasked, and answers for it:";
        text.push_str(&paragraph(words, style));
        let _ = writeln!(text, "    git -C {at} config {OFF} \"WHY\"");
        let words = "Afterwards take that back, then name, deploy and verify what was pushed:";
        text.push_str(&paragraph(words, style));
        let _ = writeln!(text, "    git -C {at} config --unset {OFF}");
    }
    text.push_str(&style.next(&error.hint().unwrap_or_else(|| "plimsoll check".to_owned())));
    text
}

/// What is said to a push that enters unasked.
pub(super) fn off(reason: &str, repository: &Path, style: &Style) -> String {
    let sentence = format!("Not asked: {OFF} is set, so every push enters. It says: {reason}");
    let mut text = style.answer(mark(State::Unmet), &sentence);
    let words =
        "Nothing is written down of it. Name, deploy and verify what was pushed when this is over.";
    text.push_str(&paragraph(words, style));
    let at = repository.display();
    text.push_str(&style.next(&format!("git -C {at} config --unset {OFF}")));
    text
}

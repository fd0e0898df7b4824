//! `plimsoll ledger backup`.

use std::path::Path;

use plimsoll_core::record::State;
use plimsoll_core::say;
use plimsoll_engine::desk::DeskError;
use plimsoll_engine::ports::LedgerError;
use plimsoll_store::{BackupError, DirBlobs, Store, backup};
use plimsoll_wire::{ExitCode, LedgerBackupView};

use super::progress::Bar;
use crate::app::App;
use crate::error::CliError;
use crate::render::{content_faults, contents};

pub(super) async fn run(
    app: &App,
    store: &dyn Store,
    blobs: Option<&DirBlobs>,
    to: &Path,
) -> Result<ExitCode, CliError> {
    let bar = Bar::begin(app, "content of");
    let tell = |done, of, bytes| bar.at(done, of, bytes);
    let done = backup(store, blobs, to, &tell).await.map_err(in_words)?;
    drop(bar);
    let view = LedgerBackupView {
        backup: to.display().to_string(),
        contents: blobs.map(|_| done.contents),
        faults: content_faults(&done.faults),
    };
    let lost = u64::try_from(done.faults.len()).unwrap_or(u64::MAX);
    let number = usize::try_from(done.contents.saturating_sub(lost)).unwrap_or(usize::MAX);
    let with = match blobs {
        Some(_) => format!(", with {}", say::count(number, "content")),
        None => ", the events alone: without artifacts there is nothing to go back to".to_owned(),
    };
    app.answer(&view, |style| {
        let sentence = format!("Backed up to {}{with}.", to.display());
        let (mark, lost) = match done.faults.len() {
            0 => (say::mark(State::Satisfied), String::new()),
            n => {
                let sentence = format!("\n  {} could not be copied:\n", say::count(n, "content"));
                (say::mark(State::Stale), sentence + &contents(&done.faults, style))
            }
        };
        let next = format!("plimsoll ledger verify --ledger {}", to.display());
        format!("{}{lost}{}", style.answer(mark, &sentence), style.next(&next))
    })?;
    // As good as the ledger itself is; who backs up by night has to hear of it.
    Ok(if done.faults.is_empty() { ExitCode::Yes } else { ExitCode::Refused })
}

fn in_words(error: BackupError) -> CliError {
    match error {
        BackupError::Occupied(_) => {
            CliError::usage(error.to_string(), "name a new folder, or an empty one")
        }
        BackupError::Interrupted(_) => CliError::usage(
            error.to_string(),
            "remove it if nobody writes it, or name a new folder",
        ),
        BackupError::NoFolder(_) => {
            CliError::usage(error.to_string(), "make it first; is the disk mounted?")
        }
        BackupError::Io { .. } => CliError::Unavailable {
            message: format!("no backup was made: {error}"),
            hint:
                "nothing of it was left there; make room or take another folder, and back up again"
                    .to_owned(),
        },
        // The copy is written through the same words as the ledger: which of both, they say.
        BackupError::Ledger(LedgerError::Unavailable { reason }) => CliError::Unavailable {
            message: format!("no backup was made: {reason}"),
            hint: "nothing of it was left there; back up again when that is mended".to_owned(),
        },
        BackupError::Ledger(error) => DeskError::from(error).into(),
    }
}

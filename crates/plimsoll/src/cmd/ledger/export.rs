//! `plimsoll ledger export`.

use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::Path;

use plimsoll_core::say;
use plimsoll_engine::desk::DeskError;
use plimsoll_store::{ExportError, Store, export_to_file};
use plimsoll_wire::ExitCode;

use crate::app::{App, Screen};
use crate::error::CliError;

pub(super) async fn run(
    app: &App,
    store: &dyn Store,
    output: Option<&Path>,
) -> Result<ExitCode, CliError> {
    let exported = match output {
        Some(path) => export_to_file(store, path).await,
        None => store.export(&mut BufWriter::new(OnScreen(&*app.screen))).await,
    };
    match exported {
        Ok(events) => app.note(&format!(
            "  {} written",
            say::count(usize::try_from(events).unwrap_or(usize::MAX), "event")
        )),
        // The reader has seen enough.
        Err(ExportError::Write(error))
            if output.is_none() && error.kind() == ErrorKind::BrokenPipe => {}
        Err(error) => return Err(in_words(error, output)),
    }
    Ok(ExitCode::Yes)
}

/// Writes answers to a screen.
struct OnScreen<'a>(&'a dyn Screen);

impl Write for OnScreen<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.out(&String::from_utf8_lossy(bytes))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn in_words(error: ExportError, output: Option<&Path>) -> CliError {
    match (error, output) {
        (ExportError::Ledger(error), _) => DeskError::from(error).into(),
        (error @ ExportError::Exists(_), _) => {
            CliError::usage(error.to_string(), "name a new file with --output")
        }
        (error @ ExportError::NoFolder(_), _) => {
            CliError::usage(error.to_string(), "make it, or name another file with --output")
        }
        (ExportError::Write(error), None) => error.into(),
        (ExportError::Write(error), Some(path)) => CliError::Unavailable {
            message: format!("could not write {}: {error}", path.display()),
            hint:
                "nothing of it was left there; make room or take another folder, and export again"
                    .to_owned(),
        },
    }
}

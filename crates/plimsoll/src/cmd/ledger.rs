//! `plimsoll ledger`: verify, export, back up.

use std::path::PathBuf;

use clap::Subcommand;
use plimsoll_core::record::State;
use plimsoll_core::say;
use plimsoll_engine::desk::DeskError;
use plimsoll_store::{ExportError, VerifyError};
use plimsoll_wire::ExitCode;

use crate::app::App;
use crate::error::CliError;

/// Verifies, exports or backs up the ledger. It may be in use meanwhile.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plimsoll ledger verify
  plimsoll ledger export --output events.jsonl
  plimsoll ledger backup /backup/plimsoll")]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Hash every event again: nothing was changed, left out or put in another order
    Verify,
    /// Write every event as a line of JSON
    Export {
        /// The file; standard output when not given
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Copy the ledger as it is at one moment; the copy is a ledger itself
    Backup {
        /// A new file, or a folder
        #[arg(value_name = "TO")]
        to: PathBuf,
    },
}

/// Runs it.
///
/// # Errors
/// See [`CliError`]; a ledger that was tampered with is refused (10), naming the event.
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    let store = app.open_store().await?;
    match args.verb {
        Verb::Verify => match store.verify(&|_, _| {}).await {
            Ok(verified) => {
                let sentence = format!(
                    "Verified: {} {}, unchanged and in order.",
                    verified.events,
                    say::plural(usize::try_from(verified.events).unwrap_or(usize::MAX), "event")
                );
                let view = serde_json::json!({ "verified": true, "events": verified.events, "head": verified.head });
                app.answer(&view, |style| style.answer(say::mark(State::Satisfied), &sentence))?;
                Ok(ExitCode::Yes)
            }
            Err(VerifyError::Chain(fault)) => Err(CliError::refused(
                format!("this ledger was tampered with or damaged: {fault}"),
                "keep it as it is, and go on from a backup",
            )),
            Err(VerifyError::Ledger(error)) => Err(DeskError::from(error).into()),
        },
        Verb::Export { output } => {
            let exported = match &output {
                Some(path) => {
                    let mut file = std::io::BufWriter::new(std::fs::File::create_new(path)?);
                    store.export(&mut file).await
                }
                None => store.export(&mut std::io::BufWriter::new(std::io::stdout())).await,
            };
            if let (None, Err(ExportError::Write(error))) = (&output, &exported)
                && error.kind() == std::io::ErrorKind::BrokenPipe
            {
                // The reader has seen enough.
                return Ok(ExitCode::Yes);
            }
            let events = exported.map_err(|error| match error {
                ExportError::Ledger(error) => CliError::from(DeskError::from(error)),
                ExportError::Write(error) => error.into(),
            })?;
            app.note(&format!("  {events} events written"));
            Ok(ExitCode::Yes)
        }
        Verb::Backup { to } => {
            store.backup(&to).await.map_err(DeskError::from)?;
            let sentence = format!("Backed up to {}.", to.display());
            let view = serde_json::json!({ "backup": to });
            app.answer(&view, |style| {
                let next = format!("plimsoll ledger verify --ledger {}", to.display());
                format!(
                    "{}{}",
                    style.answer(say::mark(State::Satisfied), &sentence),
                    style.next(&next)
                )
            })?;
            Ok(ExitCode::Yes)
        }
    }
}

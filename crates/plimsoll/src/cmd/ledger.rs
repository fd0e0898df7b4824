//! `plimsoll ledger`: verify, export, back up.

mod backup;
mod export;
mod progress;
mod snapshots;
mod verify;

use std::path::PathBuf;

use clap::Subcommand;
use plimsoll_core::record::Permission;
use plimsoll_store::Depth;
use plimsoll_wire::ExitCode;

use crate::app::{App, Wants};
use crate::error::CliError;

/// Verifies, exports or backs up the ledger. It may be in use meanwhile.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plimsoll ledger verify
  plimsoll ledger export --output events.jsonl
  plimsoll ledger backup /backup/monday

A backup is a ledger folder: use it with --ledger, or copy it to where the ledger was.")]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    verb: Verb,
}

impl Args {
    /// What it asks for.
    pub fn wants(&self) -> Wants {
        match &self.verb {
            Verb::Verify { .. } | Verb::Export { output: None } => {
                Wants::All(Permission::Administer)
            }
            Verb::Export { output: Some(_) } | Verb::Backup { .. } => Wants::Here,
        }
    }
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Hash everything again: no event was changed, left out or put in another order, all content
    /// that they name is there, and what was put aside of them is what they say
    Verify {
        /// Look only whether content is there, without reading it; events are always hashed
        #[arg(long)]
        quick: bool,
        /// Look at the events alone
        #[arg(long, conflicts_with = "quick")]
        without_blobs: bool,
        /// Remove snapshots that are not what their events say; they are a cache, and the next
        /// command that needs one folds the events anew
        #[arg(long)]
        rebuild_snapshots: bool,
    },
    /// Write every event as a line of JSON
    Export {
        /// A new file; standard output when not given
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Copy the ledger as it is at one moment, with all content that it names; the copy is a
    /// ledger itself
    Backup {
        /// A new folder, or an empty one
        #[arg(value_name = "TO")]
        to: PathBuf,
        /// Copy the events alone: without its artifacts there is nothing to go back to
        #[arg(long)]
        without_blobs: bool,
    },
}

/// Runs it.
///
/// # Errors
/// See [`CliError`]; a ledger that was tampered with is refused (10), naming the event.
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    match args.verb {
        Verb::Verify { quick, without_blobs, rebuild_snapshots } => {
            let (store, blobs) = app.open_to_inspect().await?;
            let what = verify::What {
                blobs: (!without_blobs).then_some(&blobs),
                depth: if quick { Depth::Presence } else { Depth::Hash },
                rebuild_snapshots,
            };
            verify::run(app, &*store, &what).await
        }
        Verb::Export { output } => {
            let (store, _) = app.open_to_inspect().await?;
            export::run(app, &*store, output.as_deref()).await
        }
        Verb::Backup { to, without_blobs } => {
            let (store, blobs) = app.open_to_back_up().await?;
            backup::run(app, &*store, (!without_blobs).then_some(&blobs), &to).await
        }
    }
}

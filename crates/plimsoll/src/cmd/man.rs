//! `plimsoll man`: manual pages.

use std::path::PathBuf;

use clap::CommandFactory as _;
use plimsoll_wire::ExitCode;

use crate::app::App;
use crate::cli::Cli;
use crate::error::CliError;

/// Writes manual pages, one for each command, into a folder.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  plimsoll man /usr/local/share/man/man1")]
pub struct Args {
    /// The folder
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

/// Runs it.
///
/// # Errors
/// The folder cannot be written.
pub fn run(app: &App, args: &Args) -> Result<ExitCode, CliError> {
    std::fs::create_dir_all(&args.folder)?;
    clap_mangen::generate_to(Cli::command(), &args.folder)?;
    app.print(&format!("Wrote the manual pages to {}\n", args.folder.display()))?;
    Ok(ExitCode::Yes)
}

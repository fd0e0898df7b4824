//! `plimsoll completions`: for a shell.

use clap::CommandFactory as _;
use clap_complete::Shell;
use plimsoll_wire::ExitCode;

use crate::app::App;
use crate::cli::Cli;
use crate::error::CliError;

/// Prints completions for a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  plimsoll completions bash > /etc/bash_completion.d/plimsoll")]
pub struct Args {
    /// The shell
    shell: Shell,
}

/// Runs it.
///
/// # Errors
/// Standard output cannot be written.
pub fn run(app: &App, args: &Args) -> Result<ExitCode, CliError> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "plimsoll", &mut text);
    app.print(&String::from_utf8_lossy(&text))?;
    Ok(ExitCode::Yes)
}

//! `plimsoll hook`: what a git repository asks before it takes a push.

mod asker;
mod command;
mod gather;
mod install;
mod lines;
mod pre_receive;
mod pusher;
mod trouble;

use plimsoll_wire::ExitCode;

use crate::app::App;
use crate::error::CliError;

/// Stands in the hooks of a bare git repository, and lets a push enter a protected branch only if
/// the gate allows the very commit.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  plimsoll hook install /srv/git/shop.git --config /srv/plimsoll/plimsoll.yaml
  plimsoll hook install /srv/git/shop.git --server https://plimsoll.example --token-file /srv/git/token")]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Answer a push: reads what git gives to a pre-receive hook
    PreReceive(pre_receive::Args),
    /// Write the hook into a repository, and let it take push options
    Install(install::Args),
}

/// Runs it.
///
/// # Errors
/// See [`CliError`]; a refusal is an answer.
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    match args.what {
        What::PreReceive(args) => pre_receive::run(app, &args).await,
        What::Install(args) => install::run(app, &args).await,
    }
}

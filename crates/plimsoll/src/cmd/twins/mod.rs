//! `plimsoll twins`: parts of files that must change together.

mod diff;
mod pairs;
mod sources;
mod suggest;

use plimsoll_adapters::git::GitError;
use plimsoll_wire::ExitCode;

use crate::app::App;
use crate::error::CliError;

/// Compares parts of files that must change together, or finds such parts in a history. Neither
/// server nor ledger is needed.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Has every change in one twin its equal in the other?
    Diff(diff::Args),
    /// Parts that changed together in the past, as configuration; enforces nothing
    Suggest(suggest::Args),
}

/// Runs it.
///
/// # Errors
/// The command line names nothing that can be compared, or the configuration is wrong.
pub fn run(app: &App, args: &Args) -> Result<ExitCode, CliError> {
    match &args.what {
        What::Diff(args) => diff::run(app, args),
        What::Suggest(args) => suggest::run(app, args),
    }
}

/// What git says, as an answer to the command line.
fn of_git(error: &GitError) -> CliError {
    let hint = match error {
        GitError::NotStarted(_) => {
            return CliError::Unavailable {
                message: error.to_string(),
                hint: "install git, or compare two folders with --base DIR --head DIR".to_owned(),
            };
        }
        GitError::Failed { .. } | GitError::TimedOut(_) => {
            return CliError::Unavailable {
                message: error.to_string(),
                hint: "git fsck  looks at the repository".to_owned(),
            };
        }
        GitError::NoRepository { .. } => {
            "run it inside a repository, or compare two folders with --base DIR --head DIR"
        }
        GitError::NoRange(_) => "plimsoll twins diff BASE..HEAD",
        GitError::NoRevision { .. } | GitError::NoCommit { .. } => {
            "git log --oneline  lists what is there; a shallow clone needs  git fetch --unshallow"
        }
    };
    CliError::usage(error.to_string(), hint)
}

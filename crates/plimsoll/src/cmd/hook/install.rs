//! `plimsoll hook install`: writes the hook into a repository.

use std::fs::{OpenOptions, Permissions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use plimsoll_core::ids::ServiceName;
use plimsoll_core::record::State;
use plimsoll_core::say;
use plimsoll_core::units::Period;
use plimsoll_wire::{ExitCode, HookInstalledView};

use crate::app::App;
use crate::error::CliError;

use super::asker::Asker;
use super::command::command_line;
use super::pre_receive::WITHIN;

/// Writes hooks/pre-receive into a git repository: executable, with absolute paths of this binary
/// and of the configuration, or with the server that is asked (--server, --token-file), which must
/// answer now. Push options are switched on, so that a pusher can name what rides
/// along. A hook that is there already is kept, and the line to add is shown.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  plimsoll hook install /srv/git/shop.git --config /srv/plimsoll/plimsoll.yaml
  plimsoll hook install /srv/git/shop.git --server https://plimsoll.example --token-file /srv/git/token")]
pub(super) struct Args {
    /// The repository, usually a bare one
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// The services whose files are in this repository; all when none is named
    #[arg(long, value_name = "SERVICE", value_delimiter = ',')]
    service: Vec<ServiceName>,
    /// How long the hook waits for a server, all in all
    #[arg(long, value_name = "PERIOD", default_value = WITHIN)]
    within: Period,
}

/// Runs it.
///
/// # Errors
/// The configuration protects no branch, this is no repository, or another hook is there.
pub(super) async fn run(app: &App, args: &Args) -> Result<ExitCode, CliError> {
    let command = command_line(app, &args.service, args.within)?;
    let terms = Asker::of(app, args.within)?.terms(&args.service).await?;
    if terms.branches.is_empty() {
        return Err(CliError::refused(
            format!("{} protects no branch", whose(app)),
            "add  branches: { production: production }",
        ));
    }
    let terms = terms.only(&args.service).map_err(|unknown| {
        let message = format!("there is no service `{unknown}`");
        CliError::usage(message, "plimsoll status  lists what there is")
    })?;
    let hook = hook_path(&args.dir)?;
    let script = script(&command, app.global.server.is_some());
    let was_there = std::fs::read_to_string(&hook).is_ok_and(|before| before == script);
    if !was_there {
        write_new(&hook, &script, &command)?;
    }
    git(&args.dir, &["config", "receive.advertisePushOptions", "true"])?;
    let branches: Vec<_> = terms.branches.keys().map(ToString::to_string).collect();
    let view = HookInstalledView {
        hook: hook.display().to_string(),
        command,
        branches: branches.clone(),
        new: !was_there,
    };
    app.answer(&view, |style| {
        let word = if was_there { "There already" } else { "Written" };
        let names = say::list(&branches, 5);
        let sentence = format!("{word}: {}; it protects {names}.", hook.display());
        let mut text = style.answer(say::mark(State::Satisfied), &sentence);
        text.push_str(&style.next("git push -o also=SERVICE …     names what rides along"));
        text
    })?;
    Ok(ExitCode::Yes)
}

/// Whose configuration it is.
fn whose(app: &App) -> String {
    match &app.global.server {
        Some(url) => url.to_string(),
        None => app.global.config.display().to_string(),
    }
}

/// The hook. What the account's environment says of a configuration here would contradict a server.
fn script(command: &str, asks_a_server: bool) -> String {
    let unset = if asks_a_server { "unset PLIMSOLL_CONFIG PLIMSOLL_LEDGER\n" } else { "" };
    format!(
        "#!/bin/sh\n\
         # Lets a push enter a protected branch only if its gate allows the very commit.\n\
         # Written by plimsoll hook install.\n\
         {unset}exec {command}\n"
    )
}

/// Where git looks for the hook.
fn hook_path(dir: &Path) -> Result<PathBuf, CliError> {
    let path = git(dir, &["rev-parse", "--git-path", "hooks/pre-receive"])?;
    Ok(std::path::absolute(dir.join(path))?)
}

fn git(dir: &Path, args: &[&str]) -> Result<String, CliError> {
    let output = Command::new("git")
        .arg("-C")
        .arg(dir)
        .args(args)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| CliError::Unavailable {
            message: format!("git could not be started: {error}"),
            hint: "install git where the repository is".to_owned(),
        })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim_end_matches('\n').to_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().next().unwrap_or("git failed").trim_start_matches("fatal: ");
    Err(CliError::usage(
        format!("{}: {said}", dir.display()),
        "plimsoll hook install DIR  with a git repository that this account may write to",
    ))
}

/// Writes the hook where there is none.
fn write_new(hook: &Path, script: &str, command: &str) -> Result<(), CliError> {
    if let Some(folder) = hook.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let open = OpenOptions::new().write(true).create_new(true).open(hook);
    let mut file = match open {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            return Err(CliError::refused(
                format!("{} is there already, and is kept", hook.display()),
                format!(
                    "add this line to it, where nothing has read its input yet:  {command} || exit"
                ),
            ));
        }
        Err(error) => {
            return Err(CliError::Unavailable {
                message: format!("{} cannot be written: {error}", hook.display()),
                hint: "run it as the account that owns the repository".to_owned(),
            });
        }
    };
    file.write_all(script.as_bytes())?;
    file.set_permissions(Permissions::from_mode(0o755))?;
    Ok(())
}

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
use plimsoll_store::Location;
use plimsoll_wire::{ExitCode, HookInstalledView};
use url::Url;

use crate::app::App;
use crate::error::CliError;

use super::asker::Asker;
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
    let command = command_line(app, args)?;
    let hook = hook_path(&args.dir)?;
    let script = script(&command);
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

/// The command that the hook runs, as a line for a shell. Nothing in it depends on where it is
/// run.
fn command_line(app: &App, args: &Args) -> Result<String, CliError> {
    let mut words = vec![absolute(&std::env::current_exe()?)?];
    words.extend(match &app.global.server {
        Some(url) => of_server(url, app.global.token_file.as_deref())?,
        None => of_ledger(app)?,
    });
    words.extend(["hook".to_owned(), "pre-receive".to_owned()]);
    if !args.service.is_empty() {
        let names: Vec<_> = args.service.iter().map(ServiceName::as_str).collect();
        words.extend(["--service".to_owned(), names.join(",")]);
    }
    if app.global.server.is_some() {
        words.extend(["--within".to_owned(), args.within.to_string()]);
    }
    Ok(words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "))
}

/// The options of a hook that asks a server.
fn of_server(url: &Url, token_file: Option<&Path>) -> Result<Vec<String>, CliError> {
    if !url.username().is_empty() || url.password().is_some() {
        return Err(CliError::refused(
            "the server's address holds more than its place, which a hook must not show",
            "--server https://plimsoll.example --token-file FILE",
        ));
    }
    let mut words = vec!["--server".to_owned(), url.to_string()];
    match token_file {
        Some(file) => words.extend(["--token-file".to_owned(), absolute(file)?]),
        None if std::env::var_os("PLIMSOLL_TOKEN").is_some() => {
            return Err(CliError::usage(
                "a hook has no PLIMSOLL_TOKEN of yours",
                "--token-file FILE, which the account of the repository may read",
            ));
        }
        None => {}
    }
    Ok(words)
}

/// The options of a hook that has configuration and ledger here.
fn of_ledger(app: &App) -> Result<Vec<String>, CliError> {
    let mut words = vec!["--config".to_owned(), absolute(&app.global.config)?];
    let Some(ledger) = &app.global.ledger else { return Ok(words) };
    let location: Location = ledger
        .parse()
        .map_err(|error| CliError::usage(format!("--ledger: {error}"), "--ledger DIRECTORY"))?;
    let place = match &location {
        Location::Directory(path) => absolute(path)?,
        // As shown it has no password, and a file that others may read is no place for one.
        Location::Postgres(url) if location.to_string() == *url => url.clone(),
        Location::Postgres(_) => {
            return Err(CliError::refused(
                "the ledger's address holds more than its place, which a hook must not show",
                "--ledger postgres://USER@HOST/DATABASE, and the password in ~/.pgpass or PGPASSWORD",
            ));
        }
    };
    words.extend(["--ledger".to_owned(), place]);
    Ok(words)
}

fn absolute(path: &Path) -> Result<String, CliError> {
    let path = std::path::absolute(path)?;
    path.to_str().map(str::to_owned).ok_or_else(|| {
        CliError::refused(
            format!("{} cannot stand in a script", path.display()),
            "use a path that is UTF-8",
        )
    })
}

/// A word as a shell reads it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-:@,+=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn script(command: &str) -> String {
    format!(
        "#!/bin/sh\n\
         # Lets a push enter a protected branch only if its gate allows the very commit.\n\
         # Written by plimsoll hook install.\n\
         exec {command}\n"
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_as_a_shell_reads_them() {
        for (word, quoted_word) in [
            ("/usr/bin/plimsoll", "/usr/bin/plimsoll"),
            ("/srv/it's here/p.yaml", r"'/srv/it'\''s here/p.yaml'"),
            ("a;b", "'a;b'"),
            ("$(x)", "'$(x)'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(word), quoted_word);
        }
    }
}

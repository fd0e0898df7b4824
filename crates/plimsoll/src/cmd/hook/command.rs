//! The command that a hook runs.

use std::path::Path;

use plimsoll_core::ids::ServiceName;
use plimsoll_core::say;
use plimsoll_core::units::Period;
use plimsoll_store::Location;
use url::Url;

use crate::app::App;
use crate::error::CliError;

/// The command that the hook runs, as a line for a shell. Nothing in it depends on where it is
/// run.
pub(super) fn command_line(
    app: &App,
    services: &[ServiceName],
    within: Period,
) -> Result<String, CliError> {
    let mut words = vec![absolute(&std::env::current_exe()?)?];
    words.extend(match &app.global.server {
        Some(url) => of_server(url, app.global.token_file.as_deref())?,
        None => of_ledger(app)?,
    });
    words.extend(["hook".to_owned(), "pre-receive".to_owned()]);
    if !services.is_empty() {
        let names: Vec<_> = services.iter().map(ServiceName::as_str).collect();
        words.extend(["--service".to_owned(), names.join(",")]);
    }
    if app.global.server.is_some() {
        words.extend(["--within".to_owned(), within.to_string()]);
    }
    Ok(words.iter().map(|word| say::shell_word(word)).collect::<Vec<_>>().join(" "))
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

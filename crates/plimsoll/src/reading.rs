//! Reading the command line: what cannot be read is answered like every other error.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::ValueParser;
use clap::parser::ValueSource;
use clap::{ArgMatches, Command, CommandFactory as _, FromArgMatches as _};
use plimsoll_core::say::safe;
use plimsoll_wire::ErrorView;

use plimsoll_engine::words::Typed;

use crate::app::{NameGiven, redactor_of};
use crate::cli::Cli;

/// Arguments that say where something is or how to answer, and are never written down.
const NEVER_WRITTEN_DOWN: [&str; 7] =
    ["config", "ledger", "server", "token_file", "format", "color", "quiet"];

/// The command line and the names on it, or the code to end with: help and versions were asked
/// for, or it is wrong.
pub(crate) fn read() -> Result<(Cli, Vec<NameGiven>), ExitCode> {
    // Left to the end of the process: taking the tree of all commands apart would only cost time.
    let command = Box::leak(Box::new(Cli::command()));
    let read = command.try_get_matches_from_mut(std::env::args_os()).and_then(|matches| {
        let mut names = Vec::new();
        collect_names(command, &matches, &mut names);
        Ok((Cli::from_arg_matches(&matches)?, names))
    });
    let error = match read {
        Ok(read) => return Ok(read),
        Err(error) => error,
    };
    let code = u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from);
    if !error.use_stderr() {
        // A reader that has gone away is no error.
        let _ = error.print();
        return Err(code);
    }
    let shown = error.render().to_string();
    let plain = redactor_of(&config_meant()).text(&shown);
    if asks_for_json(std::env::args_os().filter_map(|arg| arg.into_string().ok())) {
        let message = plain.lines().next().unwrap_or_default().trim_start_matches("error: ");
        let view = ErrorView::new("usage", message, Some("plimsoll --help"));
        if let Ok(json) = serde_json::to_string_pretty(&view) {
            use std::io::Write as _;
            // If even this cannot be written, the exit code still tells.
            let _ = writeln!(std::io::stdout(), "{json}");
        }
    }
    // What was typed may paint on the terminal; line breaks are clap's own or harmless.
    if plain != shown || plain.lines().any(|line| safe(line) != line) {
        plain.lines().for_each(|line| eprintln!("{}", safe(line)));
    } else {
        let _ = error.print();
    }
    Err(code)
}

/// What was typed and is no words of a person.
fn collect_names(command: &Command, matches: &ArgMatches, names: &mut Vec<NameGiven>) {
    let words = ValueParser::from(clap::value_parser!(Typed));
    for argument in command.get_arguments() {
        let id = argument.get_id().as_str();
        let is_words = argument.get_value_parser().type_id() == words.type_id();
        let typed = matches!(
            matches.try_get_raw(id).map(|_| matches.value_source(id)),
            Ok(Some(ValueSource::CommandLine | ValueSource::EnvVariable))
        );
        if is_words || !typed || NEVER_WRITTEN_DOWN.contains(&id) {
            continue;
        }
        let values = matches.try_get_raw(id).ok().flatten().into_iter().flatten();
        names.extend(values.map(|value| NameGiven {
            argument: argument.to_string(),
            text: value.to_string_lossy().into_owned(),
        }));
    }
    if let Some((name, inner)) = matches.subcommand()
        && let Some(command) = command.find_subcommand(name)
    {
        collect_names(command, inner, names);
    }
}

/// The command line that somebody sent to a server, and the names on it.
///
/// # Errors
/// The words that say what is wrong with it, or the help that was asked for, and the exit code.
pub(crate) fn sent(arguments: &[String]) -> Result<(Cli, Vec<NameGiven>), (String, u8)> {
    let mut command = Cli::command().color(clap::ColorChoice::Never);
    let line = std::iter::once("plimsoll").chain(arguments.iter().map(String::as_str));
    let read = command.try_get_matches_from_mut(line).and_then(|matches| {
        let mut names = Vec::new();
        collect_names(&command, &matches, &mut names);
        Ok((Cli::from_arg_matches(&matches)?, names))
    });
    read.map_err(|error| {
        let code = u8::try_from(error.exit_code()).unwrap_or(2);
        (error.render().to_string(), code)
    })
}

/// The configuration that was meant, for its secrets.
fn config_meant() -> PathBuf {
    let named = option(std::env::args_os().filter_map(|arg| arg.into_string().ok()), "--config");
    let named = named.map(PathBuf::from);
    let named = named.or_else(|| std::env::var_os("PLIMSOLL_CONFIG").map(PathBuf::from));
    named.unwrap_or_else(|| PathBuf::from("plimsoll.yaml"))
}

/// The value of an option, in a command line that cannot be read.
fn option(args: impl Iterator<Item = String>, name: &str) -> Option<String> {
    let mut args = args.skip_while(|arg| arg != name && !arg.starts_with(&format!("{name}=")));
    let found = args.next()?;
    if found == name {
        args.next()
    } else {
        found.split_once('=').map(|(_, value)| value.to_owned())
    }
}

/// Whether `--format json` was meant, in a command line that cannot be read.
fn asks_for_json(args: impl Iterator<Item = String>) -> bool {
    let mut last = String::new();
    for arg in args {
        if arg == "--format=json" || (last == "--format" && arg == "json") {
            return true;
        }
        last = arg;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_collected_and_words_are_not() {
        let line = "plimsoll --as ada --ledger /l waive shop@1 --rule soak --reason why --until 7d";
        let mut command = Cli::command();
        let matches = command.try_get_matches_from_mut(line.split(' ')).expect("it is right");
        let mut names = Vec::new();
        collect_names(&command, &matches, &mut names);
        let mut texts: Vec<_> = names.iter().map(|name| name.text.as_str()).collect();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts, ["7d", "ada", "shop@1", "soak"]);
    }

    #[test]
    fn an_option_is_found_in_both_spellings() {
        let of = |line: &str| option(line.split(' ').map(str::to_owned), "--config");
        assert_eq!(of("plimsoll --nonsense --config a=b.yaml"), Some("a=b.yaml".to_owned()));
        assert_eq!(of("plimsoll --config=c.yaml --nonsense"), Some("c.yaml".to_owned()));
        assert_eq!(of("plimsoll --nonsense --config"), None);
    }

    #[test]
    fn json_is_meant_where_it_is_asked_for_and_not_elsewhere() {
        let asks = |line: &str| asks_for_json(line.split(' ').map(str::to_owned));
        assert!(asks("plimsoll gate --nonsense --format json"));
        assert!(asks("plimsoll --format=json gate"));
        assert!(!asks("plimsoll gate --format text"));
        assert!(!asks("plimsoll json --format"));
    }
}

//! Reading the command line: what cannot be read is answered like every other error.

use std::process::ExitCode;

use clap::Parser as _;
use plimsoll_core::say::safe;
use plimsoll_wire::ErrorView;

use crate::cli::Cli;

/// The command line, or the code to end with: help and versions were asked for, or it is wrong.
pub(crate) fn read() -> Result<Cli, ExitCode> {
    let error = match Cli::try_parse() {
        Ok(cli) => return Ok(cli),
        Err(error) => error,
    };
    let code = u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from);
    if !error.use_stderr() {
        // A reader that has gone away is no error.
        let _ = error.print();
        return Err(code);
    }
    let plain = error.render().to_string();
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
    if plain.lines().any(|line| safe(line) != line) {
        plain.lines().for_each(|line| eprintln!("{}", safe(line)));
    } else {
        let _ = error.print();
    }
    Err(code)
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
    fn json_is_meant_where_it_is_asked_for_and_not_elsewhere() {
        let asks = |line: &str| asks_for_json(line.split(' ').map(str::to_owned));
        assert!(asks("plimsoll gate --nonsense --format json"));
        assert!(asks("plimsoll --format=json gate"));
        assert!(!asks("plimsoll gate --format text"));
        assert!(!asks("plimsoll json --format"));
    }
}

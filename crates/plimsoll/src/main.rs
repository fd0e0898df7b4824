//! plimsoll: a release gate and promotion controller.
//!
//! `cli` says what can be asked, `cmd` has one file a verb, `run` carries one out, `app` wires the
//! parts, `render` shows what came of it, `error` gives every failure its exit code. With `--server`
//! another plimsoll carries the verb out (`remote`), which there is `console`.

mod app;
mod cli;
mod cmd;
mod console;
#[cfg(test)]
mod documents;
mod error;
mod global;
mod reading;
mod remote;
mod render;
mod run;

use std::process::ExitCode;

use crate::app::App;
use crate::cli::Verb;

fn main() -> ExitCode {
    let (cli, names) = match reading::read() {
        Ok(read) => read,
        Err(code) => return code,
    };
    let app = App::new(cli.global, names);
    let code = match app.global.server.clone() {
        // A hook stands where the repository is, and asks the server itself.
        Some(server) if !matches!(cli.verb, Verb::Hook(_)) => {
            remote::carry_out(&app, &server, &cli.verb)
        }
        Some(_) | None => run::here(&app, cli.verb),
    };
    ExitCode::from(code.code())
}

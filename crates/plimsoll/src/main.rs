//! plimsoll: a release gate and promotion controller.
//!
//! `cli` says what can be asked, `cmd` has one file a verb, `app` wires the parts, `render` shows
//! what came of it, `error` gives every failure its exit code.

mod app;
mod cli;
mod cmd;
#[cfg(test)]
mod documents;
mod error;
mod global;
mod reading;
mod render;

use std::process::ExitCode;

use crate::app::App;
use crate::cli::Verb;
use crate::error::CliError;
use crate::global::Format;

fn main() -> ExitCode {
    let cli = match reading::read() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    let app = App::new(cli.global);
    let outcome = run(&app, cli.verb);
    let code = match outcome {
        Ok(code) => code,
        Err(error) => {
            report(&app, &error);
            error.exit_code()
        }
    };
    ExitCode::from(code.code())
}

/// Runs a verb; only those that need it start a runtime.
fn run(app: &App, verb: Verb) -> Result<plimsoll_wire::ExitCode, CliError> {
    match verb {
        Verb::Init(args) => cmd::init::run(app, &args),
        Verb::Check(args) => cmd::check::run(app, &args),
        Verb::Picture(args) => cmd::picture::run(app, &args),
        Verb::Schema(args) => cmd::schema::run(app, &args),
        Verb::Twins(args) => cmd::twins::run(app, &args),
        Verb::Completions(args) => cmd::completions::run(app, &args),
        Verb::Man(args) => cmd::man::run(app, &args),
        verb => {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            let outcome = runtime.block_on(run_async(app, verb));
            // What still hangs in a blocking thread (a name look-up) must not keep the answer.
            runtime.shutdown_timeout(std::time::Duration::from_millis(200));
            outcome
        }
    }
}

async fn run_async(app: &App, verb: Verb) -> Result<plimsoll_wire::ExitCode, CliError> {
    match verb {
        Verb::Init(args) => cmd::init::run(app, &args),
        Verb::Check(args) => cmd::check::run(app, &args),
        Verb::Picture(args) => cmd::picture::run(app, &args),
        Verb::Schema(args) => cmd::schema::run(app, &args),
        Verb::Twins(args) => cmd::twins::run(app, &args),
        Verb::Completions(args) => cmd::completions::run(app, &args),
        Verb::Man(args) => cmd::man::run(app, &args),
        Verb::Release(args) => cmd::release::run(app, args).await,
        Verb::Adopt(args) => cmd::adopt::run(app, args).await,
        Verb::Deploy(args) => cmd::deploy::run(app, args).await,
        Verb::Verify(args) => cmd::verify::run(app, args).await,
        Verb::Gate(args) => cmd::gate::run(app, args).await,
        Verb::Promote(args) => cmd::promote::run(app, args).await,
        Verb::Rollback(args) => cmd::rollback::run(app, args).await,
        Verb::Resume(args) => cmd::resume::run(app, args).await,
        Verb::Abort(args) => cmd::abort::run(app, args).await,
        Verb::Status(args) => cmd::status::run(app, args).await,
        Verb::History(args) => cmd::history::run(app, args).await,
        Verb::Show(args) => cmd::show::run(app, args).await,
        Verb::Waive(args) => cmd::waive::run(app, args).await,
        Verb::KnownFailure(args) => cmd::known_failure::run(app, args).await,
        Verb::SignOff(args) => cmd::sign_off::run(app, args).await,
        Verb::Freeze(args) => cmd::freeze::run(app, args).await,
        Verb::Hold(args) => cmd::hold::run(app, args).await,
        Verb::FollowUp(args) => cmd::follow_up::run(app, args).await,
        Verb::Ledger(args) => cmd::ledger::run(app, args).await,
    }
}

/// Says what went wrong: for people on standard error, for programs also as JSON on standard
/// output.
fn report(app: &App, error: &CliError) {
    if let CliError::Configuration(diagnostics) = error {
        cmd::check::report_errors(app, diagnostics);
        return;
    }
    let message = error.to_string();
    let hint = error.hint();
    if app.global.format == Format::Json {
        let view = plimsoll_wire::ErrorView::new(error.code(), &message, hint.as_deref());
        // If even this cannot be written, the exit code still tells.
        let _ = app.answer(&view, |_| String::new());
    }
    let style = render::Style { color: app.style.color, ..app.style };
    let ends_well = error.exit_code() == plimsoll_wire::ExitCode::Yes;
    let mark = plimsoll_core::say::mark(if ends_well {
        plimsoll_core::record::State::Satisfied
    } else {
        plimsoll_core::record::State::Failed
    });
    let mut text = style.answer(mark, &capitalised(&message));
    if let Some(hint) = hint {
        text.push_str(&style.next(&hint));
    }
    eprint!("{text}");
}

/// A sentence begins with a capital; a name of a file or a release stays as it is.
fn capitalised(message: &str) -> String {
    let first = message.split(' ').next().unwrap_or_default();
    if !first.chars().all(|c| c.is_ascii_lowercase() || c == ',') {
        return message.to_owned();
    }
    let mut chars = message.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

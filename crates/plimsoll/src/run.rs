//! Carrying out a verb: begin it, wait for what it waits for, and say what went wrong.

use std::pin::Pin;

use plimsoll_wire::ExitCode;

use crate::app::App;
use crate::cli::Verb;
use crate::cmd;
use crate::error::{self, CliError};
use crate::global::Format;

type Answer = Result<ExitCode, CliError>;

/// A verb that has been begun.
enum Begun<'a> {
    /// It needed no ledger and is over.
    Done(Answer),
    /// It waits for ledgers, targets, processes, and needs a runtime.
    Works(Pin<Box<dyn Future<Output = Answer> + Send + 'a>>),
}

/// Carries a verb out in this process, and says how it ended.
pub fn here(app: &App, verb: Verb) -> ExitCode {
    let checks = matches!(verb, Verb::Check(_));
    let outcome = match begin(app, verb) {
        Begun::Done(outcome) => outcome,
        Begun::Works(work) => finish(work),
    };
    match outcome {
        Ok(code) => code,
        // The answer of `check` is what is wrong.
        Err(CliError::Configuration(diagnostics)) if checks => {
            cmd::check::report_errors(app, &diagnostics);
            CliError::Configuration(diagnostics).exit_code()
        }
        Err(error) => end_with(app, &error),
    }
}

/// Carries a verb out for somebody whom a server serves.
pub async fn for_another(app: &App, verb: Verb) -> ExitCode {
    let outcome = match begin(app, verb) {
        Begun::Done(outcome) => outcome,
        Begun::Works(work) => work.await,
    };
    outcome.unwrap_or_else(|error| end_with(app, &error))
}

/// Begins a verb; each stands here once.
fn begin(app: &App, verb: Verb) -> Begun<'_> {
    use Begun::{Done, Works};
    match verb {
        Verb::Init(args) => Done(cmd::init::run(app, &args)),
        Verb::Check(args) => Done(cmd::check::run(app, &args)),
        Verb::Picture(args) => Done(cmd::picture::run(app, &args)),
        Verb::Schema(args) => Done(cmd::schema::run(app, &args)),
        Verb::Twins(args) => Done(cmd::twins::run(app, &args)),
        Verb::Completions(args) => Done(cmd::completions::run(app, &args)),
        Verb::Man(args) => Done(cmd::man::run(app, &args)),
        Verb::Release(args) => Works(Box::pin(cmd::release::run(app, args))),
        Verb::Adopt(args) => Works(Box::pin(cmd::adopt::run(app, args))),
        Verb::Deploy(args) => Works(Box::pin(cmd::deploy::run(app, args))),
        Verb::Verify(args) => Works(Box::pin(cmd::verify::run(app, args))),
        Verb::Report(args) => Works(Box::pin(cmd::report::run(app, args))),
        Verb::Gate(args) => Works(Box::pin(cmd::gate::run(app, args))),
        Verb::Promote(args) => Works(Box::pin(cmd::promote::run(app, args))),
        Verb::Rollback(args) => Works(Box::pin(cmd::rollback::run(app, args))),
        Verb::Resume(args) => Works(Box::pin(cmd::resume::run(app, args))),
        Verb::Abort(args) => Works(Box::pin(cmd::abort::run(app, args))),
        Verb::Status(args) => Works(Box::pin(cmd::status::run(app, args))),
        Verb::History(args) => Works(Box::pin(cmd::history::run(app, args))),
        Verb::Show(args) => Works(Box::pin(cmd::show::run(app, args))),
        Verb::Waive(args) => Works(Box::pin(cmd::waive::run(app, args))),
        Verb::KnownFailure(args) => Works(Box::pin(cmd::known_failure::run(app, args))),
        Verb::SignOff(args) => Works(Box::pin(cmd::sign_off::run(app, args))),
        Verb::Freeze(args) => Works(Box::pin(cmd::freeze::run(app, args))),
        Verb::Hold(args) => Works(Box::pin(cmd::hold::run(app, args))),
        Verb::Hook(args) => Works(Box::pin(cmd::hook::run(app, args))),
        Verb::FollowUp(args) => Works(Box::pin(cmd::follow_up::run(app, args))),
        Verb::Forge(args) => Works(Box::pin(cmd::forge::run(app, args))),
        Verb::Serve(args) => Works(Box::pin(cmd::serve::run(app, args))),
        Verb::Worker(args) => Works(Box::pin(cmd::worker::run(app, args))),
        Verb::Token(args) => Works(Box::pin(cmd::token::run(app, args))),
        Verb::Ledger(args) => Works(Box::pin(cmd::ledger::run(app, args))),
    }
}

fn finish(work: Pin<Box<dyn Future<Output = Answer> + Send + '_>>) -> Answer {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(work);
    // What still hangs in a blocking thread (a name look-up) must not keep the answer.
    runtime.shutdown_timeout(std::time::Duration::from_millis(200));
    outcome
}

/// Says why it did not do what was asked; that nothing had to be done is an answer.
pub fn end_with(app: &App, error: &CliError) -> ExitCode {
    if let Some(release) = error.nothing_to_do() {
        return match cmd::nothing_to_do(app, release, &error.to_string()) {
            Ok(code) => code,
            Err(error) => {
                report(app, &error);
                error.exit_code()
            }
        };
    }
    report(app, error);
    error.exit_code()
}

/// Says what went wrong: for people on standard error, for programs also as JSON on standard
/// output.
fn report(app: &App, error: &CliError) {
    app.learn_secrets();
    let message = error.to_string();
    let hint = error.hint();
    if let (CliError::Configuration(diagnostics), Format::Text) = (error, app.global.format) {
        cmd::check::report_errors(app, diagnostics);
        return;
    }
    if app.global.format == Format::Json {
        let view = plimsoll_wire::ErrorView::new(error.code(), &message, hint.as_deref());
        // If even this cannot be written, the exit code still tells.
        let _ = app.answer(&view, |_| String::new());
    }
    let mark = plimsoll_core::say::mark(plimsoll_core::record::State::Failed);
    let mut text = app.style.answer(mark, &error::sentence(&message));
    for line in hint.iter().flat_map(|hint| hint.lines()) {
        text.push_str(&app.style.next(line));
    }
    app.screen.err(&app.clean(&text));
}

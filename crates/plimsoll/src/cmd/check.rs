//! `plimsoll check`: is the configuration right?

use std::collections::BTreeSet;
use std::path::Path;

use plimsoll_adapters::calendar;
use plimsoll_config::{Diagnostic, Loaded, Severity};
use plimsoll_core::catalog::WindowTime;
use plimsoll_wire::{CheckView, DiagnosticView, ExitCode};

use crate::app::App;
use crate::error::CliError;
use crate::global::Format;
use crate::render;

/// Reads the configuration and says everything that is wrong with it at once, each with its file,
/// line and column, and what to write instead. Touches neither ledger nor targets.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plimsoll check
  plimsoll check --schema > plimsoll.schema.json      for your editor

Exit codes: 0 right, 78 not.")]
pub struct Args {
    /// Print the JSON Schema of the configuration instead
    #[arg(long)]
    schema: bool,
}

/// Runs it.
///
/// # Errors
/// Everything that is wrong with the configuration.
pub fn run(app: &App, args: &Args) -> Result<ExitCode, CliError> {
    if args.schema {
        let schema = plimsoll_config::schema();
        app.answer(&schema, |_| format!("{schema:#}\n"))?;
        return Ok(ExitCode::Yes);
    }
    let loaded = app.load()?;
    let wrong = calendars(app, &loaded);
    if !wrong.is_empty() {
        return Err(CliError::Configuration(wrong));
    }
    let view = CheckView {
        valid: true,
        files: loaded.files.iter().map(|file| file.display().to_string()).collect(),
        diagnostics: loaded.warnings.iter().map(view).collect(),
    };
    let file = app.global.config.display().to_string();
    let rendered: Vec<String> = loaded.warnings.iter().map(|w| w.render(app.style.color)).collect();
    app.answer(&view, |style| {
        render::check_report(
            &file,
            0,
            rendered.len(),
            &rendered,
            loaded.catalog.services.len(),
            style,
        )
    })?;
    Ok(ExitCode::Yes)
}

/// What is wrong with the calendar files that freeze windows name.
fn calendars(app: &App, loaded: &Loaded) -> Vec<Diagnostic> {
    let root = app.global.config.parent().unwrap_or(Path::new(""));
    let rules = loaded.catalog.services.values().flat_map(|service| service.gates.values());
    let files: BTreeSet<&String> = rules
        .flatten()
        .filter_map(|rule| match &rule.kind.freeze()?.time {
            WindowTime::Calendar { file } => Some(file),
            WindowTime::Weekly { .. } | WindowTime::Dated { .. } => None,
        })
        .collect();
    let wrong = files
        .into_iter()
        .filter_map(|file| calendar::read(root, file).err().map(|error| (file, error)));
    wrong
        .map(|(file, error)| {
            let path = root.join(file);
            let text = std::fs::read(&path).unwrap_or_default();
            let text = String::from_utf8_lossy(&text);
            let line = error.line.checked_sub(1).and_then(|at| text.lines().nth(at));
            Diagnostic {
                severity: Severity::Error,
                file: path,
                line: error.line,
                column: 1,
                length: line.map_or(1, |line| line.trim_end().chars().count().max(1)),
                message: error.message,
                line_text: line.map(|line| line.trim_end().to_owned()).unwrap_or_default(),
                caret: 0,
                hint: Some("until it is mended, every window of this calendar is on".to_owned()),
            }
        })
        .collect()
}

/// Answers with what is wrong: standard output for `check` and programs, standard error otherwise.
pub fn report_errors(app: &App, diagnostics: &[Diagnostic]) {
    let errors = diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    let file = app.global.config.display().to_string();
    let rendered: Vec<String> = diagnostics.iter().map(|d| d.render(app.style.color)).collect();
    let warnings = diagnostics.len() - errors;
    let text = render::check_report(&file, errors, warnings, &rendered, 0, &app.style);
    match app.global.format {
        Format::Text => app.screen.err(&text),
        Format::Json => {
            let view = CheckView {
                valid: false,
                files: vec![file],
                diagnostics: diagnostics.iter().map(view).collect(),
            };
            // If even this cannot be written, the exit code still tells.
            let _ = app.answer(&view, |_| String::new());
        }
    }
}

fn view(diagnostic: &Diagnostic) -> DiagnosticView {
    DiagnosticView {
        severity: match diagnostic.severity {
            Severity::Error => "error".to_owned(),
            Severity::Warning => "warning".to_owned(),
        },
        file: diagnostic.file.display().to_string(),
        line: diagnostic.line,
        column: diagnostic.column,
        length: diagnostic.length,
        message: diagnostic.message.clone(),
        hint: diagnostic.hint.clone(),
    }
}

//! `plimsoll gate`: the decision, and why.

use plimsoll_core::ids::{EnvironmentName, ReleaseId};
use plimsoll_core::record::Permission;
use plimsoll_wire::{DecisionView, ExitCode};

use crate::app::{App, Wants};
use crate::error::CliError;
use crate::render;

use super::drive;

/// Decides from the evidence whether the release may enter the environment, and says of each
/// requirement how it stands, why, and who can do what next. Changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plimsoll gate shop@1.1 --to production
  plimsoll gate shop@1.1 --to production --format json | jq -r .summary

Exit codes: 0 allowed, 10 refused, 11 only evidence is missing or stale, 12 something still runs.")]
pub struct Args {
    /// The release, SERVICE@VERSION
    release: ReleaseId,
    /// The environment
    #[arg(long, value_name = "ENVIRONMENT")]
    to: EnvironmentName,
}

impl Args {
    /// What it asks for.
    pub fn wants(&self) -> Wants {
        Wants::Of(Permission::Read, self.release.service.clone())
    }
}

/// Runs it.
///
/// # Errors
/// See [`CliError`]; a refusal is an answer.
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    let opened = app.open().await?;
    opened.desk.known_environment(&args.release.service, Some(&args.to))?;
    let service = opened.desk.service(&args.release.service)?;
    // Without a gate there is another answer than that the release is unknown.
    if service.environment(&args.to).is_some_and(|environment| environment.after.is_some()) {
        opened.desk.known_release(&args.release).await?;
    }
    let asked = opened.desk.ask_gate(&args.release, &args.to).await?;
    for left in &asked.facts.left {
        drive::note_left(app, &asked.state, left);
    }
    let decision = asked.ruling.decision();
    let view = DecisionView::from(decision).with_id(asked.id);
    app.answer(&view, |style| render::gate(decision, Some(asked.id), &app.reader(), style))?;
    Ok(ExitCode::of_decision(decision))
}

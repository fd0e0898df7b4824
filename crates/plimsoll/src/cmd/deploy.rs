//! `plimsoll deploy`: to an environment without a gate.

use plimsoll_core::ids::{EnvironmentName, ReleaseId, TargetName};
use plimsoll_core::record::Permission;
use plimsoll_engine::desk::Request;
use plimsoll_engine::tasks::Configuration;
use plimsoll_wire::{ExitCode, PlanView};

use crate::app::{App, Wants};
use crate::error::CliError;
use crate::render;

use super::drive;

/// Deploys a release to an environment without a gate, and observes that it runs.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  plimsoll deploy shop@1.1 --to staging

An environment with a gate (after:) is entered by  plimsoll promote.")]
pub struct Args {
    /// The release, SERVICE@VERSION
    release: ReleaseId,
    /// The environment
    #[arg(long, value_name = "ENVIRONMENT")]
    to: EnvironmentName,
    /// Only these targets (several: repeat it, or use commas)
    #[arg(long, value_name = "TARGET", value_delimiter = ',')]
    target: Vec<TargetName>,
    /// Show the plan and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Args {
    /// What it asks for.
    pub fn wants(&self) -> Wants {
        Wants::Of(Permission::Deploy, self.release.service.clone())
    }
}

/// Runs it.
///
/// # Errors
/// See [`CliError`].
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    let opened = app.open().await?;
    let lane = opened.desk.known_lane(&args.release.service, &args.to)?;
    let release = opened.desk.known_release(&args.release).await?;
    if release.artifacts.is_empty() {
        return Err(CliError::refused(
            format!("{} has no artifacts: nobody said what it is made of", release.id),
            format!("plimsoll release add {} PATH", release.id),
        ));
    }
    if !args.dry_run {
        drive::pick_up(app, &opened, &lane, Configuration::AsPlanned).await?;
    }
    let only = args.target.iter().cloned().collect();
    let request = Request { lane: &lane, only: &only, by: &opened.person };
    let plan = opened.desk.plan_deployment(&request, &release).await?;
    let shown = render::plan(&plan, &app.reader(), &app.style);
    if args.dry_run {
        app.answer(&PlanView::from(&plan), |_| shown)?;
        return Ok(ExitCode::Yes);
    }
    app.show_before(&shown);
    opened.desk.start(&plan, Vec::new()).await?;
    let ended = drive::drive(app, &opened, &lane).await?;
    drive::answer(app, &opened, &lane, &ended).await
}

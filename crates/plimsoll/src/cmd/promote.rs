//! `plimsoll promote`: ask the gate, show the plan, confirm, carry out.

use plimsoll_core::gate::{BreakGlass, Pass};
use plimsoll_core::ids::{EnvironmentName, ReleaseId, TargetName};
use plimsoll_core::record::Permission;
use plimsoll_engine::desk::{Asked, Request};
use plimsoll_engine::tasks::Configuration;
use plimsoll_engine::words::Typed;
use plimsoll_wire::{DecisionView, ExitCode, PlanView};

use crate::app::{App, Opened, Wants};
use crate::error::CliError;
use crate::render;

use super::{confirm::confirm, drive};

/// Asks the gate, shows the plan (which targets change, from what to what, in which waves, and the
/// way back of each), asks for the name, and carries it out: wave by wave, each checked and
/// watched; a regression goes back by itself.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plimsoll promote shop@1.1 --to production --dry-run
  plimsoll promote shop@1.1 --to production --confirm shop/production
  plimsoll promote shop@1.1.1 --to production --break-glass \"shop is down, 1.1.1 mends it\"

A promotion that is killed loses nothing: plimsoll resume goes on with it. Ctrl-C ends it and goes back.")]
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
    /// The name of what changes, SERVICE/ENVIRONMENT, where there is no terminal to ask on
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
    /// Go ahead although the gate refuses. It is written down, shown everywhere, and what is
    /// missing is asked for at the next gate
    #[arg(long, value_name = "REASON")]
    break_glass: Option<Typed>,
}

impl Args {
    /// What it asks for.
    pub fn wants(&self) -> Wants {
        Wants::Of(Permission::Release, self.release.service.clone())
    }
}

/// Runs it.
///
/// # Errors
/// See [`CliError`]; a refusal is an answer.
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    let opened = app.open().await?;
    let glass = args.break_glass.as_ref();
    let reason = glass.map(|typed| opened.desk.words("break-glass", typed)).transpose()?;
    let lane = opened.desk.known_lane(&args.release.service, &args.to)?;
    let release = opened.desk.known_release(&args.release).await?;
    if !args.dry_run
        && let Some((ended, before)) =
            drive::pick_up(app, &opened, &lane, Configuration::AsPlanned).await?
    {
        let same = before.active(&lane.environment).is_some_and(|p| p.plan.release == args.release);
        if same {
            return drive::answer(app, &opened, &lane, &ended).await;
        }
    }
    let asked = opened.desk.ask_gate(&args.release, &args.to).await?;
    let (state, facts, id) = (asked.state.clone(), asked.facts.clone(), asked.id);
    let pass = match pass(&opened, asked, reason.as_deref()) {
        Ok(pass) => pass,
        Err(refused) => return refuse(app, &refused, id),
    };
    let only = args.target.iter().cloned().collect();
    let request = Request { lane: &lane, only: &only, by: &opened.person };
    let plan = opened.desk.plan_promotion(&request, &release, (&pass, id), (&state, &facts))?;
    let shown = render::plan(&plan, &app.reader(), &app.style);
    if args.dry_run {
        app.answer(&PlanView::from(&plan), |_| shown)?;
        return Ok(ExitCode::Yes);
    }
    app.show_before(&shown);
    confirm(app, &lane, args.confirm.as_deref()).await?;
    opened.desk.start_promotion(&plan, &pass, id).await?;
    let ended = drive::drive(app, &opened, &lane).await?;
    drive::answer(app, &opened, &lane, &ended).await
}

/// What lets it through: the gate, or a person who breaks the glass.
#[expect(clippy::result_large_err, reason = "the refusal is the value that is shown")]
fn pass(
    opened: &Opened,
    asked: Asked,
    reason: Option<&str>,
) -> Result<Pass, plimsoll_core::gate::Ruling> {
    match (asked.ruling.pass(), reason) {
        (Ok(allowed), _) => Ok(allowed.into()),
        (Err(refused), None) => Err(refused),
        (Err(refused), Some(reason)) => {
            let again = refused.clone();
            BreakGlass::new(refused, reason, opened.person.clone())
                .map(Pass::from)
                .map_err(|_| again)
        }
    }
}

fn refuse(
    app: &App,
    refused: &plimsoll_core::gate::Ruling,
    id: plimsoll_core::ids::DecisionId,
) -> Result<ExitCode, CliError> {
    let decision = refused.decision();
    let view = DecisionView::from(decision).with_id(id);
    app.answer(&view, |style| render::gate(decision, Some(id), &app.reader(), style))?;
    Ok(ExitCode::of_decision(decision))
}

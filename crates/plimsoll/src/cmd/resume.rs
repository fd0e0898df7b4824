//! `plimsoll resume`: go on with what a killed command left.

use plimsoll_core::ids::LaneId;
use plimsoll_core::record::{Permission, State};
use plimsoll_core::say;
use plimsoll_wire::{ExitCode, ResumedView};

use crate::app::{App, Opened, Wants};
use crate::error::CliError;

use super::{drive, names};

/// Goes on with whatever a command that was killed left under way: looks what really runs, runs
/// nothing a second time whose effect is there, and drives it to its end.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plimsoll resume
  plimsoll resume shop/production")]
pub struct Args {
    /// Only here, SERVICE/ENVIRONMENT; everywhere when not given
    #[arg(value_name = "WHERE")]
    lane: Option<LaneId>,
}

impl Args {
    /// What it asks for.
    pub fn wants(&self) -> Wants {
        match &self.lane {
            Some(lane) => Wants::Of(Permission::Release, lane.service.clone()),
            None => Wants::All(Permission::Release),
        }
    }
}

/// Runs it. With several, the worst end gives the exit code.
///
/// # Errors
/// See [`CliError`].
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    let opened = app.open().await?;
    let mut view = ResumedView::default();
    let mut endings = Vec::new();
    let mut worst = ExitCode::Yes;
    for lane in left(&opened, args.lane.as_ref()).await? {
        if opened.desk.is_driven(&lane).await? {
            view.driven.push(lane.to_string());
            worst = worst.max(ExitCode::StillRunning);
            continue;
        }
        let ended = drive::drive(app, &opened, &lane).await?;
        let ending = drive::ending(&opened, &lane, &ended).await?;
        worst = worst.max(ending.code);
        view.promotions.push(ending.view.clone());
        endings.push(ending);
    }
    view.resumed = endings.len();
    app.answer(&view, |style| {
        let mut text: String = endings.iter().map(|ending| ending.text(style)).collect();
        for lane in &view.driven {
            let words = format!("Running: {lane} is driven by another process that is alive.");
            text.push_str(&style.answer(say::mark(State::Running), &words));
        }
        if text.is_empty() {
            text = style.answer(say::mark(State::Satisfied), "Nothing was left under way.");
        }
        if endings.is_empty() {
            text.push_str(&style.next("plimsoll status"));
        }
        text
    })?;
    Ok(worst)
}

async fn left(opened: &Opened, only: Option<&LaneId>) -> Result<Vec<LaneId>, CliError> {
    if let Some(lane) = only {
        opened.desk.known_environment(&lane.service, Some(&lane.environment))?;
        let state = opened.desk.load(&lane.service).await?;
        return match state.active(&lane.environment) {
            Some(_) => Ok(vec![lane.clone()]),
            None => Err(names::nothing_under_way(lane)),
        };
    }
    let mut found = Vec::new();
    for service in opened.desk.catalog().services.values() {
        let state = opened.desk.load(&service.name).await?;
        // As the ledger has them: what was left in an environment that is not in the configuration
        // any more must not be passed over.
        for (environment, lane) in &state.lanes {
            if lane.active.is_some() {
                found.push(service.lane(environment));
            }
        }
    }
    Ok(found)
}

//! `plimsoll resume`: go on with what a killed command left.

use plimsoll_core::ids::LaneId;
use plimsoll_core::record::State;
use plimsoll_core::say;
use plimsoll_wire::ExitCode;

use crate::app::{App, Opened};
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

/// Runs it. With several, the worst end gives the exit code.
///
/// # Errors
/// See [`CliError`].
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    let opened = app.open().await?;
    let mut worst = None;
    for lane in left(&opened, args.lane.as_ref()).await? {
        if opened.desk.is_driven(&lane).await? {
            app.note(&format!("  {lane} is driven by another process that is alive"));
            worst = worst.max(Some(ExitCode::StillRunning));
            continue;
        }
        let ended = drive::drive(app, &opened, &lane).await?;
        worst = worst.max(Some(drive::answer(app, &opened, &lane, &ended).await?));
    }
    match worst {
        Some(code) => Ok(code),
        None => {
            let view = serde_json::json!({ "resumed": 0 });
            app.answer(&view, |style| {
                style.answer(say::mark(State::Satisfied), "Nothing was left under way.")
            })?;
            Ok(ExitCode::Yes)
        }
    }
}

async fn left(opened: &Opened, only: Option<&LaneId>) -> Result<Vec<LaneId>, CliError> {
    if let Some(lane) = only {
        names::known_lane(opened, lane)?;
        let state = opened.desk.load(&lane.service).await?;
        return match state.active(&lane.environment) {
            Some(_) => Ok(vec![lane.clone()]),
            None => Err(names::nothing_under_way(lane)),
        };
    }
    let mut found = Vec::new();
    for service in opened.desk.catalog().services.values() {
        let state = opened.desk.load(&service.name).await?;
        for environment in &service.environments {
            if state.active(&environment.name).is_some() {
                found.push(service.lane(&environment.name));
            }
        }
    }
    Ok(found)
}

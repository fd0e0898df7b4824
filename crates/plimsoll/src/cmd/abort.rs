//! `plimsoll abort`: end a promotion that is under way, and go back.

use std::time::Duration;

use plimsoll_core::ids::{LaneId, PromotionId};
use plimsoll_core::record::Permission;
use plimsoll_core::units::Period;
use plimsoll_engine::tasks::{Configuration, Ended};
use plimsoll_engine::words::Typed;
use plimsoll_wire::ExitCode;

use crate::app::{App, Opened, Wants};
use crate::error::CliError;

use super::{drive, rollback};

/// Asks the promotion that is under way to end: what is being deployed is finished, then every
/// target that was moved goes back. Waits for it; goes on with it itself if nobody else does,
/// under the configuration as it is now.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  plimsoll abort shop/production --reason \"search is slow\"

Exit codes: 0 it ended and everything is back, 21 a person has to go on, 10 nothing was under way.")]
pub struct Args {
    /// SERVICE/ENVIRONMENT
    #[arg(value_name = "WHERE")]
    lane: LaneId,
    /// Why
    #[arg(long, value_name = "WHY")]
    reason: Typed,
}

impl Args {
    /// What it asks for.
    pub fn wants(&self) -> Wants {
        Wants::Of(Permission::Release, self.lane.service.clone())
    }
}

/// Runs it.
///
/// # Errors
/// See [`CliError`].
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    let opened = app.open().await?;
    let reason = opened.desk.words("reason", &args.reason)?;
    opened.desk.known_environment(&args.lane.service, Some(&args.lane.environment))?;
    let id = opened.desk.abort(&args.lane, &opened.person, &reason).await?;
    app.note(&format!("  {id} was asked to end"));
    let ended = wait_for_end(app, &opened, &args.lane, id).await?;
    match rollback::reached(&ended.end) {
        Some(code) => drive::answer_asked(app, &opened, &args.lane, &ended, code).await,
        None => drive::answer(app, &opened, &args.lane, &ended).await,
    }
}

/// Waits until a promotion has ended; drives it when its driver is gone. Whoever asked for its end
/// wants that now, whatever the configuration was when it began.
pub(super) async fn wait_for_end(
    app: &App,
    opened: &Opened,
    lane: &LaneId,
    id: PromotionId,
) -> Result<Ended, CliError> {
    loop {
        if let Some(finished) = drive::finished(opened, lane, id).await? {
            let took = Period::between(finished.started_at, finished.finished_at);
            return Ok(Ended { promotion: id, end: finished.end, took });
        }
        if !opened.desk.is_driven(lane).await? {
            return drive::drive_under(app, opened, lane, Configuration::AsItIsNow).await;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

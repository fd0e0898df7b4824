//! `plimsoll rollback`: to what was last verified good; or a rehearsal of it.

use plimsoll_core::event::PromotionEnd;
use plimsoll_core::ids::{LaneId, TargetName, Version};
use plimsoll_core::record::{Permission, PlanKind};
use plimsoll_engine::desk::Request;
use plimsoll_engine::tasks::{Configuration, Ended};
use plimsoll_engine::words::Typed;
use plimsoll_wire::{ExitCode, PlanView};

use crate::app::{App, Opened, Wants};
use crate::error::CliError;
use crate::render;

use super::{confirm::confirm, drive, names};

/// Takes targets back to the last version that was verified good on each, and checks them. The
/// gate stays as it is, and no freeze or hold stops it. A promotion that is under way is ended
/// first, by going back itself, under the configuration as it is now.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plimsoll rollback shop/production
  plimsoll rollback shop/production/nl-vm --to 1.0.3 --reason \"search is slow\"
  plimsoll rollback shop/staging --rehearse     goes back and forward again, and remembers that it works")]
pub struct Args {
    /// SERVICE/ENVIRONMENT, or SERVICE/ENVIRONMENT/TARGET
    #[arg(value_name = "WHERE", value_parser = names::lane_or_target)]
    place: (LaneId, Option<TargetName>),
    /// To this version instead; it must have been verified good there
    #[arg(long, value_name = "VERSION")]
    to: Option<Version>,
    /// Why
    #[arg(long, value_name = "WHY", default_value = "asked for by a person")]
    reason: Typed,
    /// Only try it: back and forward again, on an environment without a gate
    #[arg(long, conflicts_with_all = ["to", "confirm"])]
    rehearse: bool,
    /// Show the plan and change nothing
    #[arg(long)]
    dry_run: bool,
    /// The name of what changes, SERVICE/ENVIRONMENT, where there is no terminal to ask on
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
}

impl Args {
    /// What it asks for.
    pub fn wants(&self) -> Wants {
        let permission = if self.rehearse { Permission::Deploy } else { Permission::Release };
        Wants::Of(permission, self.place.0.service.clone())
    }
}

/// Runs it.
///
/// # Errors
/// See [`CliError`].
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    let opened = app.open().await?;
    let reason = opened.desk.words("reason", &args.reason)?;
    let (lane, target) = args.place;
    opened.desk.known_environment(&lane.service, Some(&lane.environment))?;
    let only = target.into_iter().collect();
    let request = Request { lane: &lane, only: &only, by: &opened.person };
    if !args.dry_run
        && !args.rehearse
        && let Some((ended, code)) =
            end_what_is_under_way(app, &opened, &lane, args.confirm.as_deref(), &reason).await?
        && args.to.is_none()
        && let Some(code) = code
    {
        return drive::answer_asked(app, &opened, &lane, &ended, code).await;
    }
    if args.rehearse && !args.dry_run {
        drive::pick_up(app, &opened, &lane, Configuration::AsPlanned).await?;
    }
    let plan = if args.rehearse {
        opened.desk.plan_rehearsal(&request).await?
    } else {
        opened.desk.plan_rollback(&request, args.to.as_ref(), &reason).await?
    };
    let shown = render::plan(&plan, &app.reader(), &app.style);
    if args.dry_run {
        app.answer(&PlanView::from(&plan), |_| shown)?;
        return Ok(ExitCode::Yes);
    }
    app.show_before(&shown);
    if !args.rehearse {
        confirm(app, &lane, args.confirm.as_deref()).await?;
    }
    opened.desk.start(&plan, Vec::new()).await?;
    let ended = drive::drive(app, &opened, &lane).await?;
    drive::answer(app, &opened, &lane, &ended).await
}

/// What the end of that which was under way means to who asked for the way back: targets that went
/// back, or were never moved, are what was asked for. Nothing when it came through before it could
/// be ended: then there is a way back to go.
pub(super) fn reached(end: &PromotionEnd) -> Option<ExitCode> {
    match end {
        PromotionEnd::RolledBack { .. } | PromotionEnd::Withdrawn { .. } => Some(ExitCode::Yes),
        PromotionEnd::NeedsPerson { .. } => Some(ExitCode::NeedsPerson),
        PromotionEnd::VerifiedGood | PromotionEnd::Deployed | PromotionEnd::Rehearsed => None,
    }
}

/// A promotion that is under way goes back by itself when it is asked to end; that is then the
/// rollback. A rollback that a killed command left is finished, not ended. Gives how it ended, and
/// the exit code where that is what was asked for.
async fn end_what_is_under_way(
    app: &App,
    opened: &Opened,
    lane: &LaneId,
    confirmed: Option<&str>,
    reason: &str,
) -> Result<Option<(Ended, Option<ExitCode>)>, CliError> {
    let state = opened.desk.load(&lane.service).await?;
    let Some(active) = state.active(&lane.environment) else { return Ok(None) };
    let id = active.id;
    if let PlanKind::Rollback { .. } = active.plan.kind {
        confirm(app, lane, confirmed).await?;
        return Ok(drive::pick_up(app, opened, lane, Configuration::AsItIsNow)
            .await?
            .map(|(ended, _)| (ended.clone(), Some(ExitCode::of_end(&ended.end)))));
    }
    app.note(&format!(
        "  {id} ({}) is under way on {lane}; it is ended, and goes back",
        active.plan.release
    ));
    confirm(app, lane, confirmed).await?;
    opened.desk.abort(lane, &opened.person, reason).await?;
    let ended = super::abort::wait_for_end(app, opened, lane, id).await?;
    let code = reached(&ended.end);
    Ok(Some((ended, code)))
}

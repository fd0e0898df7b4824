//! `plimsoll follow-up`: what break-glasses left open.

use plimsoll_core::event::EventKind;
use plimsoll_core::ids::{DecisionId, ServiceName};
use plimsoll_core::record::{FollowUp, FollowUpId, State};
use plimsoll_core::say;
use plimsoll_engine::desk::DeskError;
use plimsoll_wire::ExitCode;

use crate::app::App;
use crate::error::CliError;

use super::names;

/// Lists what break-glasses left open, or closes one with a reason. Missing checks close by
/// themselves once they have passed for the release that went ahead.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plimsoll follow-up shop
  plimsoll follow-up shop --close g-118.2 --reason \"the labs were told\"")]
pub struct Args {
    /// The service
    service: ServiceName,
    /// Close this one; `all` closes all that are open
    #[arg(long, value_name = "ID", requires = "reason")]
    close: Option<String>,
    /// Why it may be closed
    #[arg(long, value_name = "WHY")]
    reason: Option<String>,
}

/// Runs it.
///
/// # Errors
/// See [`CliError`].
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    let opened = app.open().await?;
    opened.desk.service(&args.service)?;
    let state = opened.desk.load(&args.service).await?;
    if let (Some(close), Some(reason)) = (&args.close, &args.reason) {
        let reason = names::reason("--reason", reason)?;
        let ids: Vec<FollowUpId> = match close.as_str() {
            "all" => state.follow_ups.iter().map(|open| open.id).collect(),
            one => vec![id(one)?],
        };
        for id in ids {
            let kind = EventKind::FollowUpClosed { id, reason: reason.clone() };
            opened
                .desk
                .say(&args.service, &opened.person, |state| {
                    if !state.follow_ups.iter().any(|open| open.id == id) {
                        return Err(DeskError::Refused(format!("{} is not open", name(id))));
                    }
                    Ok(kind.clone())
                })
                .await?;
        }
    }
    let state = opened.desk.load(&args.service).await?;
    app.answer(&state.follow_ups, |style| {
        let open = &state.follow_ups;
        let (state, sentence) = match open.len() {
            0 => (State::Satisfied, format!("Nothing of {} is left open.", args.service)),
            n => (
                State::Unmet,
                format!("{n} {} of {} left open.", say::plural(n, "follow-up"), args.service),
            ),
        };
        let mut text = style.answer(say::mark(state), &sentence);
        for follow_up in open {
            text.push_str(&style.text(&line(follow_up)));
            text.push('\n');
        }
        text
    })?;
    Ok(ExitCode::Yes)
}

fn name(id: FollowUpId) -> String {
    format!("{}.{}", id.decision, id.index)
}

fn line(open: &FollowUp) -> String {
    let check = open.check.as_ref().map(|check| format!(" {check}")).unwrap_or_default();
    let target = open.target.as_ref().map(|target| format!(" on {target}")).unwrap_or_default();
    format!("  {:10} {}  {}{check}{target}", name(open.id), open.release, open.rule)
}

fn id(text: &str) -> Result<FollowUpId, CliError> {
    let parsed = text.rsplit_once('.').and_then(|(decision, index)| {
        Some(FollowUpId {
            decision: decision.parse::<DecisionId>().ok()?,
            index: index.parse().ok()?,
        })
    });
    parsed.ok_or_else(|| {
        CliError::usage(
            format!("`{text}` is no follow-up"),
            "plimsoll follow-up SERVICE lists them: g-118.2",
        )
    })
}

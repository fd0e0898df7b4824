//! `plimsoll follow-up`: what break-glasses left open.

use plimsoll_core::gate;
use plimsoll_core::ids::ServiceName;
use plimsoll_core::record::{FollowUp, FollowUpId, FollowUpIdError, Permission, State};
use plimsoll_core::say;
use plimsoll_engine::words::Typed;
use plimsoll_wire::{ExitCode, FollowUpView, FollowUpsView, MootFollowUpView};

use crate::app::{App, Wants};
use crate::error::CliError;

/// Lists what break-glasses left open, or closes one with a reason. A missing check
/// closes by itself once it has passed for the release that went ahead: where it was missing, or by
/// a `plimsoll verify` of the targets that this stands for. What is moot, because that release is
/// gone from every target, is listed and asks for nothing.
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
    reason: Option<Typed>,
}

impl Args {
    /// What it asks for.
    pub fn wants(&self) -> Wants {
        let permission = match self.close {
            Some(_) => Permission::Release,
            None => Permission::Read,
        };
        Wants::Of(permission, self.service.clone())
    }
}

/// Runs it.
///
/// # Errors
/// See [`CliError`].
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    let opened = match &args.close {
        Some(_) => app.open().await?,
        None => app.open_to_read().await?,
    };
    let service = opened.desk.service(&args.service)?;
    let state = opened.desk.load(&args.service).await?;
    let mut closed = Vec::new();
    if let (Some(close), Some(reason)) = (&args.close, &args.reason) {
        let ids: Vec<FollowUpId> = match close.as_str() {
            "all" => state.follow_ups.iter().map(|open| open.id).collect(),
            one => vec![id(one)?],
        };
        for id in ids {
            opened.desk.close_follow_up(&args.service, id, reason, &opened.person).await?;
            closed.push(id.to_string());
        }
    }
    let present = opened.desk.load(&args.service).await?;
    let view = FollowUpsView {
        service: args.service.to_string(),
        open: present.follow_ups.iter().map(FollowUpView::from).collect(),
        moot: present.moot.iter().map(MootFollowUpView::from).collect(),
        closed,
    };
    app.answer(&view, |style| {
        let open = &present.follow_ups;
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
            let places = gate::verify_on(service, &present, follow_up);
            if let Some(command) = say::make_up(follow_up, &places) {
                text.push_str(&style.text(&format!("             {command}")));
                text.push('\n');
            }
        }
        for moot in &present.moot {
            text.push_str(&style.text(&line(&moot.what)));
            text.push('\n');
            let (when, reason) = (app.reader().day(moot.at), say::shorten(&moot.reason, 120));
            text.push_str(&style.text(&format!("             moot since {when}: {reason}")));
            text.push('\n');
        }
        let next = match open.as_slice() {
            [] => format!("plimsoll status {}", args.service),
            [one] => {
                format!("plimsoll follow-up {} --close {} --reason WHY", args.service, one.id)
            }
            _ => format!("plimsoll follow-up {} --close all --reason WHY", args.service),
        };
        text.push_str(&style.next(&next));
        text
    })?;
    Ok(ExitCode::Yes)
}

fn line(open: &FollowUp) -> String {
    let check = open.check.as_ref().map(|check| format!(" {check}")).unwrap_or_default();
    let target = open.target.as_ref().map(|target| format!(" on {target}")).unwrap_or_default();
    let site = open.site.as_ref().map(|site| format!(" of site {site}")).unwrap_or_default();
    format!("  {:10} {}  {}{check}{target}{site}", open.id.to_string(), open.release, open.rule)
}

fn id(text: &str) -> Result<FollowUpId, CliError> {
    text.parse().map_err(|error: FollowUpIdError| {
        CliError::usage(error.to_string(), "plimsoll follow-up SERVICE lists them: g-118.2")
    })
}

//! `plimsoll history`: what happened.

use plimsoll_core::Timestamp;
use plimsoll_core::event::Event;
use plimsoll_core::ids::{Seq, ServiceName};
use plimsoll_core::say::{self, Reader};
use plimsoll_engine::desk::DeskError;
use plimsoll_engine::ports::HistoryFilter;
use plimsoll_wire::{EventView, ExitCode, HistoryView};

use crate::app::App;
use crate::error::CliError;
use crate::render;

/// Tells what happened, newest first: releases, decisions, promotions, what people said.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plimsoll history
  plimsoll history shop --since 7d
  plimsoll history --all --before 1200")]
pub struct Args {
    /// Only of this service
    #[arg(value_name = "SERVICE")]
    service: Option<ServiceName>,
    /// Only since then: today, 7d, 2026-11-01
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Only before this event (its number)
    #[arg(long, value_name = "N")]
    before: Option<u64>,
    /// How many lines at most
    #[arg(long, value_name = "N", default_value_t = 40)]
    limit: u32,
    /// Every event, also the small steps
    #[arg(long)]
    all: bool,
}

/// Events read for one line that is shown: results of checks are many, and are not lines.
const PAGE: u32 = 1_000;

/// Runs it.
///
/// # Errors
/// See [`CliError`].
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    let reader = app.reader();
    let since = args.since.as_deref().map(|text| since(text, &reader)).transpose()?;
    let opened = app.open().await?;
    if let Some(service) = &args.service {
        opened.desk.service(service)?;
    }
    let mut filter = HistoryFilter {
        service: args.service.clone(),
        before: args.before.map(Seq),
        kinds: Vec::new(),
    };
    let mut shown: Vec<Event> = Vec::new();
    'pages: loop {
        let page = opened.store.recent(&filter, PAGE).await.map_err(DeskError::from)?;
        let Some(last) = page.last() else { break };
        filter.before = Some(last.seq);
        for event in page {
            if since.is_some_and(|since| event.at < since) || shown.len() >= args.limit as usize {
                break 'pages;
            }
            if args.all || say::event(&event, &reader).weight != say::Weight::Detail {
                shown.push(event);
            }
        }
    }
    let view =
        HistoryView { events: shown.iter().map(EventView::from).collect(), verified_to: None };
    app.answer(&view, |style| render::history(&shown, args.all, None, &reader, style))?;
    Ok(ExitCode::Yes)
}

fn since(text: &str, reader: &Reader) -> Result<Timestamp, CliError> {
    let midnight = || {
        let today = reader.now.to_zoned(reader.zone.clone()).date();
        Some(today.to_zoned(reader.zone.clone()).ok()?.timestamp())
    };
    let moment = match text {
        "today" => midnight(),
        _ => match text.parse::<plimsoll_core::units::Period>() {
            Ok(period) => Some(period.before(reader.now)),
            Err(_) => crate::app::moment(text, reader),
        },
    };
    moment.ok_or_else(|| {
        CliError::usage(
            format!("--since: `{text}` is no moment"),
            "--since today, --since 7d, --since 2026-11-01",
        )
    })
}

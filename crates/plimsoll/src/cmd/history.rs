//! `plimsoll history`: what happened.

use plimsoll_core::Timestamp;
use plimsoll_core::event::Event;
use plimsoll_core::ids::{Seq, ServiceName};
use plimsoll_core::record::Permission;
use plimsoll_core::say::Reader;
use plimsoll_engine::desk::HistoryQuestion;
use plimsoll_wire::{ExitCode, HistoryView};

use crate::app::{App, Wants};
use crate::error::CliError;
use crate::render;

/// Tells what happened, newest first: releases, verifications, decisions, promotions, what people
/// said. The last line says how to see older ones.
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
    /// How many lines at most, also with --format json (`truncated` and `next` say so there)
    #[arg(long, value_name = "N", default_value_t = 40)]
    limit: u32,
    /// Every event, also the small steps and each result of a check
    #[arg(long)]
    all: bool,
}

impl Args {
    /// What it asks for.
    pub fn wants(&self) -> Wants {
        match &self.service {
            Some(service) => Wants::Of(Permission::Read, service.clone()),
            None => Wants::All(Permission::Read),
        }
    }
}

/// Runs it.
///
/// # Errors
/// See [`CliError`].
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    let reader = app.reader();
    let opened = app.open_to_read().await?;
    let since = args.since.as_deref().map(|text| since(text, &reader)).transpose()?;
    if let Some(service) = &args.service {
        opened.desk.service(service)?;
    }
    let asked = HistoryQuestion {
        service: args.service.clone(),
        since,
        before: args.before.map(Seq),
        limit: args.limit as usize,
        all: args.all,
    };
    let sees = |event: &Event| event.stream.is_seen_by(&opened.scope);
    let (told, next) = opened.desk.told(&asked, &reader, sees).await?;
    let older = next.map(|next| older(&args, next));
    app.answer(&HistoryView::of(&told, next.map(|seq| seq.0)), |style| {
        render::history(&told, older.as_deref(), &reader, style)
    })?;
    Ok(ExitCode::Yes)
}

/// The command that goes on where this one stopped.
fn older(args: &Args, next: Seq) -> String {
    let service = args.service.as_ref().map(|service| format!(" {service}")).unwrap_or_default();
    let all = if args.all { " --all" } else { "" };
    format!("plimsoll history{service}{all} --before {next}")
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

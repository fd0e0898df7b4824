//! `plimsoll history`: what happened.

use std::collections::BTreeSet;

use plimsoll_core::Timestamp;
use plimsoll_core::ids::{Seq, ServiceName};
use plimsoll_core::record::Permission;
use plimsoll_core::say::{Reader, Story};
use plimsoll_engine::desk::DeskError;
use plimsoll_engine::ports::HistoryFilter;
use plimsoll_wire::{ExitCode, HistoryView};

use crate::app::{App, Opened, Wants};
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

/// Events read at once: results of checks are many, and a verification is one line.
const PAGE: u32 = 1_000;

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
    let filter = HistoryFilter {
        service: args.service.clone(),
        before: args.before.map(Seq),
        kinds: Vec::new(),
    };
    let mut story = Story::new(&reader, args.all);
    if args.before.is_some() {
        story = story.without_the_newest(under_way(&opened).await?);
    }
    let next = read(&opened, filter, since, args.limit, &mut story).await?;
    let told = story.into_told();
    let older = next.map(|next| older(&args, next));
    app.answer(&HistoryView::of(&told, next.map(|seq| seq.0)), |style| {
        render::history(&told, older.as_deref(), &reader, style)
    })?;
    Ok(ExitCode::Yes)
}

/// Reads until there are `limit` lines and each is whole. Gives the last event that is told, if
/// there are older ones that were not asked about.
async fn read(
    opened: &Opened,
    mut filter: HistoryFilter,
    since: Option<Timestamp>,
    limit: u32,
    story: &mut Story<'_>,
) -> Result<Option<Seq>, CliError> {
    let limit = limit as usize;
    let mut full = limit == 0;
    let mut last = filter.before;
    let mut more = None;
    loop {
        let page = opened.store.recent(&filter, PAGE).await.map_err(DeskError::from)?;
        let Some(end) = page.last() else { return Ok(more) };
        filter.before = Some(end.seq);
        for event in page {
            if !full && since.is_some_and(|since| event.at < since) {
                full = true;
            } else if !full && story.len() >= limit {
                full = true;
                more = last;
            }
            match full {
                true if story.is_complete() => return Ok(more),
                true => story.complete(&event),
                false => {
                    last = Some(event.seq);
                    story.push(event);
                }
            }
        }
    }
}

/// The verifications that have not ended.
async fn under_way(opened: &Opened) -> Result<BTreeSet<Seq>, CliError> {
    let mut found = BTreeSet::new();
    for service in opened.desk.catalog().services.keys() {
        let state = opened.desk.load(service).await?;
        let verifying = state.lanes.values().flat_map(|lane| &lane.verifying);
        found.extend(verifying.map(|one| one.started));
    }
    Ok(found)
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

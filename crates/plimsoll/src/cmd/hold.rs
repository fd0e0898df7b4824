//! `plimsoll hold`: hold a service where it is, or let go.

use plimsoll_core::ids::{EnvironmentName, Seq, ServiceName};
use plimsoll_core::record::{Permission, State};
use plimsoll_core::say;
use plimsoll_engine::words::Typed;
use plimsoll_wire::{ExitCode, SaidView};

use crate::app::{App, Wants};
use crate::error::CliError;

/// Holds a service where it is until somebody lets go, or lets go. It never stops a way back.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plimsoll hold shop --reason \"we look at the search first\"
  plimsoll hold shop --release 92 --reason \"search is well\"")]
pub struct Args {
    /// The service
    service: ServiceName,
    /// Only in this environment
    #[arg(long, value_name = "ENVIRONMENT")]
    on: Option<EnvironmentName>,
    /// Why
    #[arg(long, value_name = "WHY")]
    reason: Typed,
    /// Let go the hold of this event instead; 0 lets all go
    #[arg(long, value_name = "EVENT", conflicts_with = "on")]
    release: Option<u64>,
}

impl Args {
    /// What it asks for.
    pub fn wants(&self) -> Wants {
        Wants::Of(Permission::Release, self.service.clone())
    }
}

/// Runs it.
///
/// # Errors
/// See [`CliError`].
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    let opened = app.open().await?;
    let (service, by) = (&args.service, &opened.person);
    let events = match args.release {
        None => vec![opened.desk.hold(service, args.on.as_ref(), &args.reason, by).await?],
        Some(0) => opened.desk.let_go(service, None, &args.reason, by).await?,
        Some(seq) => opened.desk.let_go(service, Some(Seq(seq)), &args.reason, by).await?,
    };
    let sentence = match args.release {
        None => format!("Held: {}, until somebody lets go. The way back stays open.", args.service),
        Some(_) => format!("Let go: {}.", args.service),
    };
    app.answer(&SaidView::of(&events, &sentence), |style| {
        let mut text = style.answer(say::mark(State::Satisfied), &sentence);
        if let (None, Some(event)) = (args.release, events.first()) {
            let (service, seq) = (&args.service, event.seq);
            let next = format!("plimsoll hold {service} --release {seq} --reason WHY     lets go");
            text.push_str(&style.next(&next));
        } else {
            text.push_str(&style.next(&format!("plimsoll status {}", args.service)));
        }
        text
    })?;
    Ok(ExitCode::Yes)
}

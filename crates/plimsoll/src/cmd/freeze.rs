//! `plimsoll freeze`: outside the configuration's windows.

use plimsoll_core::ids::{EnvironmentName, Seq, ServiceName};
use plimsoll_core::record::{Permission, State};
use plimsoll_core::say;
use plimsoll_engine::desk::people::Freeze;
use plimsoll_engine::words::Typed;
use plimsoll_wire::{ExitCode, SaidView};

use crate::app::{App, Wants, moment, until};
use crate::error::CliError;

/// Declares a freeze outside the configuration's windows, or lifts one. It never stops a way back.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plimsoll freeze shop --until 2h --reason \"the data centre is being moved\"
  plimsoll freeze shop --to production --from 2026-12-20 --until 2027-01-06 --reason holidays
  plimsoll freeze shop --lift 311 --reason \"it is over\"")]
pub struct Args {
    /// The service
    service: ServiceName,
    /// Only this environment
    #[arg(long, value_name = "ENVIRONMENT")]
    to: Option<EnvironmentName>,
    /// From when [default: now]
    #[arg(long, value_name = "BEGINNING")]
    from: Option<String>,
    /// Until when: 2h, 2026-12-31
    #[arg(long, value_name = "END", required_unless_present = "lift")]
    until: Option<String>,
    /// Why
    #[arg(long, value_name = "WHY")]
    reason: Typed,
    /// Lift the freeze of this event instead
    #[arg(long, value_name = "EVENT", conflicts_with_all = ["from", "until", "to"])]
    lift: Option<u64>,
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
    let reader = app.reader();
    let end = args.until.as_deref().map(|text| until("--until", text, &reader)).transpose()?;
    let from = args.from.as_deref().map(|text| from(text, &reader)).transpose()?;
    let by = &opened.person;
    let (event, sentence) = match (args.lift, end) {
        (Some(seq), _) => {
            let event = opened.desk.lift(&args.service, Seq(seq), &args.reason, by).await?;
            (event, format!("Lifted: freeze {seq}."))
        }
        (None, Some(until)) => {
            let (service, environment) = (args.service.clone(), args.to);
            let asked = Freeze { service, environment, from, until, reason: args.reason };
            let end = reader.whole(until);
            let sentence =
                format!("Frozen: {} until {end}. The way back stays open.", args.service);
            (opened.desk.freeze(&asked, by).await?, sentence)
        }
        (None, None) => return Err(CliError::usage("--until is needed", "plimsoll freeze --help")),
    };
    app.answer(&SaidView::of(std::slice::from_ref(&event), &sentence), |style| {
        let mut text = style.answer(say::mark(State::Satisfied), &sentence);
        if args.lift.is_none() {
            let lift = format!(
                "plimsoll freeze {} --lift {} --reason WHY     ends it early",
                args.service, event.seq
            );
            text.push_str(&style.next(&lift));
        } else {
            text.push_str(&style.next(&format!("plimsoll status {}", args.service)));
        }
        text
    })?;
    Ok(ExitCode::Yes)
}

fn from(text: &str, reader: &say::Reader) -> Result<plimsoll_core::Timestamp, CliError> {
    moment(text, reader).ok_or_else(|| {
        CliError::usage(format!("--from: `{text}` is no moment"), "--from 2026-12-20")
    })
}

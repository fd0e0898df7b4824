//! `plimsoll known-failure`: put a failure off.

use plimsoll_core::event::EventKind;
use plimsoll_core::ids::{CheckName, Seq, ServiceName, TargetId, TargetName, Version};
use plimsoll_core::record::{Permission, State};
use plimsoll_core::say;
use plimsoll_engine::desk::people::PutOff;
use plimsoll_engine::words::Typed;
use plimsoll_wire::{ExitCode, SaidView};

use crate::app::{App, Wants, until};
use crate::error::CliError;

/// Puts a failure off: by check, test and signature, with a ticket and an end. Another failure of
/// the same test has another signature and still shows.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plimsoll known-failure shop --check suite --test map.tiles --from shop/staging/nl-vm --ticket '#4312' --until 30d
      takes the signature from the last run of that check there
  plimsoll known-failure shop --check home --look 1.4 --ticket 'DESIGN-7, the new header' --until 30d
      says that the release looks otherwise on purpose: look first, with  plimsoll show shop@1.4 --pictures DIR
  plimsoll known-failure shop --withdraw 203 --reason \"mended in 1.2\"")]
pub struct Args {
    /// The service
    service: ServiceName,
    /// The check
    #[arg(long, value_name = "CHECK", required_unless_present = "withdraw")]
    check: Option<CheckName>,
    /// The single test, as the check names it, in quotes where a shell needs them; when not given, the
    /// only one that failed (with --from), else the check itself
    #[arg(long, value_name = "TEST")]
    test: Option<Typed>,
    /// Take the signature from the last run there, SERVICE/ENVIRONMENT/TARGET
    #[arg(long, value_name = "TARGET", conflicts_with = "signature")]
    from: Option<TargetId>,
    /// The signature, where there is no run to take it from
    #[arg(long, value_name = "TEXT")]
    signature: Option<Typed>,
    /// Not one failure, but whatever the pictures of this release say: its look is meant. What style
    /// sheets lost, what is missing and what shows nothing still fails
    #[arg(long, value_name = "VERSION", conflicts_with_all = ["test", "from", "signature"])]
    look: Option<Version>,
    /// Only on these targets
    #[arg(long, value_name = "TARGET", value_delimiter = ',')]
    target: Vec<TargetName>,
    /// Where it is worked on
    #[arg(long, value_name = "TICKET", required_unless_present = "withdraw")]
    ticket: Option<Typed>,
    /// Until when: 30d, 2026-12-31
    #[arg(long, value_name = "END", required_unless_present = "withdraw")]
    until: Option<String>,
    /// Take back the known failure of this event instead
    #[arg(long, value_name = "EVENT")]
    withdraw: Option<u64>,
    /// Why it is taken back
    #[arg(long, value_name = "WHY", default_value = "no longer needed")]
    reason: Typed,
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
    let (by, service) = (&opened.person, &args.service);
    let event = match (args.withdraw, args.check, args.ticket, end) {
        (Some(seq), ..) => {
            opened.desk.withdraw_known_failure(service, Seq(seq), &args.reason, by).await?
        }
        (None, Some(check), Some(ticket), Some(until)) => {
            let asked = PutOff {
                service: service.clone(),
                check,
                test: args.test,
                from: args.from,
                signature: args.signature,
                look: args.look,
                targets: args.target,
                ticket,
                until,
            };
            opened.desk.put_off(&asked, by).await?
        }
        (None, ..) => {
            return Err(CliError::usage(
                "--check, --ticket and --until are needed",
                "plimsoll known-failure --help",
            ));
        }
    };
    let sentence = say::said_of(service, &event.kind, &reader);
    let next = match &event.kind {
        EventKind::KnownFailureRecorded { .. } => format!(
            "plimsoll known-failure {} --withdraw {} --reason WHY     takes it back",
            args.service, event.seq
        ),
        _ => format!("plimsoll status {}", args.service),
    };
    app.answer(&SaidView::of(std::slice::from_ref(&event), &sentence), |style| {
        let mark = say::mark(State::KnownFailure);
        format!("{}{}", style.answer(mark, &sentence), style.next(&next))
    })?;
    Ok(ExitCode::Yes)
}

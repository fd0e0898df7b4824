//! `plimsoll known-failure`: put a failure off.

use plimsoll_core::event::EventKind;
use plimsoll_core::ids::{CheckName, Seq, ServiceName, TargetId, TargetName};
use plimsoll_core::ledger::ServiceState;
use plimsoll_core::record::{KnownFailure, State};
use plimsoll_core::say;
use plimsoll_engine::desk::DeskError;
use plimsoll_wire::{ExitCode, SaidView};

use crate::app::{App, Opened, Typed, until};
use crate::error::CliError;

/// Puts a failure off: by check, test and signature, with a ticket and an end. Another failure of
/// the same test has another signature and still shows.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plimsoll known-failure shop --check suite --test map.tiles --from shop/staging/nl-vm --ticket '#4312' --until 30d
      takes the signature from the last run of that check there
  plimsoll known-failure shop --withdraw 203 --reason \"mended in 1.2\"")]
pub struct Args {
    /// The service
    service: ServiceName,
    /// The check
    #[arg(long, value_name = "CHECK", required_unless_present = "withdraw")]
    check: Option<CheckName>,
    /// The single test, as the check names it; the check itself when not given
    #[arg(long, value_name = "TEST")]
    test: Option<Typed>,
    /// Take the signature from the last run there, SERVICE/ENVIRONMENT/TARGET
    #[arg(long, value_name = "TARGET", conflicts_with = "signature")]
    from: Option<TargetId>,
    /// The signature, where there is no run to take it from
    #[arg(long, value_name = "TEXT")]
    signature: Option<Typed>,
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

/// Runs it.
///
/// # Errors
/// See [`CliError`].
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    let opened = app.open().await?;
    let reader = app.reader();
    let end = args.until.as_deref().map(|text| until("--until", text, &reader)).transpose()?;
    let test = args.test.as_ref().map(|test| opened.words("--test", test)).transpose()?;
    let service = opened.desk.service(&args.service)?;
    let kind = match (args.withdraw, &args.check, &args.ticket, end) {
        (Some(seq), ..) => {
            let reason = opened.words("--reason", &args.reason)?;
            EventKind::KnownFailureWithdrawn { known_failure: Seq(seq), reason }
        }
        (None, Some(check), Some(ticket), Some(until)) => {
            if !service.checks.contains_key(check) {
                let known: Vec<_> = service.checks.keys().map(ToString::to_string).collect();
                return Err(CliError::usage(
                    format!("{} has no check `{check}`", args.service),
                    format!("it has: {}", known.join(", ")),
                ));
            }
            let known_failure = KnownFailure {
                check: check.clone(),
                signature: signature(&opened, &args, check, test.as_deref()).await?,
                test,
                targets: args.target.clone(),
                ticket: opened.words("--ticket", ticket)?,
                by: opened.person.clone(),
                at: opened.desk.now(),
                until,
            };
            EventKind::KnownFailureRecorded { known_failure }
        }
        (None, ..) => {
            return Err(CliError::usage(
                "--check, --ticket and --until are needed",
                "plimsoll known-failure --help",
            ));
        }
    };
    let event = opened.desk.say(&args.service, &opened.person, |state| known(state, &kind)).await?;
    let sentence = match &event.kind {
        EventKind::KnownFailureRecorded { known_failure } => format!(
            "Put off until {}: {} with the signature “{}”.",
            reader.whole(known_failure.until),
            known_failure.test.as_deref().unwrap_or(known_failure.check.as_str()),
            known_failure.signature
        ),
        _ => "Taken back: it counts as a failure again.".to_owned(),
    };
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

fn known(state: &ServiceState, kind: &EventKind) -> Result<EventKind, DeskError> {
    if let EventKind::KnownFailureWithdrawn { known_failure, .. } = kind
        && !state
            .people
            .known_failures
            .iter()
            .any(|said| said.seq == *known_failure && said.withdrawn_at.is_none())
    {
        return Err(DeskError::Refused(format!(
            "event {known_failure} is no known failure in force of this service"
        )));
    }
    Ok(kind.clone())
}

/// The signature as given, or that of the last run.
async fn signature(
    opened: &Opened,
    args: &Args,
    check: &CheckName,
    test: Option<&str>,
) -> Result<String, CliError> {
    if let Some(signature) = &args.signature {
        return opened.words("--signature", signature);
    }
    let Some(from) = &args.from else {
        return Err(CliError::usage(
            "which failure?",
            format!("--from {}/staging/TARGET takes it from the last run there", args.service),
        ));
    };
    let state = opened.desk.load(&args.service).await?;
    let run = state.target(from).and_then(|target| target.results.get(check)).ok_or_else(|| {
        CliError::refused(format!("{check} never ran on {from}"), "plimsoll verify first")
    })?;
    let Some(red) = run.result.first_red() else {
        return Err(CliError::refused(
            format!("the last run of {check} on {from} was green"),
            format!("plimsoll show {}", run.id),
        ));
    };
    let cases = red.cases.as_ref().map(|cases| cases.failed.as_slice()).unwrap_or_default();
    match test {
        None if cases.is_empty() => Ok(plimsoll_core::record::signature_of(&red.finding)),
        None => {
            let tests: Vec<_> = cases.iter().map(|case| case.test.as_str()).collect();
            Err(CliError::usage(
                format!("{} tests failed there", cases.len()),
                format!("--test one of: {}", say::list(&tests, 10)),
            ))
        }
        Some(test) => cases
            .iter()
            .find(|case| case.test == test)
            .map(|case| case.signature.clone())
            .ok_or_else(|| {
                let tests: Vec<_> = cases.iter().map(|case| case.test.as_str()).collect();
                CliError::usage(
                    format!("`{test}` did not fail there"),
                    format!("failed: {}", say::list(&tests, 10)),
                )
            }),
    }
}

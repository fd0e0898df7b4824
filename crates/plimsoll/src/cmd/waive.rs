//! `plimsoll waive`: accept an unmet requirement.

use plimsoll_core::catalog::RuleName;
use plimsoll_core::event::EventKind;
use plimsoll_core::ids::{CheckName, EnvironmentName, ReleaseId, Seq, TargetName};
use plimsoll_core::record::{State, Waiver};
use plimsoll_core::say;
use plimsoll_engine::desk::DeskError;
use plimsoll_wire::{ExitCode, SaidView};

use crate::app::{App, Typed, until};
use crate::error::CliError;

use super::names;
use super::waivable::waivable;

/// Accepts an unmet requirement of one release for one environment, with a reason and an end. It
/// never covers another release, and stays visible after its end.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plimsoll waive shop@1.1 --rule evidence --check suite --target nl-vm --reason \"codec moves next week\" --until 7d
  plimsoll waive shop@1.1 --withdraw 184 --reason \"it was mended\"")]
pub struct Args {
    /// The release, SERVICE@VERSION
    release: ReleaseId,
    /// Into this environment [default: the only one with a gate]
    #[arg(long, value_name = "ENVIRONMENT")]
    to: Option<EnvironmentName>,
    /// The rule, as in the decision: evidence, coverage, soak, way-back, sign-off, …; a freeze only
    /// by holders of the roles that may override it
    #[arg(long, value_name = "RULE", value_parser = rule, required_unless_present = "withdraw")]
    rule: Option<RuleName>,
    /// Only on these targets
    #[arg(long, value_name = "TARGET", value_delimiter = ',')]
    target: Vec<TargetName>,
    /// Only these checks
    #[arg(long, value_name = "CHECK", value_delimiter = ',')]
    check: Vec<CheckName>,
    /// Why
    #[arg(long, value_name = "WHY")]
    reason: Typed,
    /// Until when: 7d, 2026-12-31
    #[arg(long, value_name = "END", required_unless_present = "withdraw")]
    until: Option<String>,
    /// Take back the waiver of this event instead
    #[arg(long, value_name = "EVENT", conflicts_with_all = ["rule", "target", "check", "until"])]
    withdraw: Option<u64>,
}

fn rule(text: &str) -> Result<RuleName, String> {
    let known = RuleName::ALL.iter().map(|rule| rule.as_str());
    RuleName::ALL.iter().find(|rule| rule.as_str() == text).copied().ok_or_else(|| {
        format!("there is no rule `{text}`; there are: {}", known.collect::<Vec<_>>().join(", "))
    })
}

/// Runs it.
///
/// # Errors
/// See [`CliError`].
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    let opened = app.open().await?;
    let reason = opened.words("--reason", &args.reason)?;
    let reader = app.reader();
    let end = args.until.as_deref().map(|text| until("--until", text, &reader)).transpose()?;
    let to = names::gated(&opened, &args.release, args.to.as_ref())?;
    names::known_release(&opened, &args.release).await?;
    known_scope(&opened, &args)?;
    if let Some(rule) = args.rule {
        waivable(&opened, &args.release, &to, rule).await?;
    }
    let (kind, sentence) = match (args.withdraw, args.rule, end) {
        (Some(seq), ..) => {
            let kind = EventKind::WaiverWithdrawn { waiver: Seq(seq), reason };
            (kind, format!("Taken back: waiver {seq}."))
        }
        (None, Some(rule), Some(until)) => {
            let waiver = Waiver {
                release: args.release.clone(),
                to: to.clone(),
                rule,
                targets: args.target.clone(),
                checks: args.check.clone(),
                reason,
                by: opened.person.clone(),
                at: opened.desk.now(),
                until,
            };
            let sentence = format!(
                "Waived: {rule} of {} to {to}, until {}.",
                args.release,
                reader.whole(until)
            );
            (EventKind::WaiverGiven { waiver }, sentence)
        }
        (None, ..) => {
            return Err(CliError::usage("--rule and --until are needed", "plimsoll waive --help"));
        }
    };
    let event = opened
        .desk
        .say(&args.release.service, &opened.person, |state| {
            if let EventKind::WaiverWithdrawn { waiver, .. } = &kind
                && !state
                    .people
                    .waivers
                    .iter()
                    .any(|said| said.seq == *waiver && said.withdrawn_at.is_none())
            {
                return Err(DeskError::Refused(format!(
                    "event {waiver} is no waiver in force of this service"
                )));
            }
            Ok(kind.clone())
        })
        .await?;
    app.answer(&SaidView::of(std::slice::from_ref(&event), &sentence), |style| {
        let next = format!("plimsoll gate {} --to {to}", args.release);
        format!("{}{}", style.answer(say::mark(State::Waived), &sentence), style.next(&next))
    })?;
    Ok(ExitCode::Yes)
}

/// Targets and checks that do not exist would make a waiver that covers nothing.
fn known_scope(opened: &crate::app::Opened, args: &Args) -> Result<(), CliError> {
    let service = opened.desk.service(&args.release.service)?;
    let everywhere = |target: &&TargetName| {
        !service.environments.iter().any(|e| e.targets.contains_key(*target))
    };
    if let Some(unknown) = args.target.iter().find(everywhere) {
        return Err(CliError::usage(
            format!("{} has no target `{unknown}`", service.name),
            format!("plimsoll status {}", service.name),
        ));
    }
    if let Some(unknown) = args.check.iter().find(|check| !service.checks.contains_key(*check)) {
        let known: Vec<_> = service.checks.keys().map(ToString::to_string).collect();
        return Err(CliError::usage(
            format!("{} has no check `{unknown}`", service.name),
            format!("it has: {}", known.join(", ")),
        ));
    }
    Ok(())
}

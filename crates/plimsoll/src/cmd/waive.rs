//! `plimsoll waive`: accept an unmet requirement.

use plimsoll_core::catalog::RuleName;
use plimsoll_core::ids::{CheckName, EnvironmentName, ReleaseId, Seq, TargetName};
use plimsoll_core::record::{Permission, State};
use plimsoll_core::say;
use plimsoll_engine::desk::people::Waive;
use plimsoll_engine::words::Typed;
use plimsoll_wire::{ExitCode, SaidView};

use crate::app::{App, Wants, until};
use crate::error::CliError;

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

impl Args {
    /// What it asks for.
    pub fn wants(&self) -> Wants {
        Wants::Of(Permission::Release, self.release.service.clone())
    }
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
    let reader = app.reader();
    let end = args.until.as_deref().map(|text| until("--until", text, &reader)).transpose()?;
    let (release, by) = (args.release, &opened.person);
    let to = opened.desk.gated(&release, args.to.as_ref())?;
    let (event, sentence) = match (args.withdraw, args.rule, end) {
        (Some(seq), ..) => {
            opened.desk.known_release(&release).await?;
            let service = &release.service;
            let event = opened.desk.withdraw_waiver(service, Seq(seq), &args.reason, by).await?;
            (event, format!("Taken back: waiver {seq}."))
        }
        (None, Some(rule), Some(until)) => {
            let asked = Waive {
                release: release.clone(),
                to: Some(to.clone()),
                rule,
                targets: args.target,
                checks: args.check,
                reason: args.reason,
                until,
            };
            let end = reader.whole(until);
            let sentence = format!("Waived: {rule} of {release} to {to}, until {end}.");
            (opened.desk.waive(&asked, by).await?, sentence)
        }
        (None, ..) => {
            return Err(CliError::usage("--rule and --until are needed", "plimsoll waive --help"));
        }
    };
    app.answer(&SaidView::of(std::slice::from_ref(&event), &sentence), |style| {
        let next = format!("plimsoll gate {release} --to {to}");
        format!("{}{}", style.answer(say::mark(State::Waived), &sentence), style.next(&next))
    })?;
    Ok(ExitCode::Yes)
}

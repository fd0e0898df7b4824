//! `plimsoll sign-off`: sign for a release after having looked at it.

use plimsoll_core::ids::{EnvironmentName, ReleaseId, RoleName, SiteName, TargetName};
use plimsoll_core::record::{Permission, State};
use plimsoll_core::say;
use plimsoll_engine::desk::people::Signing;
use plimsoll_engine::words::Typed;
use plimsoll_wire::{ExitCode, SaidView};

use crate::app::{App, Opened, Wants};
use crate::error::CliError;

/// Signs for a release after having looked at it on the environment before: for one site, for
/// several, or once for the release, as the gate asks. Where page checks kept pictures, it is written
/// down which of them you have opened, and the gate counts the signature for those targets only.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  plimsoll show shop@1.1 --on staging --pictures looked/     opens all pictures of it
  plimsoll sign-off shop@1.1 --site nl,in --role editors --note \"looked at both, on a phone too\"")]
pub struct Args {
    /// The release, SERVICE@VERSION
    release: ReleaseId,
    /// Into this environment [default: the only one with a gate]
    #[arg(long, value_name = "ENVIRONMENT")]
    to: Option<EnvironmentName>,
    /// The sites that were looked at
    #[arg(long, value_name = "SITE", value_delimiter = ',')]
    site: Vec<SiteName>,
    /// The targets that were looked at, where the gate asks for each
    #[arg(long, value_name = "TARGET", value_delimiter = ',', conflicts_with = "site")]
    target: Vec<TargetName>,
    /// As which role [default: the only one you hold]
    #[arg(long, value_name = "ROLE")]
    role: Option<RoleName>,
    /// Free words
    #[arg(long, value_name = "WORDS", default_value = "")]
    note: Typed,
}

impl Args {
    /// What it asks for.
    pub fn wants(&self) -> Wants {
        Wants::Of(Permission::Release, self.release.service.clone())
    }
}

/// Runs it.
///
/// # Errors
/// See [`CliError`].
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    let opened = app.open().await?;
    let asked = Signing {
        release: args.release,
        to: args.to,
        sites: args.site,
        targets: args.target,
        role: args.role,
        note: args.note,
    };
    let signed = opened.desk.sign_off(&asked, &opened.person).await?;
    let what = match (asked.sites.as_slice(), asked.targets.as_slice()) {
        ([], []) => "the release".to_owned(),
        ([], targets) => say::list(targets, 6),
        (sites, _) => say::list(sites, 6),
    };
    let (release, role, by) = (&asked.release, &signed.role, &opened.person);
    let mut sentence = format!("Signed: {release} for {what}, as {role}, by {by}.");
    if !signed.not_opened.is_empty() {
        let places = say::list(&signed.not_opened, 6);
        sentence.push_str(&format!(" Not opened: {places}; the gate does not count it there."));
    }
    let before = before(&opened, &asked.release, &signed.to);
    app.answer(&SaidView::of(&signed.events, &sentence), |style| {
        let mark = match signed.not_opened.is_empty() {
            true => say::mark(State::Satisfied),
            false => say::WAITING,
        };
        let next = match (signed.not_opened.as_slice(), before) {
            ([_, ..], Some(before)) => {
                format!("plimsoll show {release} --on {before} --pictures DIR     then sign again")
            }
            _ => format!("plimsoll gate {release} --to {}", signed.to),
        };
        format!("{}{}", style.answer(mark, &sentence), style.next(&next))
    })?;
    Ok(ExitCode::Yes)
}

/// Where the release is looked at before it may enter.
fn before(opened: &Opened, release: &ReleaseId, to: &EnvironmentName) -> Option<EnvironmentName> {
    let service = opened.desk.service(&release.service).ok()?;
    service.environment(to)?.after.clone()
}

//! `plimsoll sign-off`: sign for a release after having looked at it.

use plimsoll_core::event::EventKind;
use plimsoll_core::ids::{EnvironmentName, ReleaseId, RoleName, SiteName, TargetName};
use plimsoll_core::record::{SignOff, State};
use plimsoll_core::say;
use plimsoll_wire::{ExitCode, SaidView};

use crate::app::{App, Opened, Typed};
use crate::error::CliError;

use super::names;

/// Signs for a release after having looked at it on the environment before: for one site, for
/// several, or once for the release, as the gate asks.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
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

/// Runs it.
///
/// # Errors
/// See [`CliError`].
pub async fn run(app: &App, args: Args) -> Result<ExitCode, CliError> {
    let opened = app.open().await?;
    let to = names::gated(&opened, &args.release, args.to.as_ref())?;
    names::known_release(&opened, &args.release).await?;
    let role = role(&opened, args.role.as_ref())?;
    known(&opened, &args, &to)?;
    let mut scopes: Vec<(Option<SiteName>, Option<TargetName>)> = Vec::new();
    scopes.extend(args.site.iter().map(|site| (Some(site.clone()), None)));
    scopes.extend(args.target.iter().map(|target| (None, Some(target.clone()))));
    if scopes.is_empty() {
        scopes.push((None, None));
    }
    let note = opened.note("--note", &args.note)?;
    let mut events = Vec::new();
    for (site, target) in scopes {
        let sign_off = SignOff {
            release: args.release.clone(),
            to: to.clone(),
            site,
            target,
            role: role.clone(),
            by: opened.person.clone(),
            at: opened.desk.now(),
            note: note.clone(),
        };
        let kind = EventKind::SignedOff { sign_off };
        let event =
            opened.desk.say(&args.release.service, &opened.person, |_| Ok(kind.clone())).await?;
        events.push(event);
    }
    let what = match (args.site.as_slice(), args.target.as_slice()) {
        ([], []) => "the release".to_owned(),
        ([], targets) => say::list(targets, 6),
        (sites, _) => say::list(sites, 6),
    };
    let sentence = format!("Signed: {} for {what}, as {role}, by {}.", args.release, opened.person);
    app.answer(&SaidView::of(&events, &sentence), |style| {
        let next = format!("plimsoll gate {} --to {to}", args.release);
        format!("{}{}", style.answer(say::mark(State::Satisfied), &sentence), style.next(&next))
    })?;
    Ok(ExitCode::Yes)
}

fn role(opened: &Opened, named: Option<&RoleName>) -> Result<RoleName, CliError> {
    let catalog = opened.desk.catalog();
    let held: Vec<&RoleName> =
        catalog.roles.keys().filter(|role| catalog.holds(&opened.person, role)).collect();
    let you = &opened.person;
    match (named, held.as_slice()) {
        (Some(role), _) if catalog.holds(you, role) => Ok(role.clone()),
        (Some(role), _) => Err(CliError::refused(
            format!("{you} does not hold the role {role}"),
            "roles are given in the configuration, under roles:",
        )),
        (None, [only]) => Ok((*only).clone()),
        (None, []) => Err(CliError::refused(
            format!("{you} holds no role"),
            "roles are given in the configuration, under roles:; say who you are with --as",
        )),
        (None, several) => Err(CliError::usage(
            format!("{you} holds {} roles", several.len()),
            format!("--role one of: {}", say::list(several, 10)),
        )),
    }
}

fn known(opened: &Opened, args: &Args, to: &EnvironmentName) -> Result<(), CliError> {
    let service = opened.desk.service(&args.release.service)?;
    let Some(environment) = service.environment(to) else { return Ok(()) };
    if let Some(unknown) =
        args.site.iter().find(|site| !environment.targets.values().any(|t| t.site == **site))
    {
        return Err(CliError::usage(
            format!("{to} has no site `{unknown}`"),
            format!("plimsoll status {}", service.name),
        ));
    }
    if let Some(unknown) =
        args.target.iter().find(|target| !environment.targets.contains_key(*target))
    {
        return Err(CliError::usage(
            format!("{to} has no target `{unknown}`"),
            format!("plimsoll status {}", service.name),
        ));
    }
    Ok(())
}

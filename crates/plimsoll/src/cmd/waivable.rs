//! Whether a rule may be waived at all, and by whom: said when the waiver is asked for, not when the
//! gate has to refuse it.

use plimsoll_core::catalog::{FreezeWindow, RuleKind, RuleName};
use plimsoll_core::ids::{EnvironmentName, ReleaseId};
use plimsoll_core::ledger::ServiceState;
use plimsoll_core::say;

use crate::app::Opened;
use crate::error::CliError;

/// Refuses a waiver that would cover nothing, with who may do what instead.
///
/// # Errors
/// The rule cannot be waived, or not by this person.
pub(super) async fn waivable(
    opened: &Opened,
    release: &ReleaseId,
    to: &EnvironmentName,
    rule: RuleName,
) -> Result<(), CliError> {
    match rule {
        RuleName::Evidence
        | RuleName::Coverage
        | RuleName::Soak
        | RuleName::WayBack
        | RuleName::SignOff
        | RuleName::FollowUp
        | RuleName::RolledBack
        | RuleName::Condition => Ok(()),
        RuleName::Release => Err(CliError::refused(
            "the rule release cannot be waived: without a release there is nothing to accept",
            format!("plimsoll release show {release}"),
        )),
        RuleName::Hold => {
            let state = opened.desk.load(&release.service).await?;
            Err(held(&state, release, to))
        }
        RuleName::Freeze => {
            let state = opened.desk.load(&release.service).await?;
            freeze(opened, &state, release, to)
        }
    }
}

fn held(state: &ServiceState, release: &ReleaseId, to: &EnvironmentName) -> CliError {
    let service = &release.service;
    let here = |environment: &Option<EnvironmentName>| environment.as_ref().is_none_or(|e| e == to);
    let mut holds = state.people.holds.iter().filter(|hold| here(&hold.what.environment));
    let hint = match holds.find(|hold| hold.withdrawn_at.is_none()) {
        Some(hold) => format!("plimsoll hold {service} --release {} --reason WHY", hold.seq),
        None => format!("nothing holds {service}/{to} now"),
    };
    CliError::refused("a hold is not waived: whoever may waive it may let it go", hint)
}

/// A configured window is overridden by the roles that it names; a declared freeze is lifted.
fn freeze(
    opened: &Opened,
    state: &ServiceState,
    release: &ReleaseId,
    to: &EnvironmentName,
) -> Result<(), CliError> {
    let service = opened.desk.service(&release.service)?;
    let catalog = opened.desk.catalog();
    let rules = service.gates.get(to).into_iter().flatten();
    let windows: Vec<&FreezeWindow> = rules
        .filter_map(|rule| match &rule.kind {
            RuleKind::Freeze(window) => Some(window),
            RuleKind::Evidence { .. }
            | RuleKind::Soak { .. }
            | RuleKind::WayBack { .. }
            | RuleKind::SignOff { .. }
            | RuleKind::Condition { .. } => None,
        })
        .collect();
    let holds = |window: &&FreezeWindow| {
        window.override_by.iter().any(|role| catalog.holds(&opened.person, role))
    };
    if windows.iter().any(holds) {
        return Ok(());
    }
    let now = opened.desk.now();
    let here = |environment: &Option<EnvironmentName>| environment.as_ref().is_none_or(|e| e == to);
    let mut declared = state.people.freezes.iter();
    if let Some(freeze) = declared.find(|f| f.in_force(now) && here(&f.what.environment)) {
        return Err(CliError::refused(
            "a declared freeze is not waived: whoever may waive it may lift it",
            format!("plimsoll freeze {} --lift {} --reason WHY", release.service, freeze.seq),
        ));
    }
    if windows.is_empty() {
        return Err(CliError::refused(
            format!("no freeze window stands before {}: nothing to waive", service.lane(to)),
            format!("plimsoll gate {release} --to {to}"),
        ));
    }
    Err(may_not(opened, &windows))
}

fn may_not(opened: &Opened, windows: &[&FreezeWindow]) -> CliError {
    let mut roles: Vec<_> = windows.iter().flat_map(|window| &window.override_by).collect();
    roles.sort();
    roles.dedup();
    let names: Vec<_> = windows.iter().map(|window| window.name.to_string()).collect();
    let names = say::list(&names, 4);
    if roles.is_empty() {
        return CliError::refused(
            format!("nobody may override the freeze {names}: it names no role for that"),
            "it ends by itself; who may override it is written in its  override-by:",
        );
    }
    let people: Vec<_> = roles
        .iter()
        .filter_map(|role| opened.desk.catalog().roles.get(*role))
        .flatten()
        .map(ToString::to_string)
        .collect();
    CliError::refused(
        format!(
            "{} may not override the freeze {names}: only holders of {} may",
            opened.person,
            say::list(&roles, 4)
        ),
        match people.is_empty() {
            true => "nobody holds that role; roles are given in the configuration".to_owned(),
            false => format!("ask {}", say::list(&people, 6)),
        },
    )
}

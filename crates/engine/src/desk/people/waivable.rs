//! Whether a rule may be waived at all, and by whom: said when the waiver is asked for, not when the
//! gate has to refuse it.

use plimsoll_core::catalog::{FreezeWindow, RuleName};
use plimsoll_core::ids::{EnvironmentName, PersonName, ReleaseId};
use plimsoll_core::ledger::ServiceState;
use plimsoll_core::say;

use crate::desk::{Desk, DeskError};

use super::Waive;

impl Desk {
    /// Refuses a waiver that would cover nothing, with who may do what instead.
    pub(super) async fn waivable(
        &self,
        asked: &Waive,
        to: &EnvironmentName,
        by: &PersonName,
    ) -> Result<(), DeskError> {
        let release = &asked.release;
        match asked.rule {
            RuleName::Evidence
            | RuleName::Coverage
            | RuleName::Soak
            | RuleName::WayBack
            | RuleName::SignOff
            | RuleName::FollowUp
            | RuleName::RolledBack
            | RuleName::Condition => Ok(()),
            RuleName::Release => Err(DeskError::not_so(
                "the rule release cannot be waived: without a release there is nothing to accept",
                format!("plimsoll release show {release}"),
            )),
            RuleName::Hold => Err(held(&*self.load(&release.service).await?, release, to)),
            RuleName::Freeze => {
                let state = self.load(&release.service).await?;
                self.freeze_waivable(&state, release, to, by)
            }
        }
    }

    /// A configured window is overridden by the roles that it names; a declared freeze is lifted.
    fn freeze_waivable(
        &self,
        state: &ServiceState,
        release: &ReleaseId,
        to: &EnvironmentName,
        by: &PersonName,
    ) -> Result<(), DeskError> {
        let service = self.service(&release.service)?;
        let rules = service.gates.get(to).into_iter().flatten();
        let windows: Vec<_> = rules.filter_map(|rule| rule.kind.freeze()).collect();
        let holds = |window: &&FreezeWindow| {
            window.override_by.iter().any(|role| self.catalog.holds(by, role))
        };
        if windows.iter().any(holds) {
            return Ok(());
        }
        let now = self.now();
        let mut declared = state.people.freezes.iter();
        if let Some(freeze) =
            declared.find(|f| f.in_force(now) && is_in(f.what.environment.as_ref(), to))
        {
            return Err(DeskError::not_so(
                "a declared freeze is not waived: whoever may waive it may lift it",
                format!("plimsoll freeze {} --lift {} --reason WHY", release.service, freeze.seq),
            ));
        }
        if windows.is_empty() {
            return Err(DeskError::not_so(
                format!("no freeze window stands before {}: nothing to waive", service.lane(to)),
                format!("plimsoll gate {release} --to {to}"),
            ));
        }
        Err(self.may_not(&windows, by))
    }

    fn may_not(&self, windows: &[&FreezeWindow], by: &PersonName) -> DeskError {
        let mut roles: Vec<_> = windows.iter().flat_map(|window| &window.override_by).collect();
        roles.sort();
        roles.dedup();
        let names: Vec<_> = windows.iter().map(|window| window.name.to_string()).collect();
        let names = say::list(&names, 4);
        if roles.is_empty() {
            return DeskError::not_so(
                format!("nobody may override the freeze {names}: it names no role for that"),
                "it ends by itself; who may override it is written in its  override-by:",
            );
        }
        let holders = roles.iter().filter_map(|role| self.catalog.roles.get(*role)).flatten();
        let people: Vec<_> = holders.map(ToString::to_string).collect();
        DeskError::not_so(
            format!(
                "{by} may not override the freeze {names}: only holders of {} may",
                say::list(&roles, 4)
            ),
            match people.is_empty() {
                true => "nobody holds that role; roles are given in the configuration".to_owned(),
                false => format!("ask {}", say::list(&people, 6)),
            },
        )
    }
}

fn is_in(environment: Option<&EnvironmentName>, to: &EnvironmentName) -> bool {
    environment.is_none_or(|environment| environment == to)
}

fn held(state: &ServiceState, release: &ReleaseId, to: &EnvironmentName) -> DeskError {
    let service = &release.service;
    let mut holds = state.people.holds.iter();
    let here =
        holds.find(|hold| is_in(hold.what.environment.as_ref(), to) && hold.withdrawn_at.is_none());
    let hint = match here {
        Some(hold) => format!("plimsoll hold {service} --release {} --reason WHY", hold.seq),
        None => format!("nothing holds {service}/{to} now"),
    };
    DeskError::not_so("a hold is not waived: whoever may waive it may let it go", hint)
}

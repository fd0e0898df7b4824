//! What is known to be good beside a target that is checked, for pages and for twins.
//!
//! A target that stands for others is compared with them as they are today. One that stands for
//! none is compared with itself, as it was when it was last good; and before that is known, with
//! what those that stand for it saw when they were compared with it.

use plimsoll_core::catalog::{Check, CheckKind, CompareWith, PageCheck, Service};
use plimsoll_core::ids::{CheckName, TargetId, Version};
use plimsoll_core::ledger::ServiceState;
use plimsoll_core::record::Outcome;

use crate::ports::{Before, Beside, TargetContext};

use super::Desk;

impl Desk {
    /// What the check on the target is compared with.
    pub(crate) fn beside(
        &self,
        service: &Service,
        state: &ServiceState,
        context: &TargetContext,
        (name, check): (&CheckName, &Check),
        version: &Version,
    ) -> Beside {
        let page = match &check.kind {
            CheckKind::Page(page) => page,
            CheckKind::Twins(_) => return releases(service, state, context, version),
            CheckKind::Http(_) | CheckKind::Command(_) => return Beside::default(),
        };
        let Some(targets) = counterparts(service, context, page) else { return Beside::default() };
        let targets: Vec<TargetContext> = targets
            .iter()
            .filter_map(|id| self.context(service, &id.environment, &id.target).ok())
            .collect();
        if !targets.is_empty() {
            return Beside { targets, ..Beside::default() };
        }
        Beside { before: before(service, state, context, name), ..Beside::default() }
    }
}

/// The release that is checked, and the one that was last verified good where it is going: on a
/// target that this one stands for, or else here.
fn releases(
    service: &Service,
    state: &ServiceState,
    context: &TargetContext,
    version: &Version,
) -> Beside {
    let ahead = service.stood_for(&context.id.environment, &context.target);
    let going = if ahead.is_empty() { vec![context.id.clone()] } else { ahead };
    let good = going.iter().find_map(|id| state.target(id)?.last_verified_good_but(version));
    let release = |version: &Version| state.releases.get(version).cloned();
    Beside {
        candidate: release(version),
        good: good.and_then(|good| release(&good.version)),
        ..Beside::default()
    }
}

/// The targets whose page counts as good today; `None` when nothing is to be compared.
fn counterparts(
    service: &Service,
    context: &TargetContext,
    page: &PageCheck,
) -> Option<Vec<TargetId>> {
    let here = &context.id.environment;
    match &page.compare_with {
        CompareWith::Usual if page.is_public() => Some(service.stood_for(here, &context.target)),
        CompareWith::Usual | CompareWith::Nothing | CompareWith::Url(_) => None,
        CompareWith::Environment(there) if there == here => Some(Vec::new()),
        CompareWith::Environment(there) => {
            let environment = service.environment(there)?;
            Some(service.alike(environment, &context.target, false))
        }
    }
}

fn before(
    service: &Service,
    state: &ServiceState,
    context: &TargetContext,
    name: &CheckName,
) -> Vec<Before> {
    let mut all = Vec::new();
    let run = |id: &TargetId| state.target(id).and_then(|known| known.results.get(name));
    if let Some(run) = run(&context.id).filter(|run| run.result.outcome == Outcome::Passed)
        && let Some(output) = run.result.output
    {
        let words = format!("the last good look at {} ({})", context.id, run.id);
        all.push(Before { words, output, compared: false });
    }
    let environment = service.environment(&context.id.environment);
    let Some(after) = environment.and_then(|environment| environment.after.as_ref()) else {
        return all;
    };
    for stand_in in service.stand_ins(after, &context.target) {
        let id = service.lane(after).target(&stand_in);
        let Some(run) = run(&id) else { continue };
        let Some(output) = run.result.output else { continue };
        let words = format!("what was there when {id} was looked at ({})", run.id);
        all.push(Before { words, output, compared: true });
    }
    all
}

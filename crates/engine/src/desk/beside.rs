//! What is known beside a target that is checked: what is good, for pages and for twins; since when
//! it is deployed, for processes.
//!
//! A target that stands for others is compared with them as they are today. One that stands for
//! none is compared with itself: with the version that runs as it was when it last passed, else with
//! the version that was last verified good before it. A red run changes none of that, so that what
//! was lost stays lost however often it is looked for. Before anything is known it is compared with
//! what those that stand for it saw when they were compared with it.

use plimsoll_core::catalog::{Check, CheckKind, CompareWith, PageCheck, Service};
use plimsoll_core::ids::{CheckName, TargetId, Version};
use plimsoll_core::ledger::{GoodLook, ServiceState, TargetState};

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
            CheckKind::Process(_) => return since(state, context, version),
            CheckKind::Http(_) | CheckKind::Command(_) | CheckKind::Reported(_) => {
                return Beside::default();
            }
        };
        let Some(targets) = counterparts(service, context, page) else { return Beside::default() };
        let targets: Vec<TargetContext> = targets
            .iter()
            .filter_map(|id| self.context(service, &id.environment, &id.target).ok())
            .collect();
        if !targets.is_empty() {
            return Beside { targets, ..Beside::default() };
        }
        let before = before(service, state, context, (name, version));
        Beside { before, ..Beside::default() }
    }
}

/// When the version came to the target. What was there before plimsoll knew of it has no beginning.
fn since(state: &ServiceState, context: &TargetContext, version: &Version) -> Beside {
    let known = state.target(&context.id).and_then(|known| known.deployment.as_ref());
    let ours = known.filter(|one| !one.adopted && one.version == *version);
    Beside { deployed_at: ours.and_then(|one| one.finished_at), ..Beside::default() }
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
    (name, version): (&CheckName, &Version),
) -> Vec<Before> {
    let looks = state.target(&context.id).map_or(Vec::new(), |known| looks(known, name, version));
    let mut all: Vec<Before> = looks
        .into_iter()
        .map(|look| {
            let words = format!(
                "the last good look at {} with {} ({})",
                context.id, look.version, look.run
            );
            Before { words, output: look.output, compared: false }
        })
        .collect();
    let run = |id: &TargetId| state.target(id).and_then(|known| known.results.get(name));
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

/// Good looks, the best first: at this version; at those that were verified good here; at any other.
/// Within each the last one comes first.
fn looks<'a>(known: &'a TargetState, name: &CheckName, version: &Version) -> Vec<&'a GoodLook> {
    let looks = known.trails.get(name).map_or(&[][..], |trail| trail.looks.as_slice());
    let mut looks: Vec<_> = looks.iter().rev().collect();
    let is_good = |look: &GoodLook| known.verified_good.iter().any(|g| g.version == look.version);
    looks.sort_by_key(|look| match look {
        look if look.version == *version => 0,
        look if is_good(look) => 1,
        _ => 2,
    });
    looks
}

#[cfg(test)]
mod tests {
    use plimsoll_core::Timestamp;
    use plimsoll_core::digest::Digest;
    use plimsoll_core::ids::{CheckRunId, Seq};
    use plimsoll_core::ledger::VerifiedGood;
    use plimsoll_core::record::BlobRef;

    use super::*;

    #[test]
    fn a_release_is_compared_with_its_own_look_and_a_new_one_with_what_was_verified_good() {
        let home: CheckName = "home".parse().unwrap();
        let version = |text: &str| text.parse::<Version>().unwrap();
        let mut target = TargetState::default();
        let trail = target.trails.entry(home.clone()).or_default();
        for (run, of) in [(10, "1.21"), (20, "1.22"), (30, "1.23"), (40, "1.24")] {
            let output = BlobRef { digest: Digest::of(of.as_bytes()), bytes: 4 };
            trail.looks.push(GoodLook { version: version(of), run: CheckRunId(Seq(run)), output });
        }
        // 1.24 looked well and did not stay.
        for of in ["1.21", "1.22", "1.23"] {
            let at = Timestamp::UNIX_EPOCH;
            let version = version(of);
            target.verified_good.push(VerifiedGood { version, at, seq: Seq(1), doubted_at: None });
        }
        let order = |of: &str| {
            let looks = looks(&target, &home, &version(of));
            looks.iter().map(|look| look.version.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(order("1.25"), ["1.23", "1.22", "1.21", "1.24"], "a new one");
        assert_eq!(order("1.22"), ["1.22", "1.23", "1.21", "1.24"], "one that is gone back to");
        assert_eq!(order("1.24")[0], "1.24", "one that runs still");
    }
}

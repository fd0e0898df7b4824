//! Waivers: what a person accepts although it is unmet.

use std::collections::BTreeMap;

use crate::catalog::RuleName;
use crate::ids::{PersonName, TargetName};
use crate::ledger::Said;
use crate::record::{EvidenceRef, Lapsed, Requirement, State, Waiver, Why};

use super::answer::Answer;
use super::scene::Scene;

/// The waivers in force for this release and environment, and for no other, by what they are
/// looked up with: the rule, and a target's name or none for *everywhere*.
pub(super) struct Waivers<'a> {
    by_place: ByPlace<'a>,
    over: ByPlace<'a>,
}

type ByPlace<'a> = BTreeMap<(RuleName, Option<&'a TargetName>), Vec<&'a Said<Waiver>>>;

impl<'a> Waivers<'a> {
    pub(super) fn of(scene: &Scene<'a>) -> Self {
        let in_force = |said: &Said<Waiver>| said.in_force(scene.now);
        let over =
            |said: &Said<Waiver>| said.withdrawn_at.is_none() && said.what.until <= scene.now;
        Self { by_place: by_place(scene, in_force), over: by_place(scene, over) }
    }

    /// Lets waivers cover what is unmet among the requirements from the one at `first` on.
    pub(super) fn cover(&self, scene: &Scene<'_>, answer: &mut Answer, first: usize) {
        if self.by_place.is_empty() && self.over.is_empty() {
            return;
        }
        let mut ends = Vec::new();
        for requirement in &mut answer.requirements[first..] {
            if requirement.state.lets_pass() {
                continue;
            }
            let found = covering(&self.by_place, scene, requirement);
            let accepted = found.iter().filter(|said| may_waive(scene, said, &requirement.why));
            // Any one in force is enough; of several, the one that lasts longest counts.
            if let Some(said) = accepted.max_by_key(|said| (said.what.until, said.seq)) {
                ends.push(said.what.until);
                waive(requirement, said);
            } else if let Some(said) = found.iter().max_by_key(|said| said.seq) {
                refuse(requirement, &said.what.by);
            }
            if !requirement.state.lets_pass() {
                lapse(scene, &covering(&self.over, scene, requirement), requirement);
            }
        }
        ends.into_iter().for_each(|end| answer.holds_until(end));
    }
}

/// Those of this release and environment that are wanted.
fn by_place<'a>(scene: &Scene<'a>, wanted: impl Fn(&Said<Waiver>) -> bool) -> ByPlace<'a> {
    let mut by_place = ByPlace::new();
    let here = scene.people().waivers.iter().filter(|said| {
        wanted(said)
            && said.what.release == *scene.id
            && said.what.to == scene.to.name
            // A release that nobody named cannot be accepted: there is nothing to accept.
            && said.what.rule != RuleName::Release
    });
    for said in here {
        if said.what.targets.is_empty() {
            by_place.entry((said.what.rule, None)).or_default().push(said);
        }
        for target in &said.what.targets {
            by_place.entry((said.what.rule, Some(target))).or_default().push(said);
        }
    }
    by_place
}

fn covering<'a>(
    by_place: &ByPlace<'a>,
    scene: &Scene<'_>,
    requirement: &Requirement,
) -> Vec<&'a Said<Waiver>> {
    let everywhere = by_place.get(&(requirement.rule, None)).into_iter().flatten();
    let target = requirement.target.as_ref();
    let names = target.map_or_else(Vec::new, |target| {
        let mut names = vec![&target.target];
        if target.environment == scene.after.name {
            // A target that stands for several is waived by naming all of them.
            names.extend(scene.stands_for.get(&target.target).and_then(|all| all.first()));
        }
        names
    });
    let here = names
        .into_iter()
        .filter_map(|name| by_place.get(&(requirement.rule, Some(name))))
        .flatten()
        .filter(|said| target.is_some_and(|t| names_all(scene, &said.what, t)));
    let checked = |said: &&&Said<Waiver>| {
        let checks = &said.what.checks;
        checks.is_empty() || requirement.check.as_ref().is_some_and(|c| checks.contains(c))
    };
    everywhere.chain(here).filter(checked).copied().collect()
}

fn names_all(scene: &Scene<'_>, waiver: &Waiver, target: &crate::ids::TargetId) -> bool {
    waiver.targets.contains(&target.target)
        || (target.environment == scene.after.name
            && scene
                .stands_for
                .get(&target.target)
                .is_some_and(|all| all.iter().all(|name| waiver.targets.contains(name))))
}

/// Whether this waiver may cover that: a freeze is waived only by the roles that it names, and a
/// declared one is not waived at all but lifted; what failed in production is waived only by who
/// knows of it.
fn may_waive(scene: &Scene<'_>, said: &Said<Waiver>, why: &Why) -> bool {
    if let Why::Frozen { override_by, .. } = why {
        return override_by.iter().any(|role| scene.catalog.holds(&said.what.by, role));
    }
    // What was accepted before it failed (once more) is no answer to that.
    if let Why::WentBack { at, .. } = why {
        return said.what.at > *at;
    }
    !matches!(why, Why::FrozenByPerson { .. } | Why::WindowUnreadable { .. })
}

fn waive(requirement: &mut Requirement, said: &Said<Waiver>) {
    let Waiver { by, reason, until, .. } = &said.what;
    let why = Why::WaivedBy { by: by.clone(), reason: reason.clone(), until: *until };
    let before = (requirement.state, std::mem::replace(&mut requirement.why, why));
    requirement.without = Some(Box::new(before));
    requirement.state = State::Waived;
    requirement.evidence = Some(EvidenceRef::Event(said.seq));
}

/// Says which waiver covered it until it was over: it is not forgotten by ending.
fn lapse(scene: &Scene<'_>, over: &[&Said<Waiver>], requirement: &mut Requirement) {
    let accepted = over.iter().filter(|said| may_waive(scene, said, &requirement.why));
    let last = accepted.max_by_key(|said| (said.what.until, said.seq));
    requirement.lapsed = last.map(|said| {
        let Waiver { by, reason, until, .. } = &said.what;
        Box::new(Lapsed { by: by.clone(), reason: reason.clone(), until: *until })
    });
}

fn refuse(requirement: &mut Requirement, by: &PersonName) {
    if let Why::Frozen { window, until, zone, override_by } = &requirement.why {
        requirement.why = Why::OverrideNotHeld {
            window: window.clone(),
            until: *until,
            zone: zone.clone(),
            override_by: override_by.clone(),
            by: by.clone(),
        };
    }
}

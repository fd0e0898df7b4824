//! Each target can go back: to which version is known, its artifacts have just been proven to be
//! there, the change says that it can be undone, and where asked for, it has been tried.

use std::collections::BTreeSet;

use crate::catalog::{RuleKind, RuleName};
use crate::gate::answer::Answer;
use crate::gate::scene::{Scene, requirement};
use crate::ids::{PlatformName, Seq, TargetId, TargetName, Version};
use crate::ledger::{TargetState, VerifiedGood};
use crate::record::{Aspect, EvidenceRef, ProofOutcome, Rehearsal, Requirement, State, Why};
use crate::units::Period;

/// Where a target goes back to from `candidate`: to what runs there now if that was verified good
/// and failed no check since, else to the last other version that was. It is not merely the one before, which may have
/// failed.
#[must_use]
pub fn way_back<'a>(target: &'a TargetState, candidate: &Version) -> Option<&'a VerifiedGood> {
    let current = target.version().filter(|version| *version != candidate);
    current
        .and_then(|version| target.verified_good.iter().find(|good| good.version == *version))
        .filter(|good| good.doubted_at.is_none())
        .or_else(|| target.last_verified_good_but(candidate))
}

pub(super) fn ask(scene: &Scene<'_>, answer: &mut Answer) {
    let (asked, not_asked) = scene.asked(RuleName::WayBack);
    if let Some(release) = scene.release {
        let (state, why) = if release.irreversible {
            (State::Unmet, Why::Irreversible { accepted: false })
        } else {
            (State::Satisfied, Why::Reversible)
        };
        answer.say(RuleName::WayBack, state, why);
    }
    for name in scene.to.targets.keys() {
        let id = scene.id_to(name);
        let (state, why, evidence) = target(scene, name, &id);
        let plain = requirement(RuleName::WayBack, state, why);
        answer.add(Requirement { target: Some(id), evidence, ..plain });
    }
    let strictest = asked.iter().filter_map(|kind| match kind {
        RuleKind::WayBack { rehearsed_within } => *rehearsed_within,
        RuleKind::Evidence { .. }
        | RuleKind::Soak { .. }
        | RuleKind::Freeze(_)
        | RuleKind::SignOff { .. }
        | RuleKind::Condition { .. } => None,
    });
    if let Some(within) = strictest.min() {
        let platforms: BTreeSet<_> = scene.to.targets.values().map(|t| &t.platform).collect();
        for platform in platforms {
            rehearsed(scene, answer, platform, within);
        }
    }
    answer.not_asked(RuleName::WayBack, not_asked);
}

type Stands = (State, Why, Option<EvidenceRef>);

fn target(scene: &Scene<'_>, name: &TargetName, id: &TargetId) -> Stands {
    let Some(target) = scene.target(name) else {
        return (State::Unmet, Why::NoVerifiedGood, None);
    };
    if let Some(drifted) = drifted(scene, target, id) {
        return drifted;
    }
    let candidate = scene.version();
    let there = target.verified_good.iter().find(|good| good.version == *candidate);
    if let Some(good) = there.filter(|_| target.version() == Some(candidate)) {
        let why = Why::AlreadyThere { version: candidate.clone(), verified_at: good.at };
        return (State::Satisfied, why, Some(EvidenceRef::Event(good.seq)));
    }
    match way_back(target, candidate) {
        Some(good) => proven(scene, id, good),
        None => (State::Unmet, Why::NoVerifiedGood, None),
    }
}

/// Another version runs than the ledger knows of: a plan would be made from a guess. That nobody
/// can see what runs is no reason; it must not stop whoever mends it.
fn drifted(scene: &Scene<'_>, target: &TargetState, id: &TargetId) -> Option<Stands> {
    let expected = target.version()?;
    let drift = target.drift.as_ref();
    let recorded = drift.map(|drift| (&drift.observed, Some(EvidenceRef::Event(drift.seq))));
    let now = scene.observed_now(id).map(|observed| (observed, None));
    let other = [now, recorded]
        .into_iter()
        .flatten()
        .find(|(observed, _)| observed.is_other_than(expected));
    other.map(|(observed, evidence)| {
        let (expected, observed) = (expected.clone(), observed.clone());
        let why = Why::ObservedOther { expected, observed, when: Aspect::Now };
        (State::WrongVersion, why, evidence)
    })
}

fn proven(scene: &Scene<'_>, id: &TargetId, good: &VerifiedGood) -> Stands {
    let version = good.version.clone();
    let evidence = Some(EvidenceRef::Event(good.seq));
    let named = scene.state.releases.get(&version).is_some_and(|r| !r.artifacts.is_empty());
    if !named {
        return (State::Unmet, Why::WayBackUnnamed { version }, evidence);
    }
    let proof = scene.facts.proofs.get(id).filter(|proof| proof.version == version);
    let (state, why) = match proof.map(|proof| &proof.outcome) {
        None => (State::Unmet, Why::WayBackUnproven { version }),
        Some(ProofOutcome::Present { how }) => {
            let how = how.clone();
            (State::Satisfied, Why::WayBackReady { version, verified_at: good.at, how })
        }
        Some(outcome @ ProofOutcome::Missing { .. }) => {
            (State::Unmet, Why::WayBackMissing { version, outcome: outcome.clone() })
        }
        Some(outcome @ ProofOutcome::Unknown { .. }) => {
            (State::Errored, Why::WayBackMissing { version, outcome: outcome.clone() })
        }
    };
    (state, why, evidence)
}

fn rehearsed(scene: &Scene<'_>, answer: &mut Answer, platform: &PlatformName, within: Period) {
    let newest = newest(scene, platform);
    let platform = platform.clone();
    let (state, why) = match newest {
        None => (State::Unmet, Why::NotRehearsed { platform, within }),
        Some((_, one)) if one.finding.is_some() || !one.effect_observed => {
            let unseen = || "its effect was not observed".to_owned();
            let finding = one.finding.clone().unwrap_or_else(unseen);
            (State::Unmet, Why::RehearsalFailed { platform, at: one.at, finding })
        }
        Some((_, one)) if within.after(one.at) <= scene.now => {
            (State::Unmet, Why::RehearsalOld { platform, at: one.at, within })
        }
        Some((_, one)) => {
            answer.holds_until(within.after(one.at));
            (State::Satisfied, Why::Rehearsed { platform, at: one.at })
        }
    };
    let evidence = newest.map(|(seq, _)| EvidenceRef::Event(*seq));
    answer.add(Requirement { evidence, ..requirement(RuleName::WayBack, state, why) });
}

/// The newest rehearsal on any target of the platform where the candidate is checked.
fn newest<'a>(scene: &Scene<'a>, platform: &PlatformName) -> Option<&'a (Seq, Rehearsal)> {
    let places = scene.after.targets.iter().filter(|(_, target)| target.platform == *platform);
    places
        .filter_map(|(name, _)| scene.checked_target(name)?.rehearsal.as_ref())
        .filter(|(_, rehearsal)| !scene.is_future(rehearsal.at))
        .max_by_key(|(seq, rehearsal)| (rehearsal.at, *seq))
}

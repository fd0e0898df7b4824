//! Asks every rule, and sums up.

use crate::catalog::RuleName;
use crate::ids::{EnvironmentName, ReleaseId, ServiceName};
use crate::record::{Decision, Requirement, State, Verdict};

use super::answer::Answer;
use super::scene::Scene;
use super::waivers::Waivers;
use super::{Question, Ruling, rules};

/// A question that the gate has no answer to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unaskable {
    /// The service has no such environment.
    #[error("{service} has no environment `{environment}`")]
    UnknownEnvironment {
        /// The service.
        service: ServiceName,
        /// The environment that was asked for.
        environment: EnvironmentName,
    },
    /// The environment has no gate.
    #[error("`{environment}` of {service} comes after no other environment, so it has no gate")]
    NoGate {
        /// The service.
        service: ServiceName,
        /// The environment.
        environment: EnvironmentName,
    },
    /// The release is one of another service.
    #[error("{release} is no release of {service}")]
    OtherService {
        /// The release.
        release: ReleaseId,
        /// The service that was asked about.
        service: ServiceName,
    },
}

/// Asks every rule, lets waivers cover what they cover, and sums up: allowed only if every
/// requirement lets the release pass. The order in which results, waivers and the like were
/// written down does not matter.
///
/// # Errors
/// [`Unaskable`] when there is no such gate; the user named something that is not there.
pub fn decide(question: &Question<'_>) -> Result<Ruling, Unaskable> {
    let scene = Scene::of(question)?;
    let waivers = Waivers::of(&scene);
    let mut answer = Answer::default();
    for ask in rules::ALL {
        let before = answer.requirements.len();
        ask(&scene, &mut answer);
        waivers.cover(&scene, &mut answer, before);
    }
    Ok(Ruling::new(sum_up(&scene, answer)))
}

fn sum_up(scene: &Scene<'_>, answer: Answer) -> Decision {
    let Answer { mut requirements, freezes, good_until } = answer;
    requirements.sort_by(|a, b| order(a).cmp(&order(b)));
    let passes = |requirement: &Requirement| requirement.state.lets_pass();
    // Nothing asked is nothing known: `all` of an empty list would be true.
    let allowed = !requirements.is_empty() && requirements.iter().all(passes);
    Decision {
        release: scene.id.clone(),
        to: scene.to.name.clone(),
        at: scene.now,
        verdict: if allowed { Verdict::Allowed } else { Verdict::Refused },
        requirements,
        freezes,
        policy: scene.catalog.policy_digest(&scene.service.name),
        ledger: scene.state.seq,
        good_until: good_until.filter(|_| allowed),
    }
}

fn order(requirement: &Requirement) -> impl Ord + '_ {
    let rule = RuleName::ALL.iter().position(|name| *name == requirement.rule);
    (requirement.state, requirement.blame(), rule, &requirement.target, &requirement.check)
}

/// How many requirements stand how, in the order of [`State`]; states that none is in are left
/// out.
#[must_use]
pub fn counts(decision: &Decision) -> Vec<(State, u32)> {
    let mut counts = std::collections::BTreeMap::new();
    for requirement in &decision.requirements {
        *counts.entry(requirement.state).or_default() += 1;
    }
    counts.into_iter().collect()
}

//! Everything that the rules look at, looked up once.

use std::collections::BTreeMap;

use crate::Timestamp;
use crate::catalog::{Catalog, Environment, Rule, RuleKind, RuleName, Service, Target};
use crate::digest::Digest;
use crate::ids::{
    CheckName, EnvironmentName, PlatformName, ReleaseId, SiteName, TargetId, TargetName, Version,
};
use crate::ledger::{LaneState, PeopleState, ServiceState, TargetState};
use crate::record::{Observed, Release, Requirement, State, Why};
use crate::units::Period;

use super::verifying::Verifications;
use super::{Facts, Question, Unaskable};

/// How far ahead of `now` a time may be before it is from the future. Clocks of several machines
/// are never quite equal.
pub(super) const SKEW: Period = Period::from_mins(2);

/// A question with everything that the rules look up in it.
pub(super) struct Scene<'a> {
    pub catalog: &'a Catalog,
    pub service: &'a Service,
    pub state: &'a ServiceState,
    pub facts: &'a Facts,
    pub now: Timestamp,
    /// The candidate's name.
    pub id: &'a ReleaseId,
    /// The candidate, if it was ever named.
    pub release: Option<&'a Release>,
    /// Where it wants to go.
    pub to: &'a Environment,
    /// Where it is checked.
    pub after: &'a Environment,
    /// The targets of `to`, each with the ones that stand for it.
    pub stand_ins: BTreeMap<&'a TargetName, Vec<&'a TargetName>>,
    /// The targets of `after` that stand for any, each with the ones it stands for.
    pub stands_for: BTreeMap<&'a TargetName, Vec<&'a TargetName>>,
    /// The digests of the checks as they are defined now.
    pub digests: BTreeMap<&'a CheckName, Digest>,
    /// The checks under way in `after`.
    pub verifications: Verifications<'a>,
    rules: &'a [Rule],
}

impl<'a> Scene<'a> {
    pub(super) fn of(question: &Question<'a>) -> Result<Self, Unaskable> {
        let service = question.service;
        let to = environment(service, question.to)?;
        let Some(after) = &to.after else {
            let (service, environment) = (service.name.clone(), to.name.clone());
            return Err(Unaskable::NoGate { service, environment });
        };
        let after = environment(service, after)?;
        if question.release.service != service.name {
            let (release, service) = (question.release.clone(), service.name.clone());
            return Err(Unaskable::OtherService { release, service });
        }
        let stand_ins = stand_ins(to, after);
        let mut stands_for: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (target, others) in &stand_ins {
            for other in others {
                stands_for.entry(*other).or_default().push(*target);
            }
        }
        let lane = question.state.lanes.get(&after.name);
        let version = &question.release.version;
        Ok(Self {
            catalog: question.catalog,
            service,
            state: question.state,
            facts: question.facts,
            now: question.now,
            id: question.release,
            release: question.state.releases.get(version),
            to,
            after,
            stand_ins,
            stands_for,
            digests: service.checks.iter().map(|(name, c)| (name, c.digest())).collect(),
            verifications: Verifications::of(lane, version, question.facts, question.now),
            rules: service.gates.get(&to.name).map_or(&[], Vec::as_slice),
        })
    }

    /// The candidate's version.
    pub(super) fn version(&self) -> &'a Version {
        &self.id.version
    }

    /// What people said about the service.
    pub(super) fn people(&self) -> &'a PeopleState {
        &self.state.people
    }

    /// The lane in which the candidate is checked.
    pub(super) fn lane_after(&self) -> Option<&'a LaneState> {
        self.state.lanes.get(&self.after.name)
    }

    /// What is known about a target of `after`.
    pub(super) fn checked_target(&self, name: &TargetName) -> Option<&'a TargetState> {
        self.lane_after()?.targets.get(name)
    }

    /// What is known about a target of `to`.
    pub(super) fn target(&self, name: &TargetName) -> Option<&'a TargetState> {
        self.state.lanes.get(&self.to.name)?.targets.get(name)
    }

    /// The whole name of a target of `after`.
    pub(super) fn id_after(&self, name: &TargetName) -> TargetId {
        self.full(&self.after.name, name)
    }

    /// The whole name of a target of `to`.
    pub(super) fn id_to(&self, name: &TargetName) -> TargetId {
        self.full(&self.to.name, name)
    }

    fn full(&self, environment: &EnvironmentName, target: &TargetName) -> TargetId {
        TargetId {
            service: self.service.name.clone(),
            environment: environment.clone(),
            target: target.clone(),
        }
    }

    /// What runs on a target right now; `None` when nobody looked.
    pub(super) fn observed_now(&self, target: &TargetId) -> Option<&'a Observed> {
        self.facts.observations.get(target).map(|observation| &observation.observed)
    }

    /// Whether `at` cannot have been yet.
    pub(super) fn is_future(&self, at: Timestamp) -> bool {
        at > SKEW.after(self.now)
    }

    /// What the configuration asks by the rule called `name` of this release, and for each entry
    /// that is not asked of it, why not.
    pub(super) fn asked(&self, name: RuleName) -> (Vec<&'a RuleKind>, Vec<Why>) {
        let mut asked = Vec::new();
        let mut not_asked = Vec::new();
        for rule in self.rules.iter().filter(|rule| name_of(&rule.kind) == name) {
            match self.exempt(rule) {
                None => asked.push(&rule.kind),
                Some(why) => not_asked.push(why),
            }
        }
        (asked, not_asked)
    }

    /// Why an entry is not asked of this release. One that nobody knows is asked everything.
    fn exempt(&self, rule: &Rule) -> Option<Why> {
        let applies = &rule.applies;
        let tier = self.service.tier;
        if !applies.tiers.is_empty() && !applies.tiers.contains(&tier) {
            return Some(Why::OtherTier { tier });
        }
        let change = self.release?.change;
        (!applies.changes.is_empty() && !applies.changes.contains(&change))
            .then_some(Why::OtherChange { change })
    }
}

fn environment<'a>(
    service: &'a Service,
    name: &EnvironmentName,
) -> Result<&'a Environment, Unaskable> {
    service.environment(name).ok_or_else(|| Unaskable::UnknownEnvironment {
        service: service.name.clone(),
        environment: name.clone(),
    })
}

fn stand_ins<'a>(
    to: &'a Environment,
    after: &'a Environment,
) -> BTreeMap<&'a TargetName, Vec<&'a TargetName>> {
    let mut places: BTreeMap<(&SiteName, &PlatformName), Vec<&TargetName>> = BTreeMap::new();
    for (name, target) in &after.targets {
        places.entry(place(target)).or_default().push(name);
    }
    to.targets
        .iter()
        .map(|(name, target)| (name, places.get(&place(target)).cloned().unwrap_or_default()))
        .collect()
}

fn place(target: &Target) -> (&SiteName, &PlatformName) {
    (&target.site, &target.platform)
}

fn name_of(kind: &RuleKind) -> RuleName {
    match kind {
        RuleKind::Evidence { .. } => RuleName::Evidence,
        RuleKind::Soak { .. } => RuleName::Soak,
        RuleKind::Freeze(_) => RuleName::Freeze,
        RuleKind::WayBack { .. } => RuleName::WayBack,
        RuleKind::SignOff { .. } => RuleName::SignOff,
        RuleKind::Condition { .. } => RuleName::Condition,
    }
}

/// A requirement of the release as a whole, without evidence.
pub(super) const fn requirement(rule: RuleName, state: State, why: Why) -> Requirement {
    Requirement {
        rule,
        target: None,
        check: None,
        state,
        why,
        evidence: None,
        without: None,
        lapsed: None,
        cause: None,
        reported_by: None,
        reported_as_junit: false,
    }
}

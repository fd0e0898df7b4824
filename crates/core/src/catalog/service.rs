//! Services and where they run.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::ids::{
    CheckName, EnvironmentName, ForgeName, LaneId, PersonName, PlatformName, RoleName, SecretName,
    ServiceName, SiteName, TargetId, TargetName, TrustName,
};

use super::{
    BranchRef, Check, Forge, PathPattern, Platform, PromotionPolicy, Rule, Tier, Trust, TwinPair,
};

/// Everything that the configuration says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Catalog {
    /// The services by name.
    pub services: BTreeMap<ServiceName, Service>,
    /// Who holds which role.
    pub roles: BTreeMap<RoleName, BTreeSet<PersonName>>,
    /// Where secrets are read from; their values are never here.
    pub secrets: BTreeMap<SecretName, SecretRef>,
    /// How much is done at once.
    pub limits: Limits,
    /// Whose tokens are accepted beside our own.
    #[serde(default)]
    pub trust: BTreeMap<TrustName, Trust>,
    /// The protected branches, and the environment that each is deployed to.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub branches: BTreeMap<BranchRef, EnvironmentName>,
    /// Files that are part of no service: what only they change, changes nothing that runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_deployed: Vec<PathPattern>,
    /// The forges that are told, and that tell.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub forges: BTreeMap<ForgeName, Forge>,
}

/// Where the value of a secret is read from, each time it is needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretRef {
    /// An environment variable: `env:NAME`.
    Env(String),
    /// A file, its last line break removed: `file:PATH`, relative to the configuration.
    File(String),
}

/// How many checks run at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Checks at once, all together.
    pub checks_at_once: u32,
    /// Checks at once against one host (the host of the target's URL, or the target itself).
    pub per_host: u32,
    /// Targets of one wave that are deployed at once.
    pub deployments_at_once: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { checks_at_once: 32, per_host: 8, deployments_at_once: 16 }
    }
}

/// A service: what is released as one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Service {
    /// Its name, the same as its key in the catalog.
    pub name: ServiceName,
    /// How important it is.
    pub tier: Tier,
    /// The stages in order. *Checked*: an environment comes after the one it names in `after`.
    pub environments: Vec<Environment>,
    /// How things are deployed. *Checked*: every target's platform is here.
    pub platforms: BTreeMap<PlatformName, Platform>,
    /// What is looked at.
    pub checks: BTreeMap<CheckName, Check>,
    /// What is asked at the gate of an environment, beyond what is always asked.
    pub gates: BTreeMap<EnvironmentName, Vec<Rule>>,
    /// How a promotion goes.
    pub promotion: PromotionPolicy,
    /// Parts of files that must change together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub twins: Vec<TwinPair>,
    /// Which files of its repository it is made of; every file when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<PathPattern>,
}

/// A stage: staging, production.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Environment {
    /// Its name.
    pub name: EnvironmentName,
    /// The environment whose evidence its gate asks for. Without it there is no gate.
    pub after: Option<EnvironmentName>,
    /// Its targets.
    pub targets: BTreeMap<TargetName, Target>,
}

/// One site on one platform in one environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// The site.
    pub site: SiteName,
    /// The platform.
    pub platform: PlatformName,
    /// Where it answers, without a slash at the end. *Checked*: http or https.
    pub url: Option<String>,
    /// Free values for templates: `{{ target.vars.host }}`.
    pub vars: BTreeMap<String, String>,
}

impl Service {
    /// The environment of that name.
    #[must_use]
    pub fn environment(&self, name: &EnvironmentName) -> Option<&Environment> {
        self.environments.iter().find(|environment| environment.name == *name)
    }

    /// The target, if this service has it.
    #[must_use]
    pub fn target(&self, id: &TargetId) -> Option<&Target> {
        self.environment(&id.environment)?.targets.get(&id.target)
    }

    /// The lane of this service in `environment`.
    #[must_use]
    pub fn lane(&self, environment: &EnvironmentName) -> LaneId {
        LaneId { service: self.name.clone(), environment: environment.clone() }
    }

    /// The checks that are expected on a target, in order of name.
    pub fn expected_checks<'a>(
        &'a self,
        environment: &'a EnvironmentName,
        name: &'a TargetName,
        target: &'a Target,
    ) -> impl Iterator<Item = (&'a CheckName, &'a Check)> {
        self.checks.iter().filter(move |(_, check)| check.only.covers(environment, name, target))
    }

    /// The targets in `after` that stand for `target`: same site, same platform (P4.3).
    #[must_use]
    pub fn stand_ins(&self, after: &EnvironmentName, target: &Target) -> Vec<TargetName> {
        let Some(environment) = self.environment(after) else { return Vec::new() };
        environment
            .targets
            .iter()
            .filter(|(_, other)| other.site == target.site && other.platform == target.platform)
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// The targets for which `target` of `environment` stands: same site, same platform, in the
    /// environments that come right after it.
    #[must_use]
    pub fn stood_for(&self, environment: &EnvironmentName, target: &Target) -> Vec<TargetId> {
        let after = self.environments.iter().filter(|e| e.after.as_ref() == Some(environment));
        after.flat_map(|after| self.alike(after, target, true)).collect()
    }

    /// The targets of an environment of the same site; of the same platform alone where `strictly`
    /// so or where there are any.
    #[must_use]
    pub fn alike(
        &self,
        environment: &Environment,
        target: &Target,
        strictly: bool,
    ) -> Vec<TargetId> {
        let of_site = |same_platform: bool| -> Vec<TargetId> {
            let lane = self.lane(&environment.name);
            let all = environment.targets.iter().filter(|(_, other)| other.site == target.site);
            all.filter(|(_, other)| (other.platform == target.platform) == same_platform)
                .map(|(name, _)| lane.target(name))
                .collect()
        };
        let same = of_site(true);
        if same.is_empty() && !strictly { of_site(false) } else { same }
    }
}

impl Catalog {
    /// The digest of the part that decides about a service, by which a decision says under which
    /// policy it was made.
    #[must_use]
    pub fn policy_digest(&self, service: &ServiceName) -> Digest {
        Digest::of_json(&(self.services.get(service), &self.roles))
    }

    /// Whether the person holds the role.
    #[must_use]
    pub fn holds(&self, person: &PersonName, role: &RoleName) -> bool {
        self.roles.get(role).is_some_and(|people| people.contains(person))
    }
}

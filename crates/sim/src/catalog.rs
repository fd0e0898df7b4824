//! A configuration for stories.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::catalog::{
    Applies, Argv, Catalog, Check, CheckKind, CommandCheck, CommandDeploy, DeployKind, Environment,
    HttpCheck, Limits, Observe, ObserveKind, OnRegression, Platform, PromotionPolicy, Rule,
    RuleKind, Scope, Service, Target, Tier, TlsExpectation, VersionFrom, WaveTargets,
};
use plimsoll_core::ids::{CheckName, TargetName};
use plimsoll_core::units::Period;

/// How large a story's world is, and how its promotions go.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Sites.
    pub sites: Vec<&'static str>,
    /// Platforms.
    pub platforms: Vec<&'static str>,
    /// Waves by targets' names; the rest comes last by itself.
    pub waves: Vec<Vec<String>>,
    /// How long each wave is watched.
    pub soak: Period,
    /// What happens when a wave regresses.
    pub on_regression: OnRegression,
    /// What is asked beyond what is always asked.
    pub rules: Vec<RuleKind>,
    /// How long a promotion may wait for the gate between waves.
    pub wait_at_most: Period,
    /// The checks that are probes; those of HTTP when there are none.
    pub probes: Vec<&'static str>,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            sites: vec!["nl", "in", "ca"],
            platforms: vec!["vm", "k8s"],
            waves: vec![vec!["nl-vm".to_owned()]],
            soak: Period::from_mins(5),
            on_regression: OnRegression::RollBack,
            rules: Vec::new(),
            wait_at_most: Period::from_hours(1),
            probes: Vec::new(),
        }
    }
}

fn name<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().expect("stories use valid names")
}

fn argv() -> Argv {
    Argv { argv: vec![name("simulated")], env: BTreeMap::new(), dir: None }
}

fn platform() -> Platform {
    let deploy = CommandDeploy { deploy: argv(), roll_back: None, prove: None, aim: None };
    Platform {
        deploy: DeployKind::Command(deploy),
        observe: Observe {
            kind: ObserveKind::Command(argv()),
            version: VersionFrom::Text,
            within: Period::from_secs(5),
        },
        within: Period::from_mins(10),
    }
}

fn checks() -> BTreeMap<CheckName, Check> {
    let http = HttpCheck {
        path: name("/"),
        method: "GET".to_owned(),
        headers: BTreeMap::new(),
        body: None,
        status: BTreeSet::new(),
        redirects: 0,
        expect_headers: BTreeMap::new(),
        expect_body: Vec::new(),
        expect_json: Vec::new(),
        tls: TlsExpectation::default(),
        max_body_bytes: 1_000_000,
    };
    let suite = CommandCheck { run: argv(), junit: None, errored_exit_codes: BTreeSet::new() };
    let check = |kind| Check {
        kind,
        only: Scope::default(),
        within: Period::from_secs(10),
        retries: 0,
        at_once: None,
        safe_on_production: false,
        control_runs: Check::CONTROL_RUNS,
    };
    BTreeMap::from([
        (name("home"), check(CheckKind::Http(http))),
        (name("suite"), check(CheckKind::Command(suite))),
    ])
}

fn environment(environment: &str, after: Option<&str>, shape: &Shape) -> Environment {
    let mut targets = BTreeMap::new();
    for site in &shape.sites {
        for platform in &shape.platforms {
            let target = Target {
                site: name(site),
                platform: name(platform),
                url: Some(format!("http://{site}.{platform}.example")),
                vars: BTreeMap::new(),
            };
            targets.insert(name::<TargetName>(&format!("{site}-{platform}")), target);
        }
    }
    Environment { name: name(environment), after: after.map(name), targets }
}

/// A catalog with one service, `planet4`, in staging and production.
///
/// # Panics
/// When the shape's names are no names.
#[must_use]
pub fn catalog(shape: &Shape) -> Catalog {
    let mut waves: Vec<_> = shape
        .waves
        .iter()
        .map(|wave| WaveTargets::Named(wave.iter().map(|target| name(target)).collect()))
        .collect();
    waves.push(WaveTargets::Rest);
    let rules = shape
        .rules
        .iter()
        .map(|kind| Rule { kind: kind.clone(), applies: Applies::default() })
        .collect();
    let service = Service {
        name: name("planet4"),
        tier: Tier::Critical,
        environments: vec![
            environment("staging", None, shape),
            environment("production", Some("staging"), shape),
        ],
        platforms: shape.platforms.iter().map(|p| (name(p), platform())).collect(),
        checks: checks(),
        gates: BTreeMap::from([(name("production"), rules)]),
        promotion: PromotionPolicy {
            waves,
            soak: shape.soak,
            on_regression: shape.on_regression,
            wait_at_most: shape.wait_at_most,
            probes: shape.probes.iter().map(|probe| name(probe)).collect(),
            ..PromotionPolicy::default()
        },
        twins: Vec::new(),
        paths: Vec::new(),
    };
    Catalog {
        services: BTreeMap::from([(service.name.clone(), service)]),
        roles: BTreeMap::new(),
        secrets: BTreeMap::new(),
        limits: Limits::default(),
        trust: BTreeMap::new(),
        branches: BTreeMap::new(),
        not_deployed: Vec::new(),
        forges: BTreeMap::new(),
    }
}

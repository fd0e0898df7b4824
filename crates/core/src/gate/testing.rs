//! A small world for the tests of the gate: a service with a staging that is all green and a
//! production that can go back. Each test breaks one thing.

use std::collections::{BTreeMap, BTreeSet};

use crate::Timestamp;
use crate::catalog::{
    Applies, Catalog, ChangeClass, Check, CheckKind, Environment, HttpCheck, Limits,
    PromotionPolicy, Rule, RuleKind, RuleName, Scope, Service, Target, Tier, TlsExpectation,
};
use crate::digest::Digest;
use crate::ids::{
    CheckName, CheckRunId, DeploymentId, EnvironmentName, ReleaseId, Seq, TargetId, TargetName,
    Version,
};
use crate::ledger::{
    DeploymentState, LaneState, RunState, Said, ServiceState, TargetState, VerifiedGood,
};
use crate::record::{
    Artifact, ArtifactKind, Attempt, CheckResult, Decision, DeployReport, DeployResult, MoveReason,
    Observation, Observed, Outcome, Proof, ProofOutcome, Release, Requirement, Waiver,
};
use crate::units::Period;

use super::{Facts, Question, Ruling, decide};

pub const CANDIDATE: &str = "1.23";
pub const CURRENT: &str = "1.22";

/// Noon of a Monday.
pub fn now() -> Timestamp {
    time("2026-03-02T12:00:00Z")
}

pub fn time(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

pub fn ago(period: Period) -> Timestamp {
    period.before(now())
}

/// A name of whatever kind is wanted.
pub fn n<T: std::str::FromStr>(text: &str) -> T {
    text.parse().ok().expect("a name")
}

pub fn release_id(version: &str) -> ReleaseId {
    n(&format!("shop@{version}"))
}

pub fn staging(target: &str) -> TargetId {
    n(&format!("shop/staging/{target}"))
}

pub fn production(target: &str) -> TargetId {
    n(&format!("shop/production/{target}"))
}

/// What can be asked and with which facts.
#[derive(Debug, Clone)]
pub struct World {
    pub catalog: Catalog,
    pub state: ServiceState,
    pub facts: Facts,
    pub candidate: ReleaseId,
    pub now: Timestamp,
}

impl World {
    /// Two sites on two platforms, two checks; everything as it should be.
    pub fn green() -> Self {
        Self::sized(&["nl", "in"], &["vm", "k8s"], 2)
    }

    pub fn sized(sites: &[&str], platforms: &[&str], checks: usize) -> Self {
        let mut targets = BTreeMap::new();
        for site in sites {
            for platform in platforms {
                let target = Target {
                    site: n(site),
                    platform: n(platform),
                    url: None,
                    vars: BTreeMap::new(),
                };
                targets.insert(n(&format!("{site}-{platform}")), target);
            }
        }
        let checks = (0..checks).map(|i| (n(&format!("check{i}")), check("/"))).collect();
        let service = service(&targets, checks);
        let mut world = Self {
            catalog: Catalog {
                services: BTreeMap::from([(service.name.clone(), service)]),
                roles: BTreeMap::from([(n("editors"), BTreeSet::from([n("ada"), n("bo")]))]),
                secrets: BTreeMap::new(),
                limits: Limits::default(),
                trust: BTreeMap::new(),
                branches: BTreeMap::new(),
                not_deployed: Vec::new(),
                forges: BTreeMap::new(),
            },
            state: ServiceState { seq: Seq(1_000), ..ServiceState::default() },
            facts: Facts::default(),
            candidate: release_id(CANDIDATE),
            now: now(),
        };
        world.populate(&targets.into_keys().collect::<Vec<_>>());
        world
    }

    fn populate(&mut self, names: &[TargetName]) {
        for version in [CURRENT, CANDIDATE] {
            self.state.releases.insert(n(version), release(version));
        }
        let mut staging_lane = LaneState::default();
        let mut production_lane = LaneState::default();
        for (number, name) in (10..).zip(names) {
            staging_lane
                .targets
                .insert(name.clone(), deployed(CANDIDATE, number, ago(Period::from_hours(4))));
            let mut live = deployed(CURRENT, number + 500, ago(Period::from_hours(200)));
            live.verified_good.push(VerifiedGood {
                version: n(CURRENT),
                at: ago(Period::from_hours(199)),
                seq: Seq(900),
                doubted_at: None,
            });
            production_lane.targets.insert(name.clone(), live);
            self.observe(&staging(name.as_str()), CANDIDATE);
            self.observe(&production(name.as_str()), CURRENT);
            self.prove(name.as_str(), CURRENT, ProofOutcome::Present { how: "hashed".into() });
        }
        self.state.lanes.insert(n("staging"), staging_lane);
        self.state.lanes.insert(n("production"), production_lane);
        let checks: Vec<CheckName> = self.service().checks.keys().cloned().collect();
        for name in names {
            for check in &checks {
                self.pass(name.as_str(), check.as_str(), ago(Period::from_hours(2)));
            }
        }
    }

    pub fn service(&self) -> &Service {
        &self.catalog.services["shop"]
    }

    pub fn service_mut(&mut self) -> &mut Service {
        self.catalog.services.get_mut("shop").expect("the shop")
    }

    pub fn environment_mut(&mut self, name: &str) -> &mut Environment {
        let all = &mut self.service_mut().environments;
        all.iter_mut().find(|e| e.name.as_str() == name).expect("an environment")
    }

    pub fn gate(&mut self, kind: RuleKind) -> &mut Applies {
        let rules = self.service_mut().gates.entry(n("production")).or_default();
        rules.push(Rule { kind, applies: Applies::default() });
        &mut rules.last_mut().expect("just added").applies
    }

    pub fn target(&mut self, id: &TargetId) -> &mut TargetState {
        let lane = self.state.lanes.get_mut(&id.environment).expect("a lane");
        lane.targets.get_mut(&id.target).expect("a target")
    }

    pub fn observe(&mut self, target: &TargetId, version: &str) {
        self.see(target, Observed::Version(n(version)));
    }

    pub fn see(&mut self, target: &TargetId, observed: Observed) {
        let observation = Observation { target: target.clone(), at: self.now, observed };
        self.facts.observations.insert(target.clone(), observation);
    }

    pub fn prove(&mut self, name: &str, version: &str, outcome: ProofOutcome) {
        let target = production(name);
        let proof = Proof { target: target.clone(), version: n(version), at: self.now, outcome };
        self.facts.proofs.insert(target, proof);
    }

    /// The candidate passes a check on a staging target, bound to all that is so now.
    pub fn pass(&mut self, name: &str, check: &str, at: Timestamp) {
        let id = staging(name);
        let check: CheckName = n(check);
        let digest = self.service().checks[&check].digest();
        let version: Version = n(CANDIDATE);
        let deployment = self.target(&id).deployment.as_ref().map(|d| d.id);
        let result = CheckResult {
            target: id.clone(),
            check: check.clone(),
            check_digest: digest,
            version: version.clone(),
            deployment,
            started_at: at,
            finished_at: at,
            observed_before: Observed::Version(version.clone()),
            observed_after: Observed::Version(version),
            attempts: vec![attempt(Outcome::Passed, "200 in 12 ms")],
            outcome: Outcome::Passed,
            output: None,
            reported: None,
        };
        let run = RunState { id: CheckRunId(Seq(100)), result, control: None };
        self.target(&id).results.insert(check, run);
    }

    pub fn result(&mut self, name: &str, check: &str) -> &mut CheckResult {
        let run = self.target(&staging(name)).results.get_mut(check).expect("a result");
        &mut run.result
    }

    pub fn fail(&mut self, name: &str, check: &str, finding: &str) -> &mut CheckResult {
        let result = self.result(name, check);
        result.outcome = Outcome::Failed;
        result.attempts = vec![attempt(Outcome::Failed, finding)];
        result
    }

    pub fn waive(&mut self, rule: RuleName) -> &mut Waiver {
        let seq = Seq(2_000 + self.state.people.waivers.len() as u64);
        let waiver = Waiver {
            release: self.candidate.clone(),
            to: n("production"),
            rule,
            targets: Vec::new(),
            checks: Vec::new(),
            reason: "seen and accepted".into(),
            by: n("ada"),
            at: ago(Period::from_hours(1)),
            until: Period::from_hours(1).after(self.now),
        };
        self.state.people.waivers.push(said(seq.0, waiver));
        &mut self.state.people.waivers.last_mut().expect("just given").what
    }

    pub fn ask(&self) -> Ruling {
        self.ask_for("production")
    }

    pub fn ask_for(&self, environment: &str) -> Ruling {
        let to: EnvironmentName = n(environment);
        decide(&self.question(&to)).expect("there is such a gate")
    }

    pub fn question<'a>(&'a self, to: &'a EnvironmentName) -> Question<'a> {
        Question {
            catalog: &self.catalog,
            service: self.service(),
            release: &self.candidate,
            to,
            state: &self.state,
            facts: &self.facts,
            now: self.now,
        }
    }

    pub fn decision(&self) -> Decision {
        self.ask().into_decision()
    }

    pub fn allowed(&self) -> bool {
        self.ask().is_allowed()
    }

    /// The requirement of that rule, target and check.
    pub fn found(
        &self,
        rule: RuleName,
        target: Option<TargetId>,
        check: Option<&str>,
    ) -> Requirement {
        let decision = self.decision();
        let fits = |r: &&Requirement| {
            r.rule == rule && r.target == target && r.check.as_ref().map(|c| c.as_str()) == check
        };
        decision.requirements.iter().find(fits).expect("the requirement is listed").clone()
    }

    /// How the pair nl-vm, check0 stands.
    pub fn pair(&self) -> Requirement {
        self.found(RuleName::Evidence, Some(staging("nl-vm")), Some("check0"))
    }

    /// Every requirement of a rule.
    pub fn of(&self, rule: RuleName) -> Vec<Requirement> {
        self.decision().requirements.into_iter().filter(|r| r.rule == rule).collect()
    }
}

pub fn said<T>(seq: u64, what: T) -> Said<T> {
    Said { seq: Seq(seq), withdrawn_at: None, what }
}

pub fn attempt(outcome: Outcome, finding: &str) -> Attempt {
    Attempt {
        outcome,
        finding: finding.into(),
        took_ms: 12,
        cases: None,
        timings: None,
        page: None,
    }
}

pub fn check(path: &str) -> Check {
    Check {
        kind: CheckKind::Http(HttpCheck {
            path: n(path),
            method: "GET".into(),
            headers: BTreeMap::new(),
            body: None,
            status: BTreeSet::new(),
            redirects: 0,
            expect_headers: BTreeMap::new(),
            expect_body: Vec::new(),
            expect_json: Vec::new(),
            tls: TlsExpectation::default(),
            max_body_bytes: 1_000_000,
        }),
        only: Scope::default(),
        within: Period::from_secs(2),
        retries: 0,
        at_once: None,
        safe_on_production: false,
        control_runs: Check::CONTROL_RUNS,
    }
}

pub fn release(version: &str) -> Release {
    Release {
        id: release_id(version),
        artifacts: vec![Artifact {
            name: n("site"),
            kind: ArtifactKind::Directory,
            digest: Digest::of(version.as_bytes()),
            source: format!("build/{version}"),
            kept: true,
        }],
        change: ChangeClass::Minor,
        irreversible: false,
        notes: String::new(),
        added_at: ago(Period::from_hours(5)),
        added_by: n("ada"),
    }
}

pub fn deployed(version: &str, number: u64, at: Timestamp) -> TargetState {
    let report = DeployReport {
        result: DeployResult::Done,
        observed: Observed::Version(n(version)),
        took_ms: 900,
        output: None,
    };
    TargetState {
        deployment: Some(DeploymentState {
            id: DeploymentId(Seq(number)),
            version: n(version),
            previous: None,
            reason: MoveReason::Forward,
            started_at: at,
            finished_at: Some(at),
            report: Some(report),
            adopted: false,
            promotion: None,
        }),
        ..TargetState::default()
    }
}

fn service(targets: &BTreeMap<TargetName, Target>, checks: BTreeMap<CheckName, Check>) -> Service {
    let environment = |name, after: Option<&str>| Environment {
        name: n(name),
        after: after.map(n),
        targets: targets.clone(),
    };
    Service {
        name: n("shop"),
        tier: Tier::Standard,
        environments: vec![
            environment("staging", None),
            environment("production", Some("staging")),
        ],
        platforms: BTreeMap::new(),
        checks,
        gates: BTreeMap::new(),
        promotion: PromotionPolicy::default(),
        twins: Vec::new(),
        paths: Vec::new(),
    }
}

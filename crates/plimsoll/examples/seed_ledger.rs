//! Years of history for benchmarks: `seed_ledger CONFIG RESULTS`.
//!
//! For the one service of CONFIG, which goes from `staging` to `production` by the `files` deployer:
//! release after release is deployed to staging, checked there, promoted and checked again, until
//! there are RESULTS results; the last release, the candidate, is deployed to staging and checked,
//! and waits for the gate. Every event goes through the store and folds, the hashes verify, and the
//! directories that the last two releases name are there. Prints one line of JSON.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use plimsoll_core::Timestamp;
use plimsoll_core::catalog::{ChangeClass, Environment, OnRegression, Service};
use plimsoll_core::digest::Digest;
use plimsoll_core::event::{Actor, EventKind, NewEvent, PromotionEnd, Stream};
use plimsoll_core::ids::{
    CheckName, DeploymentId, EnvironmentName, LaneId, PersonName, PromotionId, ReleaseId, Seq,
    TargetName, Version,
};
use plimsoll_core::record::{
    Artifact, ArtifactKind, Attempt, CheckResult, DeployReport, DeployResult, MoveReason, Observed,
    Outcome, Plan, PlanKind, PlannedWave, Release, TargetChange, Timings,
};
use plimsoll_core::units::Period;
use plimsoll_store::{Location, Store, open};

type Failure = Box<dyn std::error::Error + Send + Sync>;

const YEARS: u64 = 5;
const BEFORE_NOW: Period = Period::from_hours(1);

/// Events on their way into the ledger. Nobody else writes, so their positions are known.
struct History {
    store: Arc<dyn Store>,
    pending: Vec<NewEvent>,
    next: u64,
    results: u64,
}

/// One release on its way.
struct Step<'a> {
    service: &'a Service,
    release: &'a Release,
    before: Option<&'a Version>,
    by: &'a PersonName,
    digests: &'a BTreeMap<CheckName, Digest>,
    /// When it began.
    at: Timestamp,
}

impl History {
    fn add(&mut self, stream: Stream, at: Timestamp, kind: EventKind) -> Seq {
        self.pending.push(NewEvent { stream, at, actor: Actor::Plimsoll, kind });
        let seq = Seq(self.next);
        self.next += 1;
        seq
    }

    async fn write(&mut self) -> Result<(), Failure> {
        let events = self.store.append(std::mem::take(&mut self.pending), Vec::new()).await?;
        let last = events.last().map_or(0, |event| event.seq.0);
        if last + 1 != self.next {
            return Err("somebody else writes to this ledger".into());
        }
        Ok(())
    }

    /// Puts the release on every target of an environment; gives the number of each deployment.
    fn deploy(
        &mut self,
        step: &Step<'_>,
        environment: &Environment,
        kind: PlanKind,
    ) -> (PromotionId, BTreeMap<TargetName, DeploymentId>) {
        let lane = step.service.lane(&environment.name);
        let stream = || Stream::Lane(lane.clone());
        let at = step.at;
        let plan = plan(step, environment, kind);
        let (digest, plan) = (plan.digest(), Box::new(plan));
        let started =
            EventKind::PromotionStarted { plan, digest, follow_ups: Vec::new(), driver: None };
        let promotion = PromotionId(self.add(stream(), at, started));
        let (driver, epoch) = ("history".to_owned(), 1);
        self.add(
            stream(),
            at,
            EventKind::DriverClaimed { promotion, driver, epoch, changed: Vec::new() },
        );
        self.add(stream(), at, EventKind::WaveStarted { promotion, wave: 0, decision: None });
        let version = &step.release.id.version;
        let mut deployments = BTreeMap::new();
        for target in environment.targets.keys() {
            let begun = EventKind::DeploymentStarted {
                promotion,
                epoch,
                target: target.clone(),
                version: version.clone(),
                reason: MoveReason::Forward,
            };
            let deployment = DeploymentId(self.add(stream(), at, begun));
            let report = DeployReport {
                result: DeployResult::Done,
                observed: Observed::Version(version.clone()),
                took_ms: 840,
                output: None,
            };
            let version = Some(version.clone());
            let finished = EventKind::DeploymentFinished { deployment, epoch, version, report };
            self.add(stream(), at, finished);
            deployments.insert(target.clone(), deployment);
        }
        (promotion, deployments)
    }

    /// Runs every check on every target of an environment.
    fn verify(
        &mut self,
        step: &Step<'_>,
        environment: &Environment,
        deployments: &BTreeMap<TargetName, DeploymentId>,
    ) {
        let lane = step.service.lane(&environment.name);
        let stream = || Stream::Evidence(lane.clone());
        let begun = EventKind::VerifyStarted {
            version: step.release.id.version.clone(),
            targets: environment.targets.keys().cloned().collect(),
            checks: step.service.checks.keys().cloned().collect(),
            driver: "history".to_owned(),
            deadline: Period::from_mins(30).after(step.at),
        };
        let started = self.add(stream(), step.at, begun);
        for (target, deployment) in deployments {
            for check in step.service.checks.keys() {
                let result = Box::new(passed(step, &lane, target, check, *deployment));
                self.add(stream(), result.finished_at, EventKind::CheckFinished { result });
                self.results += 1;
            }
        }
        self.add(stream(), step.at, EventKind::VerifyFinished { started });
    }

    fn end(
        &mut self,
        step: &Step<'_>,
        environment: &EnvironmentName,
        promotion: PromotionId,
        end: PromotionEnd,
    ) {
        let stream = Stream::Lane(step.service.lane(environment));
        self.add(stream, step.at, EventKind::PromotionFinished { promotion, epoch: 1, end });
    }

    fn mark_good(
        &mut self,
        step: &Step<'_>,
        environment: &Environment,
        promotion: Option<PromotionId>,
    ) {
        let targets = environment.targets.keys().cloned().collect();
        let version = step.release.id.version.clone();
        let stream = Stream::Lane(step.service.lane(&environment.name));
        self.add(stream, step.at, EventKind::VerifiedGood { targets, version, promotion });
    }

    /// To staging, with its checks.
    fn stage(&mut self, step: &Step<'_>, staging: &Environment) {
        let release = step.release.clone();
        self.add(Stream::Release(release.id.clone()), step.at, EventKind::ReleaseAdded { release });
        let (promotion, deployments) = self.deploy(step, staging, PlanKind::Deployment);
        self.end(step, &staging.name, promotion, PromotionEnd::Deployed);
        self.verify(step, staging, &deployments);
        self.mark_good(step, staging, None);
    }

    /// On to production, with its checks.
    fn promote(&mut self, step: &Step<'_>, production: &Environment) {
        let (promotion, deployments) = self.deploy(step, production, PlanKind::Promotion);
        self.verify(step, production, &deployments);
        let stream = || Stream::Lane(step.service.lane(&production.name));
        self.add(stream(), step.at, EventKind::WaveVerified { promotion, wave: 0 });
        self.add(stream(), step.at, EventKind::SoakFinished { promotion, wave: 0 });
        self.mark_good(step, production, Some(promotion));
        self.end(step, &production.name, promotion, PromotionEnd::VerifiedGood);
    }
}

fn plan(step: &Step<'_>, environment: &Environment, kind: PlanKind) -> Plan {
    let change = |target: &TargetName| TargetChange {
        target: target.clone(),
        from: step.before.cloned(),
        to: step.release.id.version.clone(),
        way_back: None,
        pinned: None,
    };
    let targets: Vec<TargetName> = environment.targets.keys().cloned().collect();
    Plan {
        kind,
        lane: step.service.lane(&environment.name),
        release: step.release.id.clone(),
        release_digest: step.release.digest(),
        changes: targets.iter().map(change).collect(),
        waves: vec![PlannedWave { targets, soak: Period::ZERO }],
        on_regression: OnRegression::RollBack,
        irreversible: false,
        probe_every: Period::from_secs(1),
        probes: Vec::new(),
        max_gap: Period::from_secs(5),
        wait_at_most: Period::from_hours(12),
        decision: None,
        policy: Digest::ZERO,
        by: step.by.clone(),
        at: step.at,
    }
}

fn passed(
    step: &Step<'_>,
    lane: &LaneId,
    target: &TargetName,
    check: &CheckName,
    deployment: DeploymentId,
) -> CheckResult {
    let version = &step.release.id.version;
    let us = 3_000 + deployment.0.0 % 9_000;
    let timings = Timings {
        dns_us: us / 20,
        connect_us: us / 10,
        tls_us: us / 2,
        first_byte_us: us / 5,
        total_us: us,
    };
    let attempt = Attempt {
        outcome: Outcome::Passed,
        finding: format!("/{check} answers 200 in {} ms", us / 1_000),
        took_ms: us / 1_000,
        cases: None,
        timings: Some(timings),
        page: None,
    };
    CheckResult {
        target: lane.target(target),
        check: check.clone(),
        check_digest: step.digests[check],
        version: version.clone(),
        deployment: Some(deployment),
        started_at: step.at,
        finished_at: Period::from_millis(us / 1_000).after(step.at),
        observed_before: Observed::Version(version.clone()),
        observed_after: Observed::Version(version.clone()),
        attempts: vec![attempt],
        outcome: Outcome::Passed,
        output: None,
        reported: None,
    }
}

/// Where the `files` deployer would have put the release, with what it would have put there.
fn put(
    root: &Path,
    lane: &LaneId,
    target: &TargetName,
    version: &Version,
) -> std::io::Result<PathBuf> {
    let place = root.join(lane.environment.as_str()).join(target.as_str());
    let there = place.join("releases").join(version.as_str());
    std::fs::create_dir_all(&there)?;
    std::fs::write(there.join("version.txt"), format!("{version}\n"))?;
    std::fs::write(there.join("index.html"), format!("<title>{version}</title>\n"))?;
    std::os::unix::fs::symlink(
        Path::new("releases").join(version.as_str()),
        place.join("current"),
    )?;
    Ok(there)
}

fn environment<'a>(service: &'a Service, name: &str) -> Result<&'a Environment, Failure> {
    let found = service.environments.iter().find(|environment| environment.name.as_str() == name);
    found.ok_or_else(|| format!("the service has no environment {name}").into())
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut args = std::env::args().skip(1);
    let (Some(config), Some(wanted)) = (args.next(), args.next()) else {
        return Err("usage: seed_ledger CONFIG RESULTS".into());
    };
    let wanted: u64 = wanted.parse()?;
    let loaded = plimsoll_config::load(Path::new(&config))
        .map_err(|found| format!("{config} has {} errors", found.len()))?;
    let service = loaded.catalog.services.values().next().ok_or("no service")?;
    let (staging, production) =
        (environment(service, "staging")?, environment(service, "production")?);
    let pairs = (service.checks.len() * staging.targets.len()) as u64;
    let releases = wanted.saturating_sub(pairs).div_ceil(2 * pairs).max(1) + 1;
    let dir = loaded.root.join(".plimsoll");
    let store = open(&Location::Directory(dir)).await?;
    let digests =
        service.checks.iter().map(|(name, check)| (name.clone(), check.digest())).collect();
    let by: PersonName = "history".parse()?;
    let last = BEFORE_NOW.before(Timestamp::now());
    let apart_ms = YEARS * 365 * 24 * 3_600_000 / releases;
    let began = Instant::now();
    let mut history = History { store, pending: Vec::new(), next: 1, results: 0 };
    let mut before: Option<Version> = None;
    for number in 1..=releases {
        let version: Version = format!("1.{number}").parse()?;
        let (candidate, current) = (number == releases, number + 1 == releases);
        let mut digest = Digest::of(version.as_str().as_bytes());
        for (wants, lane) in [(candidate, staging), (current, production)] {
            for target in lane.targets.keys().filter(|_| wants) {
                let there = put(&loaded.root, &service.lane(&lane.name), target, &version)?;
                digest = plimsoll_adapters::artifacts::digest_directory(&there).await?.0;
            }
        }
        let at = Period::from_millis(apart_ms * (releases - number)).before(last);
        let id = ReleaseId { service: service.name.clone(), version: version.clone() };
        let release = release(id, digest, at, &by)?;
        let before_it = before.as_ref();
        let step =
            Step { service, release: &release, before: before_it, by: &by, digests: &digests, at };
        history.stage(&step, staging);
        if !candidate {
            history.promote(&step, production);
        }
        history.write().await?;
        before = Some(version);
    }
    let seconds = began.elapsed().as_secs_f64();
    let line = serde_json::json!({
        "results": history.results,
        "events": history.next - 1,
        "releases": releases,
        "candidate": format!("{}@1.{releases}", service.name),
        "seconds": seconds,
    });
    println!("{line}");
    Ok(())
}

fn release(
    id: ReleaseId,
    digest: Digest,
    at: Timestamp,
    by: &PersonName,
) -> Result<Release, Failure> {
    let artifact = Artifact {
        name: "site".parse()?,
        kind: ArtifactKind::Directory,
        digest,
        source: format!("build/{}", id.version),
        kept: false,
    };
    Ok(Release {
        id,
        artifacts: vec![artifact],
        change: ChangeClass::Minor,
        irreversible: false,
        notes: String::new(),
        added_at: at,
        added_by: by.clone(),
    })
}

//! Targets in memory: deploying takes time, may fail or lie, and goes on when its process dies.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use plimsoll_core::ids::{TargetId, Version};
use plimsoll_core::record::{
    Attempt, DeployResult, Ending, Observed, Outcome, ProofOutcome, Release,
};
use plimsoll_core::units::Period;
use plimsoll_engine::ports::{
    Attempted, CheckJob, Clock, DeployJob, Deployed, Fleet, TargetContext,
};
use tokio::time::Instant;

use crate::chaos::{Dice, Moment};
use crate::clock::SimClock;
use crate::world::{Touch, World};

/// Targets in memory.
pub(crate) struct SimFleet {
    world: Arc<Mutex<World>>,
    dice: Dice,
    clock: SimClock,
}

/// Work on a target. Dropped before it is done, it goes on by itself.
struct AtWork<'a> {
    fleet: &'a SimFleet,
    target: TargetId,
    version: Version,
    done: bool,
}

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        let lands = Instant::now() + Duration::from_secs(self.fleet.dice.below(60));
        let mut world = self.fleet.world();
        world.at_work.remove(&self.target);
        if !self.done {
            world.orphans.push((lands, self.target.clone(), self.version.clone()));
        }
    }
}

impl SimFleet {
    pub(crate) fn new(world: Arc<Mutex<World>>, dice: Dice, clock: SimClock) -> Self {
        Self { world, dice, clock }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        world.settle(Instant::now());
        world
    }

    fn begin(&self, job: &DeployJob) -> AtWork<'_> {
        let target = job.context.id.clone();
        let version = job.release.id.version.clone();
        let mut world = self.world();
        let was = world.running.get(&target).filter(|_| !world.broken.contains(&target)).cloned();
        let orphaned = world.orphans.iter().any(|(_, other, _)| *other == target);
        if orphaned || world.at_work.insert(target.clone(), job.deployment).is_some() {
            world.faults.push(format!("two executors at work on {target}"));
        }
        world.touches.push(Touch {
            target: target.clone(),
            version: version.clone(),
            deployment: job.deployment,
            was,
        });
        AtWork { fleet: self, target, version, done: false }
    }
}

#[async_trait]
impl Fleet for SimFleet {
    async fn deploy(&self, job: &DeployJob) -> Deployed {
        self.dice.boundary(Moment::Before).await;
        let mut work = self.begin(job);
        let took = Period::from_millis(500 + self.dice.below(30_000));
        self.clock.sleep(Period::from_millis(took.as_millis() / 2)).await;
        self.dice.boundary(Moment::Before).await;
        self.clock.sleep(Period::from_millis(took.as_millis() / 2)).await;
        let fails = self.dice.hits(|chaos| chaos.deploy_fails_one_in);
        let lies = self.dice.hits(|chaos| chaos.deploy_lies_one_in);
        if !fails && !lies {
            self.world().running.insert(work.target.clone(), work.version.clone());
        }
        work.done = true;
        drop(work);
        self.dice.boundary(Moment::After).await;
        let result = if fails {
            DeployResult::Failed { ending: Ending::Exit(1), finding: "exit code 1".to_owned() }
        } else {
            DeployResult::Done
        };
        Deployed { result, took_ms: took.as_millis(), output: b"simulated".to_vec() }
    }

    async fn reap(&self, target: &TargetId) -> Option<String> {
        let mut world = self.world();
        let before = world.orphans.len();
        world.orphans.retain(|(_, other, _)| other != target);
        (world.orphans.len() < before).then(|| format!("ended what was left running on {target}"))
    }

    async fn observe(&self, context: &TargetContext) -> Observed {
        self.clock.sleep(Period::from_millis(20)).await;
        if self.dice.hits(|chaos| chaos.observe_fails_one_in) {
            return Observed::Unknown("no answer".to_owned());
        }
        let world = self.world();
        if world.broken.contains(&context.id) {
            return Observed::Unknown("connection refused".to_owned());
        }
        match world.running.get(&context.id) {
            Some(version) => Observed::Version(version.clone()),
            None => Observed::Unknown("nothing runs there".to_owned()),
        }
    }

    async fn prove(&self, _: &TargetContext, release: &Release) -> ProofOutcome {
        if release.artifacts.is_empty() {
            return ProofOutcome::Missing { what: "its artifacts".to_owned(), digest: None };
        }
        ProofOutcome::Present { how: "simulated".to_owned() }
    }

    async fn check(&self, job: &CheckJob) -> Attempted {
        let takes = self.world().slow.get(job.name.as_str()).copied();
        let moment = Period::from_millis(100 + self.dice.below(400));
        self.clock.sleep(takes.unwrap_or(moment)).await;
        let flakes = self.dice.hits(|chaos| chaos.check_flakes_one_in);
        let mut world = self.world();
        let id = &job.context.id;
        *world.looks.entry((id.clone(), job.name.to_string())).or_default() += 1;
        let running = world.running.get(id);
        let bad = world.bad.iter().any(|(version, check, place)| {
            running == Some(version)
                && job.name.as_str() == check
                && id.to_string().contains(place.as_str())
        });
        let (outcome, finding) = if world.broken.contains(id) {
            (Outcome::Failed, "connection refused")
        } else if bad {
            (Outcome::Failed, "/static/style.css answers 404")
        } else if flakes {
            (Outcome::Failed, "timeout")
        } else {
            (Outcome::Passed, "as expected")
        };
        let attempt = Attempt {
            outcome,
            finding: finding.to_owned(),
            took_ms: 100,
            cases: None,
            timings: None,
            page: None,
        };
        Attempted { attempt, output: Vec::new(), pictures: Vec::new() }
    }
}

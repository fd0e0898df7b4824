//! The world of a story: what runs where, what is bad, and the processes that come and go.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::{Either, select};
use plimsoll_core::catalog::{Catalog, ChangeClass};
use plimsoll_core::digest::Digest;
use plimsoll_core::event::Event;
use plimsoll_core::ids::{
    DeploymentId, EnvironmentName, LaneId, PersonName, ReleaseId, TargetId, Version,
};
use plimsoll_core::record::{Artifact, ArtifactKind, Release};
use plimsoll_core::units::Period;
use plimsoll_engine::desk::{Desk, Parts};
use plimsoll_engine::ports::{Clock, Presence, Quiet};
use tokio::time::Instant;

use crate::blobs::SimBlobs;
use crate::catalog::{Shape, catalog};
use crate::chaos::{Chaos, Dice};
use crate::clock::SimClock;
use crate::fleet::SimFleet;
use crate::forge::SimForge;
use crate::ledger::SimLedger;

/// The process was killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Died;

/// Something that was done to a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// Which.
    pub target: TargetId,
    /// What was put there.
    pub version: Version,
    /// Under which number.
    pub deployment: DeploymentId,
    /// What ran there and answered when it began.
    pub was: Option<Version>,
}

/// What is so outside.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) running: BTreeMap<TargetId, Version>,
    /// Releases that fail a check, somewhere: version, check, part of the target's name.
    pub(crate) bad: Vec<(Version, String, String)>,
    /// Targets that answer nothing.
    pub(crate) broken: BTreeSet<TargetId>,
    /// Targets that will be broken.
    pub(crate) breaks: Vec<(Instant, TargetId)>,
    /// What killed processes left running: it will still land, unless somebody ends it.
    pub(crate) orphans: Vec<(Instant, TargetId, Version)>,
    /// Who is at work on a target.
    pub(crate) at_work: BTreeMap<TargetId, DeploymentId>,
    /// How long a check of this name takes, where it is not a moment.
    pub(crate) slow: BTreeMap<String, Period>,
    /// How often each check was run on each target.
    pub(crate) looks: BTreeMap<(TargetId, String), u32>,
    /// Everything that was done.
    pub(crate) touches: Vec<Touch>,
    /// What must never happen and did.
    pub(crate) faults: Vec<String>,
}

impl World {
    /// Lets happen what is due.
    pub(crate) fn settle(&mut self, now: Instant) {
        let due: Vec<_> = self.breaks.extract_if(.., |(at, _)| *at <= now).collect();
        self.broken.extend(due.into_iter().map(|(_, target)| target));
        let due: Vec<_> = self.orphans.extract_if(.., |(at, ..)| *at <= now).collect();
        for (_, target, version) in due {
            self.running.insert(target, version);
        }
    }
}

struct Processes(Arc<Mutex<BTreeSet<String>>>);

impl Presence for Processes {
    fn is_alive(&self, driver: &str) -> Option<bool> {
        Some(self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(driver))
    }
}

/// What a story can move while a process is at work.
#[derive(Debug, Clone)]
pub struct Levers {
    dice: Dice,
    clock: SimClock,
}

impl Levers {
    /// What may go wrong from now on; port calls are counted anew.
    pub fn chaos(&self, chaos: Chaos) {
        self.dice.set(chaos);
    }

    /// The wall clock is set off.
    pub fn clock_steps(&self, millis: i64) {
        self.clock.step(millis);
    }
}

/// A story's world. Needs a paused, single-threaded tokio runtime.
pub struct Sim {
    ledger: Arc<SimLedger>,
    blobs: Arc<SimBlobs>,
    world: Arc<Mutex<World>>,
    clock: SimClock,
    dice: Dice,
    catalog: Arc<Catalog>,
    forge: SimForge,
    alive: Arc<Mutex<BTreeSet<String>>>,
    started: u32,
}

impl Sim {
    /// A world of this shape.
    #[must_use]
    pub fn new(seed: u64, shape: &Shape) -> Self {
        let dice = Dice::new(seed);
        Self {
            forge: SimForge::new(dice.clone()),
            ledger: Arc::new(SimLedger::new(dice.clone())),
            blobs: Arc::default(),
            world: Arc::default(),
            clock: SimClock::new(),
            dice,
            catalog: Arc::new(catalog(shape)),
            alive: Arc::default(),
            started: 0,
        }
    }

    /// What may go wrong from now on; port calls are counted anew.
    pub fn chaos(&self, chaos: Chaos) {
        self.dice.set(chaos);
    }

    /// What a story can move while a process is at work.
    #[must_use]
    pub fn levers(&self) -> Levers {
        Levers { dice: self.dice.clone(), clock: self.clock.clone() }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a process: nothing of an earlier one is in its memory.
    pub fn start_process(&mut self) -> Desk {
        self.started += 1;
        let driver = format!("process-{}", self.started);
        self.alive.lock().unwrap_or_else(PoisonError::into_inner).insert(driver.clone());
        let parts = Parts {
            ledger: self.ledger.clone(),
            blobs: self.blobs.clone(),
            fleet: Arc::new(SimFleet::new(
                self.world.clone(),
                self.dice.clone(),
                self.clock.clone(),
            )),
            forges: Arc::new(self.forge.clone()),
            clock: Arc::new(self.clock.clone()),
            reporter: Arc::new(Quiet),
            redact: Arc::new(plimsoll_engine::ports::NoSecrets),
            presence: Arc::new(Processes(self.alive.clone())),
            driver,
        };
        Desk::new(parts, self.catalog.clone())
    }

    /// Runs work that two processes share; both die at once.
    ///
    /// # Errors
    /// They were killed.
    pub async fn two_processes<T>(
        &mut self,
        work: impl AsyncFnOnce(&Desk, &Desk) -> T,
    ) -> Result<T, Died> {
        let other = self.start_process();
        let outcome = self.process(async |desk| work(desk, &other).await).await;
        self.end_process(&other);
        outcome
    }

    /// Targets on which something is still at work, or will still land.
    #[must_use]
    pub fn at_work(&self) -> Vec<TargetId> {
        let mut world = self.world();
        world.settle(Instant::now());
        let orphans = world.orphans.iter().map(|(_, target, _)| target.clone());
        orphans.chain(world.at_work.keys().cloned()).collect()
    }

    /// Ends a process.
    pub fn end_process(&self, desk: &Desk) {
        self.alive.lock().unwrap_or_else(PoisonError::into_inner).remove(desk.driver());
    }

    /// Runs work in a process of its own, which may be killed at any port call.
    ///
    /// # Errors
    /// It was killed.
    pub async fn process<T>(&mut self, work: impl AsyncFnOnce(&Desk) -> T) -> Result<T, Died> {
        let desk = self.start_process();
        let dice = self.dice.clone();
        let outcome = {
            let work = std::pin::pin!(work(&desk));
            let death = std::pin::pin!(dice.death());
            match select(work, death).await {
                Either::Left((done, _)) => Ok(done),
                Either::Right(((), _)) => Err(Died),
            }
        };
        self.end_process(&desk);
        outcome
    }

    /// A target by its short name: `production/nl-k8s`.
    ///
    /// # Panics
    /// When it is no name.
    #[must_use]
    pub fn target(&self, short: &str) -> TargetId {
        format!("planet4/{short}").parse().expect("stories use valid names")
    }

    /// The lane of an environment.
    ///
    /// # Panics
    /// When it is no name.
    #[must_use]
    pub fn lane(&self, environment: &str) -> LaneId {
        format!("planet4/{environment}").parse().expect("stories use valid names")
    }

    /// Every target of an environment runs this version, as if somebody had put it there by hand.
    pub fn runs_everywhere(&self, environment: &str, version: &str) {
        let lane = self.lane(environment);
        let name: EnvironmentName = lane.environment.clone();
        let service = self.catalog.services.get(&lane.service);
        let targets = service.and_then(|s| s.environment(&name)).map(|e| e.targets.keys());
        for target in targets.into_iter().flatten() {
            self.runs(&lane.target(target), version);
        }
    }

    /// One target runs this version.
    ///
    /// # Panics
    /// When it is no version.
    pub fn runs(&self, target: &TargetId, version: &str) {
        let version = version.parse().expect("stories use valid versions");
        self.world().running.insert(target.clone(), version);
    }

    /// What runs on a target.
    #[must_use]
    pub fn running(&self, target: &TargetId) -> Option<Version> {
        let mut world = self.world();
        world.settle(Instant::now());
        world.running.get(target).cloned()
    }

    /// A release of which one check is red wherever the target's whole name contains `place`.
    ///
    /// # Panics
    /// When it is no version.
    pub fn is_bad(&self, version: &str, check: &str, place: &str) {
        let version = version.parse().expect("stories use valid versions");
        self.world().bad.push((version, check.to_owned(), place.to_owned()));
    }

    /// A check of this name takes so long, wherever it is run.
    pub fn takes(&self, check: &str, period: Period) {
        self.world().slow.insert(check.to_owned(), period);
    }

    /// How often a check was run on a target.
    #[must_use]
    pub fn looks(&self, target: &TargetId, check: &str) -> u32 {
        self.world().looks.get(&(target.clone(), check.to_owned())).copied().unwrap_or(0)
    }

    /// A target stops answering after this time.
    pub fn breaks_in(&self, period: Period, target: TargetId) {
        self.world().breaks.push((Instant::now() + period.to_std(), target));
    }

    /// The targets that answer nothing.
    #[must_use]
    pub fn broken(&self) -> Vec<TargetId> {
        let mut world = self.world();
        world.settle(Instant::now());
        world.breaks.clear();
        world.broken.iter().cloned().collect()
    }

    /// A target answers again.
    pub fn mend(&self, target: &TargetId) {
        self.world().broken.remove(target);
    }

    /// The wall clock is set off.
    pub fn clock_steps(&self, millis: i64) {
        self.clock.step(millis);
    }

    /// A number below `end`, from the story's seed.
    #[must_use]
    pub fn below(&self, end: u64) -> u64 {
        self.dice.below(end)
    }

    /// A release of `planet4` with one artifact.
    ///
    /// # Panics
    /// When it is no version.
    #[must_use]
    pub fn release(&self, version: &str) -> Release {
        Release {
            id: self.release_id(version),
            artifacts: vec![Artifact {
                name: "site".parse().expect("a valid name"),
                kind: ArtifactKind::Named,
                digest: Digest::of(version.as_bytes()),
                source: format!("simulated {version}"),
                kept: true,
            }],
            change: ChangeClass::Minor,
            irreversible: false,
            notes: String::new(),
            added_at: self.clock.now(),
            added_by: self.person(),
        }
    }

    /// The name of a release of `planet4`.
    ///
    /// # Panics
    /// When it is no version.
    #[must_use]
    pub fn release_id(&self, version: &str) -> ReleaseId {
        format!("planet4@{version}").parse().expect("stories use valid versions")
    }

    /// The person of every story.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn person(&self) -> PersonName {
        "release-manager".parse().expect("a valid name")
    }

    /// The configuration.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Somebody edits the configuration. Processes that begin from now on read it; those that are
    /// at work have read the one before.
    pub fn reconfigure(&mut self, edit: impl FnOnce(&mut Catalog)) {
        edit(Arc::make_mut(&mut self.catalog));
    }

    /// The forge that every process reaches.
    #[must_use]
    pub const fn forge(&self) -> &SimForge {
        &self.forge
    }

    /// Everything that was written down.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        self.ledger.all()
    }

    /// Everything that was done to targets, and what must never happen and did.
    #[must_use]
    pub fn deeds(&self) -> (Vec<Touch>, Vec<String>) {
        let world = self.world();
        (world.touches.clone(), world.faults.clone())
    }
}

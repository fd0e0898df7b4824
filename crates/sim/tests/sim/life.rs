//! The life of a few releases in a random world in which everything that can go wrong does.

use plimsoll_core::catalog::{ClockTime, Days, FreezeWindow, OnRegression, RuleKind, WindowTime};
use plimsoll_core::event::{EventKind, Stream};
use plimsoll_core::ids::{LaneId, Seq};
use plimsoll_core::record::{Hold, PlanKind};
use plimsoll_core::units::Period;
use plimsoll_engine::desk::{Desk, DeskError, Request};
use plimsoll_sim::{Chaos, Died, Levers, Rng, Shape, Sim, invariants};

use crate::story::{Cast, Not, deploy, roll_back, start, verify};

/// How often a person tries again what a death or the ledger cut short.
const TRIES: u32 = 200;

/// What a life came to, for counting that seeds reach every sort of end.
pub type Ends = Vec<&'static str>;

struct Life {
    sim: Sim,
    cast: Cast,
    rng: Rng,
    chaos: Chaos,
    ends: Ends,
}

/// Lives the life of this seed.
///
/// # Errors
/// What must never happen and did.
pub async fn live(seed: u64) -> Result<(Sim, Ends), (Sim, String)> {
    let mut rng = Rng::new(seed ^ 0x5eed);
    let shape = shape(&mut rng);
    let sim = Sim::new(seed, &shape);
    let cast = Cast::of(&sim);
    let chaos = chaos(&mut rng);
    let mut life = Life { sim, cast, rng, chaos, ends: Vec::new() };
    match life.whole().await {
        Ok(()) => Ok((life.sim, life.ends)),
        Err(fault) => Err((life.sim, fault)),
    }
}

fn shape(rng: &mut Rng) -> Shape {
    let sites = ["nl", "in", "ca"][..1 + rng.index(3)].to_vec();
    let platforms = ["vm", "k8s"][..1 + rng.index(2)].to_vec();
    let mut waves = vec![Vec::new(); rng.index(3)];
    for site in &sites {
        for platform in &platforms {
            let chosen = rng.index(4);
            if let Some(wave) = waves.get_mut(chosen) {
                wave.push(format!("{site}-{platform}"));
            }
        }
    }
    waves.retain(|wave| !wave.is_empty());
    let mut rules = Vec::new();
    if rng.one_in(5) {
        rules.push(RuleKind::Soak { period: Period::from_mins(rng.below(20)) });
    }
    if rng.one_in(6) {
        rules.push(RuleKind::WayBack { rehearsed_within: Some(Period::from_hours(48)) });
    }
    if rng.one_in(6) {
        let from = 12 * 60 + u16::try_from(rng.below(60)).unwrap_or(0);
        rules.push(RuleKind::Freeze(FreezeWindow {
            name: "labs".parse().expect("a name"),
            time: WindowTime::Weekly {
                days: Days([true; 7]),
                from: ClockTime(from),
                to: ClockTime(from + 1 + u16::try_from(rng.below(40)).unwrap_or(0)),
            },
            zone: "UTC".to_owned(),
            override_by: <_>::default(),
        }));
    }
    Shape {
        sites,
        platforms,
        waves,
        soak: Period::from_secs([0, 0, 5, 15, 40][rng.index(5)]),
        on_regression: [OnRegression::RollBack, OnRegression::RollBackWave, OnRegression::Freeze]
            [rng.index(3)],
        rules,
        wait_at_most: Period::from_mins(1 + rng.below(10)),
        probes: Vec::new(),
    }
}

fn chaos(rng: &mut Rng) -> Chaos {
    let mut often = |least: u64| if rng.one_in(2) { 0 } else { least + rng.below(least * 6) };
    Chaos {
        dies_at: 0,
        dies_one_in: often(30),
        lost_answer_one_in: often(4),
        away_one_in: often(10),
        deploy_fails_one_in: often(5),
        deploy_lies_one_in: often(5),
        check_flakes_one_in: often(50),
        observe_fails_one_in: often(20),
    }
}

/// Whether a failure is one that trying again may mend.
fn may_pass(error: &DeskError) -> bool {
    matches!(
        error,
        DeskError::Ledger(_)
            | DeskError::Contended(_)
            | DeskError::DrivenByOther { .. }
            | DeskError::TakenOver(_)
    )
}

impl Life {
    async fn whole(&mut self) -> Result<(), String> {
        self.adopt().await?;
        let releases = 1 + self.rng.below(2);
        for number in 0..releases {
            let version = format!("1.{}", 23 + number);
            self.badness(&version);
            self.stage(&version).await?;
            if self.rng.one_in(4) {
                self.rehearse().await?;
                self.again(async |desk, cast| {
                    verify(desk, &cast.staging, &version_of(number)).await
                })
                .await?;
            }
            self.promote(&version).await?;
            if self.rng.one_in(3) {
                self.roll_back().await?;
            }
            for target in self.sim.broken() {
                self.sim.mend(&target);
            }
        }
        self.sim.chaos(Chaos::default());
        invariants::check(&self.sim)
    }

    fn badness(&mut self, version: &str) {
        if self.rng.one_in(3) {
            let check = ["home", "suite"][self.rng.index(2)];
            let place = ["nl", "vm", "production/nl-vm", "production/", "staging/nl-vm", "in-k8s"]
                [self.rng.index(6)];
            self.sim.is_bad(version, check, place);
        }
    }

    /// Does something in a process of its own, again and again until nothing cut it short. What a
    /// dead process left under way is driven to its end first.
    async fn again<T>(
        &mut self,
        work: impl AsyncFn(&Desk, &Cast) -> Result<T, DeskError>,
    ) -> Result<Option<T>, String> {
        self.sim.chaos(self.chaos);
        let cast = self.cast.clone();
        for _ in 0..TRIES {
            let done = self
                .sim
                .process(async |desk| {
                    resume(desk, &[&cast.staging, &cast.production]).await?;
                    work(desk, &cast).await
                })
                .await;
            match done {
                Ok(Err(error)) if may_pass(&error) => {}
                Ok(Err(DeskError::Refused(_) | DeskError::Plan(_))) => return self.settled(None),
                Ok(Err(other)) => return Err(format!("{other:?}")),
                Ok(Ok(done)) => return self.settled(Some(done)),
                Err(Died) => {}
            }
        }
        Err("it was tried too often".to_owned())
    }

    /// Everything that was begun has ended as it says.
    fn settled<T>(&self, done: T) -> Result<T, String> {
        self.sim.chaos(Chaos::default());
        let lanes = [&self.cast.staging, &self.cast.production];
        lanes.into_iter().try_for_each(|lane| invariants::check_end(&self.sim, lane))?;
        Ok(done)
    }

    /// Drives to its end what is under way anywhere.
    async fn resume(&mut self) -> Result<(), String> {
        self.again(async |_, _| Ok(())).await.map(drop)
    }

    async fn adopt(&mut self) -> Result<(), String> {
        for environment in ["staging", "production"] {
            self.sim.runs_everywhere(environment, "1.22");
        }
        let release = self.sim.release("1.22");
        self.sim
            .process(async |desk| {
                desk.add_release(release).await?;
                for lane in [&self.cast.staging, &self.cast.production] {
                    let request = plimsoll_engine::tasks::AdoptRequest {
                        release: "planet4@1.22".parse().expect("a release"),
                        lane: lane.clone(),
                        targets: <_>::default(),
                        by: self.cast.person.clone(),
                    };
                    desk.adopt(&request).await?;
                }
                Ok::<_, DeskError>(())
            })
            .await
            .map_err(|_| "died without chaos".to_owned())?
            .map_err(|error| error.to_string())
    }

    async fn stage(&mut self, version: &str) -> Result<(), String> {
        let release = self.sim.release(version);
        self.again(async |desk, _| desk.add_release(release.clone()).await).await?;
        self.again(async |desk, cast| {
            // Somebody who comes back sees that it was done meanwhile.
            let state = desk.load(&cast.staging.service).await?;
            let last = state.lane(&cast.staging.environment).finished.pop();
            if last.is_some_and(|last| last.release.version.as_str() == version) {
                return Ok(());
            }
            deploy(desk, cast, version).await.map(drop)
        })
        .await?;
        self.again(async |desk, cast| verify(desk, &cast.staging, version).await).await?;
        Ok(())
    }

    async fn rehearse(&mut self) -> Result<(), String> {
        let before = self.sim.events().len();
        self.again(async |desk, cast| {
            let state = desk.load(&cast.staging.service).await?;
            let last = state.lane(&cast.staging.environment).finished.pop();
            let since = Seq(before as u64);
            if last.is_some_and(|last| last.kind == PlanKind::Rehearsal && last.id.0 > since) {
                return Ok(());
            }
            let only = <_>::default();
            let request = Request { lane: &cast.staging, only: &only, by: &cast.person };
            let plan = desk.plan_rehearsal(&request).await?;
            desk.start(&plan, Vec::new()).await?;
            desk.drive(&cast.staging).await.map(drop)
        })
        .await?;
        Ok(())
    }

    async fn roll_back(&mut self) -> Result<(), String> {
        self.again(async |desk, cast| {
            let state = desk.load(&cast.production.service).await?;
            let last = state.lane(&cast.production.environment).finished.pop();
            if last.is_some_and(|last| matches!(last.kind, PlanKind::Rollback { .. })) {
                return Ok(());
            }
            roll_back(desk, cast, "a person says so").await.map(drop)
        })
        .await?;
        self.note_end("production").await?;
        Ok(())
    }

    async fn promote(&mut self, version: &str) -> Result<(), String> {
        let glass = self.rng.one_in(4).then_some("it must be");
        let race = self.rng.one_in(4);
        let disturbance = Disturbance::draw(&mut self.rng, &self.sim);
        self.sim.chaos(self.chaos);
        let cast = self.cast.clone();
        let levers = self.sim.levers();
        if let Some((period, target)) = &disturbance.breaks {
            self.sim.breaks_in(*period, target.clone());
        }
        let seen = self
            .sim
            .two_processes(async |one, other| {
                let first = async {
                    start(one, &cast, version, glass).await?;
                    one.drive(&cast.production).await.map_err(Not::from)
                };
                let second = async {
                    if race {
                        start(other, &cast, version, glass).await?;
                        other.drive(&cast.production).await.map_err(Not::from).map(drop)
                    } else {
                        disturbance.happen(other, &cast, &levers).await;
                        Ok(())
                    }
                };
                let (first, second) = tokio::join!(first, second);
                first.map(drop).or(second)
            })
            .await;
        match seen {
            Ok(Err(Not::Desk(error)))
                if !may_pass(&error)
                    && !matches!(error, DeskError::Refused(_) | DeskError::Plan(_)) =>
            {
                return Err(format!("{error:?}"));
            }
            Ok(Err(Not::Refused(_))) => self.ends.push("refused"),
            Ok(_) | Err(Died) => {}
        }
        if disturbance.hold {
            self.let_go().await?;
        } else {
            self.resume().await?;
        }
        self.note_end("production").await
    }

    /// Takes back the holds that a story placed.
    async fn let_go(&mut self) -> Result<(), String> {
        self.again(async |desk, cast| {
            let state = desk.load(&cast.production.service).await?;
            for held in &state.people.holds {
                let kind = EventKind::HoldReleased { hold: held.seq, reason: "seen".to_owned() };
                desk.say(&cast.production.service, &cast.person, |_| Ok(kind.clone())).await?;
            }
            Ok(())
        })
        .await?;
        Ok(())
    }

    async fn note_end(&mut self, environment: &str) -> Result<(), String> {
        let lane = self.sim.lane(environment);
        let on = Stream::Lane(lane.clone());
        let last = self.sim.events().into_iter().rev().find_map(|event| match event.kind {
            EventKind::PromotionFinished { end, .. } if event.stream == on => Some(end),
            _ => None,
        });
        self.ends.extend(last.as_ref().map(crate::story::sort));
        invariants::check_end(&self.sim, &lane)
    }
}

fn version_of(number: u64) -> String {
    format!("1.{}", 23 + number)
}

async fn resume(desk: &Desk, lanes: &[&LaneId]) -> Result<(), DeskError> {
    for lane in lanes {
        if desk.load(&lane.service).await?.active(&lane.environment).is_some() {
            desk.drive(lane).await?;
        }
    }
    Ok(())
}

/// What others do while a promotion is under way.
struct Disturbance {
    after: Period,
    abort: bool,
    hold: bool,
    clock_steps: i64,
    breaks: Option<(Period, plimsoll_core::ids::TargetId)>,
}

impl Disturbance {
    fn draw(rng: &mut Rng, sim: &Sim) -> Self {
        let breaks = rng
            .one_in(6)
            .then(|| (Period::from_secs(rng.below(120)), sim.target("production/nl-vm")));
        let step = i64::try_from(rng.below(7_200_000)).unwrap_or(0) - 3_600_000;
        Self {
            after: Period::from_millis(rng.below(120_000)),
            abort: rng.one_in(5),
            hold: rng.one_in(8),
            clock_steps: if rng.one_in(4) { step } else { 0 },
            breaks,
        }
    }

    async fn happen(&self, desk: &Desk, cast: &Cast, levers: &Levers) {
        tokio::time::sleep(self.after.to_std()).await;
        levers.clock_steps(self.clock_steps);
        if self.hold {
            let at = desk.now();
            let hold =
                Hold { environment: None, reason: "wait".to_owned(), by: cast.person.clone(), at };
            // The ledger may be away, and then nothing is held.
            let _ = desk
                .say(&cast.production.service, &cast.person, |_| {
                    Ok(EventKind::HoldPlaced { hold: hold.clone() })
                })
                .await;
        }
        if self.abort {
            // Nothing may be under way any more.
            let _ = desk.abort(&cast.production, &cast.person, "not today").await;
        }
    }
}

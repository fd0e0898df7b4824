//! The verbs that stories are told with.

use std::collections::BTreeSet;

use plimsoll_core::event::{EventKind, PromotionEnd};
use plimsoll_core::gate::{BreakGlass, Pass};
use plimsoll_core::ids::{LaneId, TargetName};
use plimsoll_core::record::{Plan, Requirement};
use plimsoll_engine::desk::{Asked, Desk, DeskError, Request};
use plimsoll_engine::tasks::{AdoptRequest, Ended, VerifyRequest};
use plimsoll_sim::{Shape, Sim, invariants};

/// Tells a story to its end. Time passes only when everybody waits.
pub fn tell<T>(story: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime can be built")
        .block_on(story)
}

/// Who does something, and with which release: what the verbs need of a world.
#[derive(Debug, Clone)]
pub struct Cast {
    pub production: LaneId,
    pub staging: LaneId,
    pub person: plimsoll_core::ids::PersonName,
}

impl Cast {
    pub fn of(sim: &Sim) -> Self {
        Self {
            production: sim.lane("production"),
            staging: sim.lane("staging"),
            person: sim.person(),
        }
    }
}

/// A world in which 1.22 runs everywhere and was taken in and verified.
pub async fn adopted(seed: u64, shape: &Shape) -> Sim {
    let mut sim = Sim::new(seed, shape);
    sim.runs_everywhere("staging", "1.22");
    sim.runs_everywhere("production", "1.22");
    let release = sim.release("1.22");
    let cast = Cast::of(&sim);
    sim.process(async |desk| {
        desk.add_release(release).await.expect("1.22 is new");
        for lane in [&cast.staging, &cast.production] {
            let request = AdoptRequest {
                release: "planet4@1.22".parse().expect("a release"),
                lane: lane.clone(),
                targets: BTreeSet::new(),
                by: cast.person.clone(),
            };
            desk.adopt(&request).await.expect("1.22 runs everywhere");
        }
    })
    .await
    .expect("nobody dies yet");
    sim
}

/// The world of [`adopted`], with this version on staging and checked there.
pub async fn staged(seed: u64, shape: &Shape, version: &str) -> Sim {
    let mut sim = adopted(seed, shape).await;
    stage(&mut sim, version).await;
    sim
}

/// Puts a version on staging and checks it there, in a process of its own.
pub async fn stage(sim: &mut Sim, version: &str) {
    let release = sim.release(version);
    let cast = Cast::of(sim);
    sim.process(async |desk| {
        desk.add_release(release.clone()).await.expect("the release can be added");
        deploy(desk, &cast, version).await.expect("it can be deployed to staging");
        verify(desk, &cast.staging, version).await.expect("the checks can run");
    })
    .await
    .expect("nobody dies yet");
}

pub async fn deploy(desk: &Desk, cast: &Cast, version: &str) -> Result<Ended, DeskError> {
    let release = desk.release(&format!("planet4@{version}").parse().expect("a release")).await?;
    let only = BTreeSet::new();
    let request = Request { lane: &cast.staging, only: &only, by: &cast.person };
    let plan = desk.plan_deployment(&request, &release).await?;
    desk.start(&plan, Vec::new()).await?;
    desk.drive(&cast.staging).await
}

pub async fn verify(desk: &Desk, lane: &LaneId, version: &str) -> Result<(), DeskError> {
    let request = VerifyRequest {
        lane: lane.clone(),
        version: version.parse().expect("a version"),
        targets: BTreeSet::new(),
        checks: BTreeSet::new(),
        marks_good: true,
    };
    desk.verify(&request).await.map(drop)
}

pub async fn ask(desk: &Desk, cast: &Cast, version: &str) -> Result<Asked, DeskError> {
    let release = format!("planet4@{version}").parse().expect("a release");
    desk.ask_gate(&release, &cast.production.environment).await
}

/// What the gate misses, as `rule state target check`.
pub fn unmet(asked: &Asked) -> Vec<String> {
    let words = |r: &Requirement| {
        let target = r.target.as_ref().map_or_else(String::new, |target| format!(" {target}"));
        let check = r.check.as_ref().map_or_else(String::new, |check| format!(" {check}"));
        format!("{} {:?}{target}{check}", r.rule, r.state)
    };
    asked.ruling.decision().unmet().map(words).collect()
}

/// The gate said no.
#[derive(Debug)]
pub enum Not {
    Refused(Vec<String>),
    Desk(DeskError),
}

impl From<DeskError> for Not {
    fn from(error: DeskError) -> Self {
        Self::Desk(error)
    }
}

/// Starts a promotion to production when the gate allows, or when the glass is broken.
pub async fn start(
    desk: &Desk,
    cast: &Cast,
    version: &str,
    glass: Option<&str>,
) -> Result<Plan, Not> {
    let asked = ask(desk, cast, version).await?;
    let words = unmet(&asked);
    let pass = match glass {
        Some(reason) if !asked.ruling.is_allowed() => Pass::from(
            BreakGlass::new(asked.ruling, reason, cast.person.clone())
                .expect("refused, with a reason"),
        ),
        Some(_) | None => match asked.ruling.pass() {
            Ok(allowed) => Pass::from(allowed),
            Err(_) => return Err(Not::Refused(words)),
        },
    };
    let release = desk.release(&pass.decision().release).await?;
    let only = BTreeSet::new();
    let request = Request { lane: &cast.production, only: &only, by: &cast.person };
    let plan =
        desk.plan_promotion(&request, &release, (&pass, asked.id), (&asked.state, &asked.facts))?;
    desk.start_promotion(&plan, &pass, asked.id).await?;
    Ok(plan)
}

/// Promotes to production and drives it to its end.
pub async fn promote(desk: &Desk, cast: &Cast, version: &str) -> Result<Ended, Not> {
    start(desk, cast, version, None).await?;
    Ok(desk.drive(&cast.production).await?)
}

/// Takes production back to what was last verified good.
pub async fn roll_back(desk: &Desk, cast: &Cast, reason: &str) -> Result<Ended, DeskError> {
    let only = BTreeSet::<TargetName>::new();
    let request = Request { lane: &cast.production, only: &only, by: &cast.person };
    let plan = desk.plan_rollback(&request, None, reason).await?;
    desk.start(&plan, Vec::new()).await?;
    desk.drive(&cast.production).await
}

/// The sort of an end, without its words.
pub fn sort(end: &PromotionEnd) -> &'static str {
    match end {
        PromotionEnd::VerifiedGood => "verified good",
        PromotionEnd::Deployed => "deployed",
        PromotionEnd::Rehearsed => "rehearsed",
        PromotionEnd::Withdrawn { .. } => "withdrawn",
        PromotionEnd::RolledBack { .. } => "rolled back",
        PromotionEnd::NeedsPerson { .. } => "needs a person",
    }
}

/// What every target of a lane runs, in one line.
pub fn running(sim: &Sim, lane: &LaneId) -> String {
    let service = &sim.catalog().services[&lane.service];
    let targets =
        service.environment(&lane.environment).expect("a lane of the story").targets.keys();
    let one = |target: &TargetName| {
        let runs = sim.running(&lane.target(target));
        format!("{target}={}", runs.map_or_else(|| "nothing".to_owned(), |v| v.to_string()))
    };
    targets.map(one).collect::<Vec<_>>().join(" ")
}

/// Everything that must hold at the end of a story.
pub fn all_is_well(sim: &Sim) {
    let checked =
        invariants::check(sim).and_then(|()| invariants::check_end(sim, &sim.lane("production")));
    if let Err(fault) = checked {
        panic!("{fault}\n{}", in_short(sim));
    }
}

/// The events of a story, one a line.
pub fn in_short(sim: &Sim) -> String {
    let line = |event: &plimsoll_core::event::Event| {
        let kind = format!("{:?}", event.kind);
        let words: String = match &event.kind {
            EventKind::CheckFinished { result } => {
                format!("CheckFinished {} {} {:?}", result.target, result.check, result.outcome)
            }
            EventKind::PromotionStarted { plan, .. } => {
                format!("PromotionStarted {:?} {} waves {:?}", plan.kind, plan.release, plan.waves)
            }
            _ => kind.chars().take(260).collect(),
        };
        format!("{:>5} {} {} {words}", event.seq.0, event.at, event.stream)
    };
    sim.events().iter().map(line).collect::<Vec<_>>().join("\n")
}

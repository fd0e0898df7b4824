//! How long the gate takes inside a process that stays: `gate_latency CONFIG RELEASE TO TIMES`.
//!
//! Asks TIMES as a server would: the state is in memory, each time one new result has been written
//! in between, and targets and ways back are looked at anew. Prints one line of JSON.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use plimsoll_adapters::fleet::RealFleet;
use plimsoll_adapters::ground::FleetSettings;
use plimsoll_core::Timestamp;
use plimsoll_core::event::{Actor, EventKind, Stream};
use plimsoll_core::gate::{self, Question};
use plimsoll_core::ids::{EnvironmentName, ReleaseId};
use plimsoll_core::ledger::ServiceState;
use plimsoll_core::units::Period;
use plimsoll_engine::desk::{Desk, Parts};
use plimsoll_engine::ports::{Clock, HeartbeatsOnly, Quiet};
use plimsoll_store::{DirBlobs, Location, open};

type Failure = Box<dyn std::error::Error + Send + Sync>;

struct Wall(Instant);

#[async_trait]
impl Clock for Wall {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn monotonic_ms(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    async fn sleep(&self, period: Period) {
        tokio::time::sleep(period.to_std()).await;
    }
}

async fn desk(config: &Path) -> Result<Desk, Failure> {
    let loaded = plimsoll_config::load(config)
        .map_err(|found| format!("{} has {} errors", config.display(), found.len()))?;
    let root = std::path::absolute(&loaded.root)?;
    let state_dir = root.join(".plimsoll");
    let blobs = Arc::new(DirBlobs::open(&state_dir.join("blobs"))?);
    let secrets = loaded.catalog.secrets.clone();
    let settings =
        FleetSettings { root, state_dir: state_dir.clone(), secrets, blobs: blobs.clone() };
    let parts = Parts {
        ledger: open(&Location::Directory(state_dir)).await?,
        blobs,
        fleet: Arc::new(RealFleet::new(settings)),
        forges: Arc::new(plimsoll_engine::ports::NoForges),
        clock: Arc::new(Wall(Instant::now())),
        reporter: Arc::new(Quiet),
        redact: Arc::new(plimsoll_engine::ports::NoSecrets),
        presence: Arc::new(HeartbeatsOnly),
        driver: "gate-latency".to_owned(),
    };
    Ok(Desk::new(parts, Arc::new(loaded.catalog)))
}

/// Writes the newest result of some check again, as a check that ran again would.
async fn write_one(desk: &Desk, state: &ServiceState, release: &ReleaseId) -> Result<(), Failure> {
    let staged = state.lanes.values().flat_map(|lane| lane.targets.values());
    let run = staged
        .flat_map(|target| target.results.values())
        .find(|run| run.result.version == release.version)
        .ok_or("the release has no results")?;
    let stream = Stream::Evidence(run.result.target.lane());
    let result = Box::new(run.result.clone());
    desk.append(stream, None, Actor::Plimsoll, vec![EventKind::CheckFinished { result }]).await?;
    Ok(())
}

fn spread(mut times: Vec<Duration>) -> serde_json::Value {
    times.sort();
    let at =
        |share: usize| times[(times.len() * share / 100).min(times.len() - 1)].as_secs_f64() * 1e3;
    serde_json::json!({ "median_ms": at(50), "p99_ms": at(99), "most_ms": at(100) })
}

/// The most memory that this process ever had, in bytes.
fn peak_bytes() -> Result<u64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1_024)
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [config, release, to, times] = args.as_slice() else {
        return Err("usage: gate_latency CONFIG RELEASE TO TIMES".into());
    };
    let (release, to): (ReleaseId, EnvironmentName) = (release.parse()?, to.parse()?);
    let times: usize = times.parse()?;
    let desk = desk(Path::new(config)).await?;
    let began = Instant::now();
    let mut asked = desk.ask_gate(&release, &to).await?;
    let first = began.elapsed();
    let (mut loads, mut decisions, mut whole) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..times {
        let state = asked.state.clone();
        drop(asked);
        write_one(&desk, &state, &release).await?;
        drop(state);
        let began = Instant::now();
        let state = desk.load(&release.service).await?;
        loads.push(began.elapsed());
        drop(state);
        let began = Instant::now();
        asked = desk.ask_gate(&release, &to).await?;
        whole.push(began.elapsed());
        let question = Question {
            catalog: desk.catalog(),
            service: desk.service(&release.service)?,
            release: &release,
            to: &to,
            state: &asked.state,
            facts: &asked.facts,
            now: desk.now(),
        };
        let began = Instant::now();
        let again = gate::decide(&question)?;
        decisions.push(began.elapsed());
        if again.decision().verdict != asked.ruling.decision().verdict {
            return Err("the same question has two answers".into());
        }
    }
    let decision = asked.ruling.decision();
    let line = serde_json::json!({
        "verdict": decision.verdict,
        "requirements": decision.requirements.len(),
        "first_ms": first.as_secs_f64() * 1e3,
        "load": spread(loads),
        "decide": spread(decisions),
        "ask": spread(whole),
        "peak_bytes": peak_bytes()?,
    });
    println!("{line}");
    Ok(())
}

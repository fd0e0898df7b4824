//! Fail points: with `PLIMSOLL_FAIL_AT=N`, the process kills itself with SIGKILL at the N-th
//! boundary between effects (before and after each append, before and after each deployment), so
//! that tests can try every one of them. Only in builds with the feature `failpoints`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use plimsoll_core::digest::Digest;
use plimsoll_core::event::{Event, NewEvent, Stream};
use plimsoll_core::ids::{Seq, ServiceName, TargetId};
use plimsoll_core::record::{Observed, ProofOutcome, Release};
use plimsoll_engine::desk::Parts;
use plimsoll_engine::ports::{
    Attempted, CheckJob, DeployJob, Deployed, Expect, Fleet, HistoryFilter, Ledger, LedgerError,
    Snapshot, TargetContext,
};

/// Wraps what has effects, when a fail point is asked for.
pub(super) fn wrap(mut parts: Parts) -> Parts {
    let at = std::env::var("PLIMSOLL_FAIL_AT").ok().and_then(|text| text.parse::<u64>().ok());
    let Some(at) = at else { return parts };
    let bomb = Arc::new(Bomb { at, passed: AtomicU64::new(0) });
    parts.ledger = Arc::new(FailingLedger { inner: parts.ledger, bomb: bomb.clone() });
    parts.fleet = Arc::new(FailingFleet { inner: parts.fleet, bomb });
    parts
}

struct Bomb {
    at: u64,
    passed: AtomicU64,
}

impl Bomb {
    fn boundary(&self) {
        if self.passed.fetch_add(1, Ordering::SeqCst) + 1 == self.at {
            let me = rustix::process::getpid();
            let _ = rustix::process::kill_process(me, rustix::process::Signal::KILL);
            // The signal cannot be caught; nothing after this line runs.
            std::thread::sleep(Duration::from_secs(60));
        }
    }
}

struct FailingLedger {
    inner: Arc<dyn Ledger>,
    bomb: Arc<Bomb>,
}

struct FailingFleet {
    inner: Arc<dyn Fleet>,
    bomb: Arc<Bomb>,
}

#[async_trait]
impl Ledger for FailingLedger {
    async fn append(
        &self,
        events: Vec<NewEvent>,
        expect: Vec<Expect>,
    ) -> Result<Vec<Event>, LedgerError> {
        self.bomb.boundary();
        let appended = self.inner.append(events, expect).await;
        self.bomb.boundary();
        appended
    }

    async fn service_events(
        &self,
        service: &ServiceName,
        after: Seq,
        limit: u32,
    ) -> Result<Vec<Event>, LedgerError> {
        self.inner.service_events(service, after, limit).await
    }

    async fn stream_events(
        &self,
        stream: &Stream,
        after: u64,
        limit: u32,
    ) -> Result<Vec<Event>, LedgerError> {
        self.inner.stream_events(stream, after, limit).await
    }

    async fn events(&self, after: Seq, limit: u32) -> Result<Vec<Event>, LedgerError> {
        self.inner.events(after, limit).await
    }

    async fn recent(&self, filter: &HistoryFilter, limit: u32) -> Result<Vec<Event>, LedgerError> {
        self.inner.recent(filter, limit).await
    }

    async fn event(&self, seq: Seq) -> Result<Option<Event>, LedgerError> {
        self.inner.event(seq).await
    }

    async fn head(&self) -> Result<(Seq, Digest), LedgerError> {
        self.inner.head().await
    }

    async fn version(&self, stream: &Stream) -> Result<u64, LedgerError> {
        self.inner.version(stream).await
    }

    async fn snapshot(&self, service: &ServiceName) -> Result<Option<Snapshot>, LedgerError> {
        self.inner.snapshot(service).await
    }

    async fn save_snapshot(
        &self,
        service: &ServiceName,
        snapshot: Snapshot,
    ) -> Result<(), LedgerError> {
        self.inner.save_snapshot(service, snapshot).await
    }

    async fn beat(&self, driver: &str) -> Result<(), LedgerError> {
        self.inner.beat(driver).await
    }

    async fn silent_for(&self, driver: &str) -> Result<Option<Duration>, LedgerError> {
        self.inner.silent_for(driver).await
    }

    async fn wait_for_change(&self, after: Seq, at_most: Duration) -> Result<Seq, LedgerError> {
        self.inner.wait_for_change(after, at_most).await
    }
}

#[async_trait]
impl Fleet for FailingFleet {
    async fn deploy(&self, job: &DeployJob) -> Deployed {
        self.bomb.boundary();
        let deployed = self.inner.deploy(job).await;
        self.bomb.boundary();
        deployed
    }

    async fn reap(&self, target: &TargetId) -> Option<String> {
        self.inner.reap(target).await
    }

    async fn observe(&self, context: &TargetContext) -> Observed {
        self.inner.observe(context).await
    }

    async fn prove(&self, context: &TargetContext, release: &Release) -> ProofOutcome {
        self.inner.prove(context, release).await
    }

    async fn check(&self, job: &CheckJob) -> Attempted {
        self.inner.check(job).await
    }
}

//! The fleet port on the real world.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use plimsoll_core::catalog::{CalendarRead, CheckKind, DeployKind};
use plimsoll_core::ids::TargetId;
use plimsoll_core::record::{Attempt, Observed, Outcome, ProofOutcome, Release};
use plimsoll_engine::ports::{Attempted, CheckJob, DeployJob, Deployed, Fleet, TargetContext};

pub use crate::ground::FleetSettings;
use crate::ground::Ground;
use crate::secrets::Redactor;
pub use crate::values::{ValueError, Values};
use crate::{calendar, check, deploy, observe, process};

/// The targets as they really are.
#[derive(Clone)]
pub struct RealFleet {
    ground: Ground,
}

impl RealFleet {
    /// A fleet with these settings; nothing is touched yet.
    #[must_use]
    pub fn new(settings: FleetSettings) -> Self {
        Self { ground: Ground::new(settings) }
    }

    /// What takes every secret out of texts that do not come from here (notes, reasons).
    #[must_use]
    pub fn redactor(&self) -> Redactor {
        self.ground.secrets.redactor()
    }
}

fn not_ours(who: &str) -> Attempted {
    let finding = format!("plimsoll does not run it; {who} reports it");
    let attempt = Attempt::new(Outcome::NotRun, finding, Duration::ZERO);
    Attempted { attempt, output: Vec::new(), pictures: Vec::new() }
}

#[async_trait]
impl Fleet for RealFleet {
    async fn deploy(&self, job: &DeployJob) -> Deployed {
        let began = Instant::now();
        let done = match &job.context.platform.deploy {
            DeployKind::Command(commands) => {
                deploy::command::deploy(job, commands, &self.ground).await
            }
            DeployKind::Files(files) => deploy::files::deploy(job, files, &self.ground).await,
        };
        let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        Deployed { result: done.result, took_ms, output: done.output }
    }

    async fn reap(&self, target: &TargetId) -> Option<String> {
        process::reap(&self.ground.runs, target).await
    }

    async fn observe(&self, context: &TargetContext) -> Observed {
        observe::observe(context, &self.ground).await
    }

    async fn prove(&self, context: &TargetContext, release: &Release) -> ProofOutcome {
        match &context.platform.deploy {
            DeployKind::Command(commands) => {
                deploy::command::prove(context, release, commands, &self.ground).await
            }
            DeployKind::Files(files) => {
                deploy::files::prove(context, release, files, &self.ground).await
            }
        }
    }

    async fn calendar(&self, file: &str) -> CalendarRead {
        let (root, name) = (self.ground.root.clone(), file.to_owned());
        let reading = tokio::task::spawn_blocking(move || {
            calendar::read(&root, &name).map_err(|error| calendar::words(&name, &error))
        });
        match reading.await.unwrap_or_else(|error| Err(error.to_string())) {
            Ok(calendar) => CalendarRead::Read(calendar),
            Err(why) => CalendarRead::Unreadable(why),
        }
    }

    async fn check(&self, job: &CheckJob) -> Attempted {
        match &job.check.kind {
            CheckKind::Http(http) => {
                let values = Values::of_target(&job.context, &self.ground.secrets)
                    .with_version(&job.version)
                    .with_previous(None);
                check::http::run(job, http, &values, &self.ground.root).await
            }
            CheckKind::Page(page) => check::page::run(job, page, &self.ground).await,
            CheckKind::Command(command) => check::command::run(job, command, &self.ground).await,
            CheckKind::Twins(twins) => check::twins::run(job, twins, &self.ground).await,
            CheckKind::Process(process) => check::process::run(job, process, &self.ground).await,
            // Nobody asks for one: the desk leaves them out, because their results come from outside.
            CheckKind::Reported(reported) => not_ours(&reported.who()),
        }
    }
}

//! Hands for what is under way, with a page beside them or without: the configuration is read anew when
//! its files change, and what a server or a worker left is gone on with.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use plimsoll_engine::desk::Desk;
use plimsoll_engine::tasks::Works;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::{App, Opened};

/// How often it is looked whether the configuration's files have changed, and whether another
/// process left something under way.
pub const LOOK_EVERY: Duration = Duration::from_secs(2);

/// What is in force in a process that runs for long.
pub trait InForce {
    /// The desk, under the configuration that is in force now.
    fn desk(&self) -> Arc<Desk>;

    /// What goes on by itself.
    fn works(&self) -> &Works;

    /// Takes another desk from now on: the configuration has changed.
    fn take(&self, desk: Desk);

    /// Keeps what is in force: the configuration has these errors.
    fn keep(&self, fault: String);
}

/// Over when somebody wants the process to end. From the call on a signal ends it no more by itself, so
/// it is called before anybody can know that the process is there.
pub fn stopped() -> impl Future<Output = ()> {
    let signals = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async move {
        let (Ok(mut interrupts), Ok(mut terminations)) = signals else { return };
        tokio::select! {
            _ = interrupts.recv() => {}
            _ = terminations.recv() => {}
        }
        tracing::info!("stops: what is under way is left at a written-down step");
    }
}

/// Looks after it until it is dropped.
pub async fn look_after(
    app: &App,
    opened: &Opened,
    in_force: &impl InForce,
) -> std::convert::Infallible {
    let mut files = Files::of(opened.files.clone());
    loop {
        if let Some(changed) = files.changed() {
            reload(app, opened, in_force, &mut files, changed);
        }
        match in_force.works().pick_up(&in_force.desk()).await {
            Ok(lanes) => {
                for lane in lanes {
                    tracing::info!(%lane, "goes on with what was left under way");
                }
            }
            Err(error) => tracing::warn!(%error, "could not look for what was left under way"),
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Takes the configuration as it is now, unless it has errors.
fn reload(
    app: &App,
    opened: &Opened,
    in_force: &impl InForce,
    files: &mut Files,
    changed: Vec<Option<SystemTime>>,
) {
    files.seen = changed;
    match app.reload(opened, &in_force.desk()) {
        Ok((desk, read)) => {
            tracing::info!("the configuration has changed and is in force");
            *files = Files::of(read);
            in_force.take(desk);
        }
        Err(error) => {
            let words = app.clean(&error.to_string());
            tracing::error!(%words, "the configuration has errors; the last good one stays");
            in_force.keep(words);
        }
    }
}

/// The files of the configuration, with when they were last changed.
struct Files {
    paths: Vec<PathBuf>,
    seen: Vec<Option<SystemTime>>,
}

impl Files {
    fn of(paths: Vec<PathBuf>) -> Self {
        let seen = times(&paths);
        Self { paths, seen }
    }

    fn changed(&self) -> Option<Vec<Option<SystemTime>>> {
        let now = times(&self.paths);
        (now != self.seen).then_some(now)
    }
}

fn times(paths: &[PathBuf]) -> Vec<Option<SystemTime>> {
    paths.iter().map(|path| std::fs::metadata(path).ok()?.modified().ok()).collect()
}

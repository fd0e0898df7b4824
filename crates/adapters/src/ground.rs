//! What every adapter stands on.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use plimsoll_core::catalog::SecretRef;
use plimsoll_core::ids::{SecretName, TargetId};
use plimsoll_engine::ports::Blobs;

use crate::browser::Browsers;
use crate::process::{RunRecord, Scope};
use crate::secrets::Secrets;

/// What the fleet is made with.
#[derive(Clone)]
pub struct FleetSettings {
    /// The folder of the configuration: relative paths begin there.
    pub root: PathBuf,
    /// Plimsoll's own folder, `.plimsoll` beside the configuration.
    pub state_dir: PathBuf,
    /// Where secrets are read from.
    pub secrets: BTreeMap<SecretName, SecretRef>,
    /// Where artifacts are kept.
    pub blobs: Arc<dyn Blobs>,
}

/// What every adapter stands on.
#[derive(Clone)]
pub struct Ground {
    /// The folder of the configuration.
    pub root: PathBuf,
    /// Where it is written down what runs.
    pub runs: PathBuf,
    /// Secrets by name.
    pub secrets: Secrets,
    /// Where artifacts are kept.
    pub blobs: Arc<dyn Blobs>,
    /// The browser that pages are looked at with.
    pub browsers: Browsers,
}

impl Ground {
    /// Takes over the settings, and removes what a plimsoll that was killed left over.
    #[must_use]
    pub fn new(settings: FleetSettings) -> Self {
        let runs = RunRecord::folder(&settings.state_dir);
        crate::check::command::remove_left_over(&runs);
        Self {
            runs,
            secrets: Secrets::new(settings.secrets, &settings.root),
            root: settings.root,
            blobs: settings.blobs,
            browsers: Browsers::default(),
        }
    }

    /// Where a command that is run against the target is written down.
    #[must_use]
    pub fn record(&self, target: &TargetId, scope: Scope) -> RunRecord {
        RunRecord { folder: self.runs.clone(), target: target.clone(), scope }
    }
}

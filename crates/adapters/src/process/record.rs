//! What runs, written down, so that it can be ended when plimsoll is gone.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use plimsoll_core::ids::{CheckName, TargetId};
use serde::{Deserialize, Serialize};

use super::kernel;

/// What a command is run for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// A deployment: whoever takes the target over ends it, whether its executor lives or not.
    Deployment,
    /// A check: it is ended when its executor is gone.
    Check(CheckName),
}

/// Where the records are.
#[derive(Debug, Clone)]
pub struct RunRecord {
    /// The folder of the records.
    pub folder: PathBuf,
    /// Against which target the command is run.
    pub target: TargetId,
    /// What for.
    pub scope: Scope,
}

/// The content of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Running {
    pub scope: Scope,
    /// The program as the user wrote it, without what filled it.
    pub program: String,
    pub pid: i32,
    pub started_ticks: u64,
    pub boot: String,
    pub executor_pid: i32,
    pub executor_started_ticks: u64,
}

/// A record on disk; removed when dropped.
pub(super) struct Kept {
    path: PathBuf,
}

impl RunRecord {
    /// The folder of the records in plimsoll's own folder.
    #[must_use]
    pub fn folder(state_dir: &Path) -> PathBuf {
        state_dir.join("run")
    }

    pub(super) fn keep(&self, program: &str, pid: i32) -> std::io::Result<Kept> {
        let own = i32::try_from(std::process::id()).unwrap_or(0);
        let running = Running {
            scope: self.scope.clone(),
            program: program.to_owned(),
            pid,
            started_ticks: kernel::process(pid).map_or(0, |process| process.started),
            boot: kernel::boot_id(),
            executor_pid: own,
            executor_started_ticks: kernel::process(own).map_or(0, |process| process.started),
        };
        std::fs::create_dir_all(&self.folder)?;
        let path = self.folder.join(format!("{}{pid}.json", prefix(&self.target)));
        let text = serde_json::to_vec(&running).map_err(std::io::Error::other)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(&text)?;
        file.persist(&path)?;
        Ok(Kept { path })
    }
}

/// No name holds `+`, so no target's prefix begins another's.
fn prefix(target: &TargetId) -> String {
    format!("{}+{}+{}+", target.service, target.environment, target.target)
}

/// The records of a target; one that cannot be read comes without its content.
pub(super) fn of_target(folder: &Path, target: &TargetId) -> Vec<(PathBuf, Option<Running>)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let prefix = prefix(target);
    let mut records: Vec<_> = entries
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix))
        .map(|entry| {
            let text = std::fs::read(entry.path()).unwrap_or_default();
            (entry.path(), serde_json::from_slice(&text).ok())
        })
        .collect();
    records.sort_by(|(one, _), (other, _)| one.cmp(other));
    records
}

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

//! A process that must stay up.

use serde::{Deserialize, Serialize};

use crate::units::Period;

use super::{Argv, Template};

/// A process that runs and stays up: one that dies and is started again is no release that works,
/// even if it answers in between (F02).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProcessCheck {
    /// Who knows which process it is.
    pub source: ProcessSource,
    /// How long it is watched.
    pub watched: Period,
    /// How often it may have been started again.
    pub restarts: u32,
    /// How long it must have been up at the end.
    pub up_for: Period,
    /// How long after the end of a deployment the process may begin without this being a restart.
    pub grace: Period,
}

/// Who knows which process it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProcessSource {
    /// A file that holds its number; it runs on this machine.
    PidFile(Template),
    /// A unit of systemd on this machine.
    Unit(Template),
    /// A command that prints what is known of it.
    Command(Argv),
}

impl ProcessCheck {
    /// How long it is watched where nothing is said: two turns of a supervisor that waits ten
    /// seconds before it tries again.
    pub const WATCHED: Period = Period::from_secs(30);
    /// The grace where nothing is said: deployers return when a supervisor has been told, not when
    /// it has begun.
    pub const GRACE: Period = Period::from_secs(30);
    /// What a look needs beyond the time that it watches.
    pub const BESIDE: Period = Period::from_secs(30);
}

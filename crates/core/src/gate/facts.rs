//! What is gathered before a decision, and the question itself.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::catalog::{CalendarRead, Catalog, Service};
use crate::ids::{EnvironmentName, ReleaseId, TargetId};
use crate::ledger::ServiceState;
use crate::record::{Observation, Proof};

/// What was looked at outside just before a decision. A decision is kept together with its facts,
/// so that it can be made again.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// What runs on the targets of this environment and of the one before it.
    pub observations: BTreeMap<TargetId, Observation>,
    /// Whether the artifacts of each target's way back are there.
    pub proofs: BTreeMap<TargetId, Proof>,
    /// The drivers of running checks that are known to be alive.
    pub alive: BTreeSet<String>,
    /// Where a move is under way and the process that carried it out is known to be gone.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub left: BTreeSet<EnvironmentName>,
    /// The calendar files that freeze windows name, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub calendars: BTreeMap<String, CalendarRead>,
}

/// What the gate is asked.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The configuration.
    pub catalog: &'a Catalog,
    /// The service of the release.
    pub service: &'a Service,
    /// Who asks to enter.
    pub release: &'a ReleaseId,
    /// Where.
    pub to: &'a EnvironmentName,
    /// What is so now.
    pub state: &'a ServiceState,
    /// What was looked at.
    pub facts: &'a Facts,
    /// What time it is.
    pub now: Timestamp,
}

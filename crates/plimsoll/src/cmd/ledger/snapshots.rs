//! Snapshots, compared with the events that they stand for.

use plimsoll_core::say;
use plimsoll_engine::desk::{DeskError, SnapshotFault, examine_snapshot};
use plimsoll_store::Store;
use plimsoll_wire::SnapshotFaultView;

use super::progress::Bar;
use crate::app::App;
use crate::error::CliError;
use crate::render::Style;

/// Snapshots that were looked at.
pub(super) struct Snapshots {
    /// How many.
    pub seen: u64,
    /// Those that are not what their events say.
    pub faults: Vec<SnapshotFault>,
    /// Whether these were removed.
    pub removed: bool,
}

impl Snapshots {
    /// Whether none is left that is not what its events say.
    pub fn are_good(&self) -> bool {
        self.removed || self.faults.is_empty()
    }

    /// For programs.
    pub fn views(&self) -> Vec<SnapshotFaultView> {
        let view = |fault: &SnapshotFault| SnapshotFaultView {
            service: fault.service.to_string(),
            event: fault.seq.0,
            reason: fault.why.clone(),
            removed: self.removed,
        };
        self.faults.iter().map(view).collect()
    }

    /// For people: a line each.
    pub fn lines(&self, style: &Style) -> String {
        let mut text = String::new();
        for fault in &self.faults {
            let done = if self.removed { "; it was removed, and is folded anew" } else { "" };
            let line = format!(
                "the snapshot of {} after event {} {}{done}",
                fault.service, fault.seq, fault.why
            );
            text.push_str(&format!("  {}\n", style.text(&line)));
        }
        text
    }

    /// How many are not what their events say.
    pub fn count(&self) -> String {
        say::count(self.faults.len(), "snapshot")
    }
}

/// Folds the events of every service that has a snapshot anew, and compares; removes what differs
/// when that was asked for.
pub(super) async fn examine(
    app: &App,
    store: &dyn Store,
    remove: bool,
) -> Result<Snapshots, CliError> {
    let services = store.snapshot_services().await.map_err(DeskError::from)?;
    let mut faults = Vec::new();
    for service in &services {
        let bar = Bar::begin(app, "folded");
        let tell = |done, of| bar.at(done, of, 0);
        let fault = examine_snapshot(store, service, &tell).await.map_err(DeskError::from)?;
        drop(bar);
        if let Some(fault) = fault {
            if remove {
                store.remove_snapshot(service).await.map_err(DeskError::from)?;
            }
            faults.push(fault);
        }
    }
    Ok(Snapshots { seen: services.len() as u64, faults, removed: remove })
}

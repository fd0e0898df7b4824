//! Opening the pictures of page checks. Who has opened what stands beside a signature.

use std::collections::BTreeMap;

use plimsoll_core::event::EventKind;
use plimsoll_core::ids::{EnvironmentName, PersonName, ReleaseId, TargetName};
use plimsoll_core::record::Opened;

use crate::desk::{Desk, DeskError};

impl Desk {
    /// Writes down that somebody opened what these targets showed of a release; what is known
    /// already is not written again.
    ///
    /// # Errors
    /// The ledger is away.
    pub async fn note_opened(
        &self,
        release: &ReleaseId,
        environment: &EnvironmentName,
        targets: &[TargetName],
        by: &PersonName,
    ) -> Result<(), DeskError> {
        let state = self.load(&release.service).await?;
        let lane = state.lanes.get(environment);
        let known: BTreeMap<&TargetName, _> = state
            .people
            .opened
            .iter()
            .filter(|one| one.release == *release && one.environment == *environment)
            .filter(|one| one.by == *by)
            .flat_map(|one| one.targets.iter().map(|target| (target, one.at)))
            .collect();
        let since = |target: &TargetName| {
            let deployment = lane.and_then(|lane| lane.targets.get(target)?.deployment.as_ref());
            deployment.map(|one| one.finished_at.unwrap_or(one.started_at))
        };
        let is_new = |target: &&TargetName| match (known.get(target), since(target)) {
            (Some(at), Some(since)) => *at < since,
            (Some(_), None) => false,
            (None, _) => true,
        };
        let targets: Vec<_> = targets.iter().filter(is_new).cloned().collect();
        if targets.is_empty() {
            return Ok(());
        }
        let opened = Opened {
            release: release.clone(),
            environment: environment.clone(),
            targets,
            by: by.clone(),
            at: self.now(),
        };
        let kind = EventKind::PicturesOpened { opened };
        self.say(&release.service, by, |_| Ok(kind.clone())).await?;
        Ok(())
    }
}

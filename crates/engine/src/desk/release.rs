//! Naming releases.

use plimsoll_core::event::{Actor, Event, EventKind, Stream};
use plimsoll_core::ids::ReleaseId;
use plimsoll_core::record::Release;

use crate::ports::LedgerError;

use super::{Desk, DeskError};

/// What became of naming a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added {
    /// It is new.
    New,
    /// It was there with the very same content; nothing was written.
    Same,
    /// It had been adopted without artifacts; they are named now.
    Named,
}

impl Desk {
    /// Adds a release. A name is given once: the same name with other content is refused.
    ///
    /// # Errors
    /// `OtherContent`, or the ledger.
    pub async fn add_release(&self, release: Release) -> Result<Added, DeskError> {
        self.service(&release.id.service)?;
        let stream = Stream::Release(release.id.clone());
        for _ in 0..3 {
            let events = self.parts.ledger.stream_events(&stream, 0, 10).await?;
            let (kind, added) = match recorded(&events) {
                None => (EventKind::ReleaseAdded { release: release.clone() }, Added::New),
                Some(before) if before.artifacts.is_empty() && !release.artifacts.is_empty() => (
                    EventKind::ArtifactsNamed { artifacts: release.artifacts.clone() },
                    Added::Named,
                ),
                Some(before) => return same(&before, &release),
            };
            let actor = Actor::Person(release.added_by.clone());
            let version = events.len() as u64;
            match self.append(stream.clone(), Some(version), actor, vec![kind]).await {
                Ok(_) => return Ok(added),
                Err(DeskError::Ledger(LedgerError::Conflict { .. })) => {}
                Err(other) => return Err(other),
            }
        }
        Err(DeskError::Contended(stream.to_string()))
    }

    /// A release by name, however old.
    ///
    /// # Errors
    /// `NoRelease`, or the ledger.
    pub async fn release(&self, id: &ReleaseId) -> Result<Release, DeskError> {
        let events = self.parts.ledger.stream_events(&Stream::Release(id.clone()), 0, 10).await?;
        recorded(&events).ok_or_else(|| DeskError::NoRelease(id.clone()))
    }
}

/// The release as the events of its stream tell it.
fn recorded(events: &[Event]) -> Option<Release> {
    let mut found = None;
    for event in events {
        match &event.kind {
            EventKind::ReleaseAdded { release } => found = Some(release.clone()),
            EventKind::ArtifactsNamed { artifacts } => {
                if let Some(release) = &mut found {
                    release.artifacts.clone_from(artifacts);
                }
            }
            _ => {}
        }
    }
    found
}

fn same(before: &Release, given: &Release) -> Result<Added, DeskError> {
    let equal = before.digest() == given.digest()
        && before.irreversible == given.irreversible
        && before.change == given.change;
    if equal {
        return Ok(Added::Same);
    }
    Err(DeskError::OtherContent {
        id: before.id.clone(),
        was: describe(before),
        is: describe(given),
    })
}

fn describe(release: &Release) -> String {
    let undo = if release.irreversible { ", irreversible" } else { "" };
    format!("{} {:?}{undo}", release.digest().short(), release.change).to_lowercase()
}

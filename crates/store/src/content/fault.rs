//! What is wrong with content, and how much that weighs.

use plimsoll_core::digest::Digest;
use plimsoll_core::event::{ContentRole, Stream};
use plimsoll_core::ids::{ReleaseId, Seq, ServiceName, TargetId};
use plimsoll_core::ledger::ServiceState;
use plimsoll_engine::ports::{BlobError, Ledger, LedgerError};
use serde::Serialize;

/// How many events are read at once.
const PAGE: u32 = 500;

/// Content that a ledger names and that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentFault {
    /// The first event that names it.
    pub seq: Seq,
    /// What that event is about.
    pub stream: Stream,
    /// The hash that it was kept by.
    pub digest: Digest,
    /// What it is for.
    pub role: ContentRole,
    /// Which file of a directory it is; none for anything else, and for the list of its files.
    pub path: Option<String>,
    /// What is wrong.
    pub kind: ContentFaultKind,
    /// How much that weighs.
    pub weight: Weight,
}

/// What is wrong with content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContentFaultKind {
    /// It is not there.
    Missing,
    /// What is there is something else.
    Changed,
    /// It cannot be read, and why.
    Unreadable(String),
}

/// How much it weighs that content is not as it was; the heaviest first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// These targets would go back to it, and cannot.
    WayBack(Vec<TargetId>),
    /// A release cannot be deployed again.
    Release,
    /// Something that was once printed, seen or decided cannot be looked up. Nothing depends on it.
    Record,
}

impl From<BlobError> for ContentFaultKind {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Missing { .. } => Self::Missing,
            BlobError::Changed { .. } => Self::Changed,
            BlobError::Io { .. } => Self::Unreadable(error.to_string()),
        }
    }
}

impl Weight {
    pub(super) const fn of_role(role: &ContentRole) -> Self {
        match role {
            ContentRole::File { .. } | ContentRole::Directory { .. } => Self::Release,
            ContentRole::Output | ContentRole::Picture { .. } | ContentRole::Decision => {
                Self::Record
            }
        }
    }
}

impl ContentFault {
    /// The release that it is part of, if it is.
    #[must_use]
    pub const fn release(&self) -> Option<&ReleaseId> {
        match &self.stream {
            Stream::Release(id) => Some(id),
            Stream::Lane(_)
            | Stream::Evidence(_)
            | Stream::Gate(_)
            | Stream::People(_)
            | Stream::Tokens
            | Stream::Forge(_) => None,
        }
    }
}

/// Finds the releases among `faults` that targets would go back to, and puts the heaviest first.
///
/// # Errors
/// The ledger cannot be read.
pub(super) async fn weigh(
    ledger: &dyn Ledger,
    faults: &mut [ContentFault],
) -> Result<(), LedgerError> {
    let mut services: Vec<ServiceName> =
        faults.iter().filter_map(|fault| Some(fault.release()?.service.clone())).collect();
    services.sort();
    services.dedup();
    for service in services {
        let Some(state) = fold(ledger, &service).await? else { continue };
        for fault in faults.iter_mut() {
            let Some(release) = fault.release().filter(|id| id.service == service) else {
                continue;
            };
            let targets = going_back_to(&state, release);
            if !targets.is_empty() {
                fault.weight = Weight::WayBack(targets);
            }
        }
    }
    faults.sort_by(|one, other| (&one.weight, one.seq).cmp(&(&other.weight, other.seq)));
    Ok(())
}

/// The state of a service; none when its events contradict each other (then nobody goes anywhere).
async fn fold(
    ledger: &dyn Ledger,
    service: &ServiceName,
) -> Result<Option<ServiceState>, LedgerError> {
    let mut state = ServiceState::default();
    let mut after = Seq(0);
    loop {
        let events = ledger.service_events(service, after, PAGE).await?;
        let Some(last) = events.last() else { return Ok(Some(state)) };
        after = last.seq;
        for event in &events {
            if state.apply(event).is_err() {
                return Ok(None);
            }
        }
    }
}

/// The targets whose way back it is: now, from what runs there, or after the next promotion, from
/// what that will bring.
fn going_back_to(state: &ServiceState, release: &ReleaseId) -> Vec<TargetId> {
    let mut found = Vec::new();
    for (environment, lane) in &state.lanes {
        for (name, target) in &lane.targets {
            let last = target.last_verified_good();
            let before = last.and_then(|last| target.last_verified_good_but(&last.version));
            if [last, before].into_iter().flatten().any(|good| good.version == release.version) {
                let (service, environment) = (release.service.clone(), environment.clone());
                found.push(TargetId { service, environment, target: name.clone() });
            }
        }
    }
    found
}

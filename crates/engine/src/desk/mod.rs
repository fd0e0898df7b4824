//! The desk: load, decide, append. The only place that does it.
//!
//! 1. [`Desk::load`] folds what is so now (a snapshot and the events after it).
//! 2. [`Desk::ask_gate`] gathers facts, decides, and writes the decision down when it is new.
//! 3. [`Desk::append`] writes events at the version that the decision was made from; who was
//!    overtaken loads and decides again.

mod abort;
mod append;
mod ask;
mod beside;
mod error;
mod forge;
mod gather;
mod load;
mod made_of;
mod names;
pub mod people;
mod push;
mod release;
mod report;
mod shared;
mod snapshot;
mod start;
mod tokens;
mod told;
mod whole;
mod wording;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use plimsoll_core::Timestamp;
use plimsoll_core::catalog::{Catalog, Service};
use plimsoll_core::ids::{EnvironmentName, ServiceName, TargetName};

use crate::ports::{
    Blobs, Clock, Fleet, Forges, Ledger, Presence, Progress, Redact, Reporter, TargetContext,
};

pub use ask::Asked;
pub use ask::WholeDecision;
pub use error::DeskError;
pub use forge::Taken;
pub use push::PushGlass;
pub use release::Added;
pub use report::{Report, Told};
pub use snapshot::{SnapshotFault, examine_snapshot};
pub use start::Request;
pub use told::HistoryQuestion;
pub use whole::{WholePromotion, WholeVerification};
pub use wording::{Spelling, Wording};

/// Everything the engine needs of the outside.
#[derive(Clone)]
pub struct Parts {
    /// The ledger.
    pub ledger: Arc<dyn Ledger>,
    /// Content by hash.
    pub blobs: Arc<dyn Blobs>,
    /// The targets.
    pub fleet: Arc<dyn Fleet>,
    /// The forges.
    pub forges: Arc<dyn Forges>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Who shows progress.
    pub reporter: Arc<dyn Reporter>,
    /// What takes secrets out of words.
    pub redact: Arc<dyn Redact>,
    /// Who else is there.
    pub presence: Arc<dyn Presence>,
    /// Who this process is: unique for each.
    pub driver: String,
}

/// Loads, decides, appends.
pub struct Desk {
    pub(crate) parts: Parts,
    pub(crate) catalog: Arc<Catalog>,
    states: Arc<Mutex<BTreeMap<ServiceName, Arc<load::Cached>>>>,
    head: Arc<load::SharedHead>,
    tokens: Arc<tokens::Known>,
    forges: Arc<forge::Known>,
}

impl Desk {
    /// A desk over these parts, under this configuration.
    #[must_use]
    pub fn new(parts: Parts, catalog: Arc<Catalog>) -> Self {
        Self {
            parts,
            catalog,
            states: Arc::default(),
            head: Arc::default(),
            tokens: Arc::default(),
            forges: Arc::default(),
        }
    }

    /// The same desk for another driver.
    #[must_use]
    pub fn as_driver(&self, name: &str) -> Self {
        let parts = Parts { driver: name.to_owned(), ..self.parts.clone() };
        self.under(parts, self.catalog.clone())
    }

    /// The same desk with other parts, under another configuration; what is known of the ledger
    /// stays known.
    #[must_use]
    pub fn under(&self, parts: Parts, catalog: Arc<Catalog>) -> Self {
        Self {
            parts,
            catalog,
            states: self.states.clone(),
            head: self.head.clone(),
            tokens: self.tokens.clone(),
            forges: self.forges.clone(),
        }
    }

    /// The configuration.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The configuration, to be shared.
    #[must_use]
    pub fn shared_catalog(&self) -> Arc<Catalog> {
        self.catalog.clone()
    }

    /// The outside.
    #[must_use]
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }

    /// The service of that name.
    ///
    /// # Errors
    /// It is not in the configuration; names that are close are given.
    pub fn service(&self, name: &ServiceName) -> Result<&Service, DeskError> {
        self.catalog.services.get(name).ok_or_else(|| DeskError::NoService {
            name: name.to_string(),
            known: self.catalog.services.keys().map(ToString::to_string).collect(),
        })
    }

    pub(crate) fn tell(&self, progress: Progress) {
        self.parts.reporter.tell(progress);
    }

    /// A target with everything that is known about it.
    ///
    /// # Errors
    /// It is not in the configuration (any more).
    pub fn context(
        &self,
        service: &Service,
        environment: &EnvironmentName,
        target: &TargetName,
    ) -> Result<TargetContext, DeskError> {
        let id = service.lane(environment).target(target);
        let unknown = || DeskError::NoTarget(id.clone());
        let found = service.target(&id).ok_or_else(unknown)?;
        let platform = service.platforms.get(&found.platform).ok_or_else(unknown)?;
        Ok(TargetContext { target: found.clone(), platform: platform.clone(), id })
    }
}

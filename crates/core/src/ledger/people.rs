//! What people said, and what of it is in force.

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::ids::{EnvironmentName, PersonName, Seq};
use crate::record::{Hold, KnownFailure, Opened, SignOff, Waiver};

/// How many sign-offs stay in the state; older ones are of releases long gone.
const KEPT_SIGN_OFFS: usize = 2_000;

/// How many times that somebody opened pictures stay in the state.
const KEPT_OPENED: usize = 2_000;

/// How many waivers, known failures and freezes of each kind stay in the state, ended ones
/// included, because ended ones stay visible.
const KEPT_SAYINGS: usize = 500;

/// Something that a person said, with the event that wrote it down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said<T> {
    /// The event.
    pub seq: Seq,
    /// When it was taken back, if it was.
    pub withdrawn_at: Option<Timestamp>,
    /// What was said.
    pub what: T,
}

/// A freeze outside the configuration's windows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declared {
    /// In this environment; in all with a gate when absent.
    pub environment: Option<EnvironmentName>,
    /// From when.
    pub from: Timestamp,
    /// Until when (exclusive).
    pub until: Timestamp,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: Option<PersonName>,
}

/// What people said about a service.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PeopleState {
    /// The last version of the people stream.
    pub version: u64,
    /// Waivers, oldest first.
    pub waivers: Vec<Said<Waiver>>,
    /// Known failures, oldest first.
    pub known_failures: Vec<Said<KnownFailure>>,
    /// Who has opened which pictures, oldest first.
    pub opened: Vec<Opened>,
    /// Signatures, oldest first.
    pub sign_offs: Vec<Said<SignOff>>,
    /// Holds that nobody let go yet.
    pub holds: Vec<Said<Hold>>,
    /// Declared freezes, oldest first.
    pub freezes: Vec<Said<Declared>>,
}

impl<T> Said<T> {
    pub(super) fn new(seq: Seq, what: T) -> Self {
        Self { seq, withdrawn_at: None, what }
    }
}

impl Said<Waiver> {
    /// Given, not taken back, and not over.
    #[must_use]
    pub fn in_force(&self, now: Timestamp) -> bool {
        self.withdrawn_at.is_none() && now < self.what.until
    }
}

impl Said<KnownFailure> {
    /// Recorded, not taken back, and not over.
    #[must_use]
    pub fn in_force(&self, now: Timestamp) -> bool {
        self.withdrawn_at.is_none() && now < self.what.until
    }
}

impl Said<Declared> {
    /// Declared, not lifted, and now.
    #[must_use]
    pub fn in_force(&self, now: Timestamp) -> bool {
        self.withdrawn_at.is_none() && self.what.from <= now && now < self.what.until
    }
}

/// Marks a saying as taken back; `false` when there is none with that number.
pub(super) fn withdraw<T>(list: &mut [Said<T>], seq: Seq, at: Timestamp) -> bool {
    match list.iter_mut().find(|said| said.seq == seq) {
        Some(said) => {
            said.withdrawn_at = Some(at);
            true
        }
        None => false,
    }
}

fn trim<T>(list: &mut Vec<T>, most: usize) {
    if list.len() > most {
        list.drain(..list.len() - most);
    }
}

impl PeopleState {
    /// Forgets what can no longer matter.
    pub(super) fn forget_old(&mut self) {
        trim(&mut self.waivers, KEPT_SAYINGS);
        trim(&mut self.known_failures, KEPT_SAYINGS);
        trim(&mut self.freezes, KEPT_SAYINGS);
        trim(&mut self.sign_offs, KEPT_SIGN_OFFS);
        trim(&mut self.opened, KEPT_OPENED);
    }
}

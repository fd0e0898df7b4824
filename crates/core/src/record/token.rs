//! Tokens: who may ask a server for what. The secret itself is shown once and kept nowhere; what is
//! written down is its hash.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::digest::Digest;
use crate::ids::{PersonName, ServiceName, TokenName};

/// What a token allows. Each but `Administer` is about the services that the token names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// To look, and to ask the gate.
    Read,
    /// To name releases, and to report results and deployments that others made.
    Report,
    /// To deploy to an environment without a gate, to adopt, and to verify.
    Deploy,
    /// To promote and to go back, and to say what a person says: waive, sign off, hold, freeze.
    Release,
    /// To make and revoke tokens, and to read the ledger whole.
    Administer,
}

impl Permission {
    /// All of them, the least first.
    pub const ALL: [Self; 5] =
        [Self::Read, Self::Report, Self::Deploy, Self::Release, Self::Administer];

    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Report => "report",
            Self::Deploy => "deploy",
            Self::Release => "release",
            Self::Administer => "administer",
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A text that is no permission.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not one of read, report, deploy, release, administer")]
pub struct PermissionError(String);

impl FromStr for Permission {
    type Err = PermissionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|one| one.as_str() == text);
        found.ok_or_else(|| PermissionError(text.chars().take(80).collect()))
    }
}

/// For which services and verbs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// These services; all when absent.
    pub services: Option<BTreeSet<ServiceName>>,
    /// These verbs. To read is part of each.
    pub permissions: BTreeSet<Permission>,
}

impl Scope {
    /// Everything.
    #[must_use]
    pub fn everything() -> Self {
        Self { services: None, permissions: Permission::ALL.into() }
    }

    /// Whether it allows `permission` for `service`, or for all services when none is given.
    ///
    /// # Errors
    /// What is missing.
    pub fn allows(
        &self,
        permission: Permission,
        service: Option<&ServiceName>,
    ) -> Result<(), NotAllowed> {
        let has = self.permissions.contains(&permission)
            || (permission == Permission::Read && !self.permissions.is_empty());
        let sees = match (&self.services, service) {
            (None, _) => true,
            (Some(some), Some(service)) => some.contains(service),
            (Some(_), None) => false,
        };
        if has && sees {
            return Ok(());
        }
        Err(NotAllowed {
            permission,
            service: service.cloned(),
            services: self.services.clone(),
            permissions: self.permissions.clone(),
            other_service: !sees,
        })
    }

    /// Whether it is about this service.
    #[must_use]
    pub fn sees(&self, service: &ServiceName) -> bool {
        self.services.as_ref().is_none_or(|some| some.contains(service))
    }
}

/// What a scope does not allow, and what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAllowed {
    /// What was asked for.
    pub permission: Permission,
    /// For which service; for all when absent.
    pub service: Option<ServiceName>,
    /// The services that there are; all when absent.
    pub services: Option<BTreeSet<ServiceName>>,
    /// What is allowed for those.
    pub permissions: BTreeSet<Permission>,
    /// It is the service that is another one.
    pub other_service: bool,
}

/// A token, as it is written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Its name.
    pub name: TokenName,
    /// Who works with it: what is done is written down as done by them.
    pub person: PersonName,
    /// For what.
    pub scope: Scope,
    /// The hash of its secret.
    pub hash: Digest,
    /// Until when (exclusive).
    pub until: Timestamp,
}

/// Somebody signed in with a token, at a browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// With this one.
    pub token: TokenName,
    /// The hash of the session's secret.
    pub hash: Digest,
    /// Until when (exclusive).
    pub until: Timestamp,
}

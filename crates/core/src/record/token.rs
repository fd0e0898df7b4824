//! Tokens: who may ask a server for what. The secret itself is shown once and kept nowhere; what is
//! written down is its hash.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::catalog::Permission;
use crate::digest::Digest;
use crate::ids::{PersonName, ServiceName, TokenName};

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

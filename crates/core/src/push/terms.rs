//! What a repository has to know before it can ask about a push.

use std::collections::BTreeMap;

use crate::catalog::{BranchRef, Catalog, PathPattern};
use crate::ids::{EnvironmentName, ServiceName};

/// The protected branches, and whose files are whose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PushTerms {
    /// Each protected branch, and where it is deployed to.
    pub branches: BTreeMap<BranchRef, EnvironmentName>,
    /// The services whose files are in the repository, and which files are theirs; every file that
    /// is deployed where a service names none.
    pub paths: BTreeMap<ServiceName, Vec<PathPattern>>,
    /// Files that are part of no service.
    pub not_deployed: Vec<PathPattern>,
}

impl PushTerms {
    /// Of this configuration, in a repository with the services that are meant.
    #[must_use]
    pub fn of(catalog: &Catalog, is_meant: impl Fn(&ServiceName) -> bool) -> Self {
        let meant = catalog.services.values().filter(|service| is_meant(&service.name));
        Self {
            branches: catalog.branches.clone(),
            paths: meant.map(|service| (service.name.clone(), service.paths.clone())).collect(),
            not_deployed: catalog.not_deployed.clone(),
        }
    }

    /// The same in a repository that has only these services; all of them when none is named.
    ///
    /// # Errors
    /// The first of them that is not there.
    pub fn only(mut self, services: &[ServiceName]) -> Result<Self, &ServiceName> {
        if let Some(unknown) = services.iter().find(|name| !self.paths.contains_key(*name)) {
            return Err(unknown);
        }
        self.paths.retain(|name, _| services.is_empty() || services.contains(name));
        Ok(self)
    }
}

//! Whose tokens are accepted beside our own: those of an issuer of OpenID Connect, as the CI of a
//! forge is one.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::ids::{PersonName, ServiceName};

use super::Permission;

/// Claims that say whose token it is. Every repository of a forge gets tokens of the same issuer,
/// and chooses their audience itself: without one of these a grant would be for all of them.
pub const SAYS_WHOSE: [&str; 8] = [
    "sub",
    "repository",
    "repository_id",
    "repository_owner",
    "repository_owner_id",
    "project_path",
    "project_id",
    "namespace_path",
];

/// An issuer whose tokens are accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trust {
    /// Who issues them, exactly as `iss` says it.
    pub issuer: String,
    /// For whom they must be: `aud`.
    pub audience: String,
    /// Where the keys are that they are signed with.
    pub keys: TrustedKeys,
    /// What they allow. The first one that fits counts. *Checked*: there is one.
    pub grants: Vec<Grant>,
}

/// Where the keys of an issuer are (a JSON Web Key Set).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrustedKeys {
    /// At an address, asked when they are needed.
    Url(String),
    /// In a file, relative to the configuration.
    File(String),
}

/// What tokens with these claims allow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The claims that it must have. *Checked*: one of them says whose token it is.
    pub when: BTreeMap<String, ClaimPattern>,
    /// For these services. *Checked*: each is there.
    pub services: BTreeSet<ServiceName>,
    /// What they allow.
    pub permissions: BTreeSet<Permission>,
    /// Under whose name what is done is written down.
    pub person: PersonName,
}

/// What a claim must be: a text, or the beginning of one and then `*`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClaimPattern(String);

impl ClaimPattern {
    /// A text, or the beginning of one and then `*`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Whether a claim is as it must be.
    #[must_use]
    pub fn fits(&self, claim: &str) -> bool {
        match self.0.strip_suffix('*') {
            Some(beginning) => claim.starts_with(beginning),
            None => claim == self.0,
        }
    }
}

impl Grant {
    /// Whether a token with these claims is one that is meant. A claim that is not there fits
    /// nothing.
    #[must_use]
    pub fn fits(&self, claim: impl Fn(&str) -> Option<String>) -> bool {
        !self.when.is_empty()
            && self
                .when
                .iter()
                .all(|(name, pattern)| claim(name).is_some_and(|text| pattern.fits(&text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_fits_only_where_every_claim_does() {
        let when = [("repository", "acme/shop"), ("ref", "refs/heads/release-*")];
        let grant = Grant {
            when: when.map(|(name, text)| (name.to_owned(), ClaimPattern::new(text))).into(),
            services: BTreeSet::new(),
            permissions: BTreeSet::new(),
            person: "ci".parse().expect("a handle"),
        };
        let fits = |repository: &str, git_ref: Option<&str>| {
            grant.fits(|name| match name {
                "repository" => Some(repository.to_owned()),
                "ref" => git_ref.map(ToOwned::to_owned),
                _ => None,
            })
        };
        assert!(fits("acme/shop", Some("refs/heads/release-1")));
        assert!(!fits("acme/shop-evil", Some("refs/heads/release-1")));
        assert!(!fits("acme/shop", Some("refs/heads/main")));
        assert!(!fits("acme/shop", None));
        assert!(!Grant { when: BTreeMap::new(), ..grant }.fits(|_| Some(String::new())));
    }
}

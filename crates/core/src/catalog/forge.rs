//! Forges: where repositories are, who is told how their commits stand, and who tells of pushes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::{EnvironmentName, SecretName, ServiceName};

use super::Catalog;

/// The longest name of a repository, in bytes, and how many parts it may have.
const LONGEST: usize = 255;
const MOST_PARTS: usize = 20;

/// Whose API it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForgeKind {
    /// GitHub, GitHub Enterprise Server.
    Github,
    /// GitLab.
    Gitlab,
    /// Gitea, and Forgejo, which speaks the same.
    Gitea,
}

impl ForgeKind {
    /// How long the description of a commit's status may be.
    ///
    /// # Units
    /// Characters.
    ///
    /// # Source
    /// The forges' API references; Gitea's has no limit of its own and shows about as much.
    #[must_use]
    pub const fn longest_description(self) -> usize {
        match self {
            Self::Github => 140,
            Self::Gitlab | Self::Gitea => 255,
        }
    }
}

impl fmt::Display for ForgeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Gitea => "gitea",
        })
    }
}

/// A forge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forge {
    /// Whose API it is.
    pub kind: ForgeKind,
    /// Where its API is, without a slash at the end. *Checked*: https, or http on this machine.
    pub url: String,
    /// With what it is asked.
    pub secret: ForgeSecret,
    /// What its webhooks are signed with; without it none is taken.
    pub webhook_secret: Option<SecretName>,
    /// The repositories, and the services that live in each. *Checked*: at least one.
    pub repositories: BTreeMap<RepositoryName, BTreeSet<ServiceName>>,
}

/// With what a forge is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForgeSecret {
    /// A token.
    Token(SecretName),
    /// A GitHub App, which gets a token of its own for each repository.
    App(ForgeApp),
}

/// A GitHub App.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForgeApp {
    /// Its client id, or its number.
    pub id: String,
    /// Its private key (PEM).
    pub private_key: SecretName,
}

impl Forge {
    /// The repository of that name, as the configuration spells it, with its services. Forges do not
    /// tell capitals apart.
    #[must_use]
    pub fn repository(&self, name: &str) -> Option<(&RepositoryName, &BTreeSet<ServiceName>)> {
        self.repositories.iter().find(|(known, _)| known.as_str().eq_ignore_ascii_case(name))
    }
}

/// The environments with a gate that any of the services has, in order of name.
#[must_use]
pub fn gated_environments(
    catalog: &Catalog,
    services: &BTreeSet<ServiceName>,
) -> BTreeSet<EnvironmentName> {
    services
        .iter()
        .filter_map(|name| catalog.services.get(name))
        .flat_map(|service| &service.environments)
        .filter(|environment| environment.after.is_some())
        .map(|environment| environment.name.clone())
        .collect()
}

/// A repository on a forge: `acme/shop`, on GitLab also `acme/web/shop`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RepositoryName(Box<str>);

/// A text that names no repository.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no repository")]
pub struct RepositoryNameError(String);

impl RepositoryName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// It becomes part of an address: nothing in it may mean something there.
fn is_part(part: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    !part.is_empty() && part != "." && part != ".." && part.chars().all(plain)
}

impl FromStr for RepositoryName {
    type Err = RepositoryNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split('/').count();
        let fits = text.len() <= LONGEST && (2..=MOST_PARTS).contains(&parts);
        if fits && text.split('/').all(is_part) {
            return Ok(Self(text.into()));
        }
        Err(RepositoryNameError(text.chars().take(80).flat_map(char::escape_debug).collect()))
    }
}

impl fmt::Display for RepositoryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for RepositoryName {
    type Error = RepositoryNameError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<RepositoryName> for String {
    fn from(name: RepositoryName) -> Self {
        name.0.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_has_an_owner_and_nothing_that_means_something_in_an_address() {
        for text in ["acme/shop", "acme/web/shop", "a/b.c_d-e", "A/.github"] {
            assert_eq!(text.parse::<RepositoryName>().expect(text).as_str(), text);
        }
        let long = format!("a/{}", "b".repeat(254));
        for text in [
            "",
            "shop",
            "/shop",
            "acme/",
            "a//b",
            "a/..",
            "../a",
            "a/b c",
            "a/b%2f",
            "a/b?c",
            "a/b#c",
            "a/b\n",
            "größe/b",
            &long,
        ] {
            let error = text.parse::<RepositoryName>().expect_err(text).to_string();
            assert!(error.ends_with("is no repository") && !error.contains('\n'), "{error}");
        }
    }
}

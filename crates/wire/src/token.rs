//! Tokens, as programs read them.

use plimsoll_core::Timestamp;
use plimsoll_core::ledger::TokenState;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A token; its secret is not in here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct TokenView {
    /// Its name.
    pub name: String,
    /// Who works with it.
    pub person: String,
    /// For these services; all when absent.
    pub services: Option<Vec<String>>,
    /// `read`, `report`, `deploy`, `release`, `administer`.
    pub permissions: Vec<String>,
    /// Whether it allows anything now.
    pub in_force: bool,
    /// When it was made.
    pub made: String,
    /// By whom.
    pub made_by: Option<String>,
    /// Until when (exclusive).
    pub until: String,
    /// When it was revoked.
    pub revoked: Option<String>,
    /// When it was last used, to the minute.
    pub last_used: Option<String>,
}

/// All tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TokensView {
    /// By name, those that are over or revoked included.
    pub tokens: Vec<TokenView>,
}

/// A token that was just made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TokenMadeView {
    /// The token.
    pub token: TokenView,
    /// Its secret. It is shown this once.
    pub secret: String,
}

impl TokenView {
    /// A token as it stands at `now`, last used at `used`.
    #[must_use]
    pub fn of(state: &TokenState, used: Option<Timestamp>, now: Timestamp) -> Self {
        let token = &state.token;
        let services: Option<Vec<String>> = token
            .scope
            .services
            .as_ref()
            .map(|some| some.iter().map(ToString::to_string).collect());
        Self {
            name: token.name.to_string(),
            person: token.person.to_string(),
            services,
            permissions: token.scope.permissions.iter().map(ToString::to_string).collect(),
            in_force: state.in_force(now),
            made: state.at.to_string(),
            made_by: state.by.as_ref().map(ToString::to_string),
            until: token.until.to_string(),
            revoked: state.revoked.as_ref().map(|(at, _)| at.to_string()),
            last_used: used.map(|at| at.to_string()),
        }
    }
}

//! Who asks, and what they may do.

use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use plimsoll_core::digest::Digest;
use plimsoll_core::ids::{PersonName, ServiceName, TokenName};
use plimsoll_core::ledger::TokenState;
use plimsoll_core::record::{Permission, Scope};
use plimsoll_engine::desk::Desk;

use crate::problem::Problem;
use crate::site::Web;

/// The cookie that holds a session's secret.
pub const COOKIE_NAME: &str = "plimsoll-session";

/// How many random bytes a secret has.
const SECRET_BYTES: usize = 32;

/// What a token begins with, so that one that was left lying about is recognised.
pub const TOKEN_PREFIX: &str = "plm_";

/// Who asks.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who they are; nobody when they did not say.
    pub person: Option<PersonName>,
    /// What they may do.
    pub scope: Scope,
    /// The token that says so.
    pub token: Option<TokenName>,
    /// The secret of the session at a browser, if it is one.
    pub session: Option<Secret>,
}

/// A secret as it was sent. It is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl Secret {
    /// A new one, of 256 random bits.
    ///
    /// # Errors
    /// The system has no randomness to give.
    pub fn random(prefix: &str) -> Result<Self, getrandom::Error> {
        let mut bytes = [0_u8; SECRET_BYTES];
        getrandom::fill(&mut bytes)?;
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self(format!("{prefix}{hex}")))
    }

    /// One that somebody sent.
    #[must_use]
    pub fn sent(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// Its hash: what is kept.
    #[must_use]
    pub fn hash(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }

    /// The secret itself, to be shown once or sent as a cookie.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What a form of this session must send along, so that no other site can send it. It tells
    /// nothing about the secret.
    #[must_use]
    pub fn form_token(&self) -> String {
        Digest::of_parts([b"form".as_slice(), self.0.as_bytes()]).to_string()
    }
}

impl Caller {
    /// Makes sure that they may do this.
    ///
    /// # Errors
    /// They have to say who they are, or may not.
    pub fn may(
        &self,
        permission: Permission,
        service: Option<&ServiceName>,
    ) -> Result<(), Problem> {
        if self.person.is_none() && permission != Permission::Read {
            return Err(Problem::unknown_caller("to do something a token is needed"));
        }
        Ok(self.scope.allows(permission, service)?)
    }

    /// Who they are, to be written down.
    ///
    /// # Errors
    /// They did not say.
    pub fn person(&self) -> Result<&PersonName, Problem> {
        self.person.as_ref().ok_or_else(|| Problem::unknown_caller("who are you?"))
    }

    /// Whether they may look at this service.
    #[must_use]
    pub fn sees(&self, service: &ServiceName) -> bool {
        self.scope.sees(service)
    }

    fn with(state: &TokenState, session: Option<Secret>) -> Self {
        let token = &state.token;
        Self {
            person: Some(token.person.clone()),
            scope: token.scope.clone(),
            token: Some(token.name.clone()),
            session,
        }
    }

    fn anybody() -> Self {
        let scope = Scope { services: None, permissions: [Permission::Read].into() };
        Self { person: None, scope, token: None, session: None }
    }
}

impl FromRequestParts<Web> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, site: &Web) -> Result<Self, Problem> {
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        let desk = site.desk();
        let found = match (bearer(parts)?, cookie(parts)) {
            (Some(token), _) => Some(of_token(&desk, &token).await?),
            (None, Some(session)) => of_session(&desk, session).await?,
            (None, None) => None,
        };
        match found {
            Some(caller) => Ok(caller),
            None if site.settings.open_read => Ok(Self::anybody()),
            None => Err(Problem::unknown_caller("who are you?")),
        }
    }
}

async fn of_token(desk: &Desk, secret: &Secret) -> Result<Caller, Problem> {
    let tokens = desk.tokens().await?;
    let found = tokens.with_hash(&secret.hash(), desk.now());
    let caller = found.map(|token| Caller::with(token, None));
    caller.ok_or_else(|| Problem::unknown_caller("this token is unknown, revoked, or over"))
}

/// A session that is over is none: the browser is asked to sign in again where that is needed.
async fn of_session(desk: &Desk, secret: Secret) -> Result<Option<Caller>, Problem> {
    let tokens = desk.tokens().await?;
    let found = tokens.session(&secret.hash(), desk.now());
    Ok(found.map(|(_, token)| Caller::with(token, Some(secret.clone()))))
}

/// The token in the header; something else in there is an error, not nobody.
fn bearer(parts: &Parts) -> Result<Option<Secret>, Problem> {
    let Some(value) = parts.headers.get(AUTHORIZATION) else { return Ok(None) };
    let wrong = || Problem::unknown_caller("Authorization: Bearer TOKEN is understood");
    let text = value.to_str().map_err(|_| wrong())?;
    let (scheme, token) = text.split_once(' ').ok_or_else(wrong)?;
    if !scheme.eq_ignore_ascii_case("bearer") || token.trim().is_empty() {
        return Err(wrong());
    }
    Ok(Some(Secret::sent(token)))
}

fn cookie(parts: &Parts) -> Option<Secret> {
    let cookies = parts.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|all| all.split(';'))
        .filter_map(|one| one.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE_NAME)
        .map(|(_, value)| Secret::sent(value))
}

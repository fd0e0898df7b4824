//! Who asks, and what they may do.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use plimsoll_core::Timestamp;
use plimsoll_core::digest::Digest;
use plimsoll_core::ids::{PersonName, ServiceName, TokenName};
use plimsoll_core::ledger::TokenState;
use plimsoll_core::record::{Permission, Scope};
use plimsoll_engine::desk::Desk;

use crate::origin::own_name;
use crate::problem::Problem;
use crate::site::Web;
use crate::{oidc, peer};

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
    /// Until when they are believed, where that is not the token's end.
    pub until: Option<Timestamp>,
}

/// Why it is not known who asks, where that was found out before.
#[derive(Debug, Clone)]
pub(crate) struct Unknown(pub Problem);

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

    /// Makes sure that they may do this for some service at least: for what belongs to none yet.
    ///
    /// # Errors
    /// They have to say who they are, or may not.
    pub(crate) fn may_somewhere(&self, permission: Permission) -> Result<(), Problem> {
        let one = self.scope.services.as_ref().and_then(|some| some.first());
        self.may(permission, one)
    }

    /// The service that is meant where none is named: of a token for one service that one, of a
    /// token for all of them all.
    ///
    /// # Errors
    /// They may not look at it, or there are several.
    pub(crate) fn meant(&self, named: Option<ServiceName>) -> Result<Option<ServiceName>, Problem> {
        if let Some(service) = named {
            self.may(Permission::Read, Some(&service))?;
            return Ok(Some(service));
        }
        let Some(some) = &self.scope.services else { return Ok(None) };
        let mut services = some.iter();
        match (services.next(), services.next()) {
            (Some(only), None) => Ok(Some(only.clone())),
            _ => {
                let all = some.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                Err(Problem::wrong("which service?").hint(format!("?service= one of: {all}")))
            }
        }
    }

    /// What they are counted under; nothing for somebody who did not say who they are.
    pub(crate) fn key(&self) -> Option<String> {
        match (&self.token, &self.person) {
            (Some(token), _) => Some(format!("token/{token}")),
            (None, Some(person)) => Some(format!("person/{person}")),
            (None, None) => None,
        }
    }

    /// Whether what they came with still holds.
    pub(crate) async fn is_still_known(&self, desk: &Desk) -> bool {
        let now = desk.now();
        if self.until.is_some_and(|until| until <= now) {
            return false;
        }
        let Some(token) = &self.token else { return true };
        // While the ledger is away nobody can have revoked it.
        let Ok(tokens) = desk.tokens().await else { return true };
        match &self.session {
            Some(session) => tokens.session(&session.hash(), now).is_some(),
            None => tokens.tokens.get(token).is_some_and(|token| token.in_force(now)),
        }
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
            until: None,
        }
    }

    fn anybody() -> Self {
        let scope = Scope { services: None, permissions: [Permission::Read].into() };
        Self { person: None, scope, token: None, session: None, until: None }
    }
}

impl FromRequestParts<Web> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, site: &Web) -> Result<Self, Problem> {
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        if let Some(Unknown(problem)) = parts.extensions.get::<Unknown>() {
            return Err(problem.clone());
        }
        let desk = site.desk();
        let found = match (bearer(parts)?, cookie(parts)) {
            (Some(token), _) => Some(of_bearer(site, &desk, parts, &token).await?),
            (None, Some(session)) => of_session(&desk, session).await?,
            (None, None) => None,
        };
        match found {
            Some(caller) => Ok(caller),
            None if site.settings.open_read => {
                own_name(parts, site.settings.base_url.as_deref())?;
                Ok(Self::anybody())
            }
            None => Err(Problem::unknown_caller("who are you?")),
        }
    }
}

/// Who comes with this: a token of ours, or one of an issuer that the configuration trusts.
async fn of_bearer(
    site: &Web,
    desk: &Arc<Desk>,
    parts: &Parts,
    secret: &Secret,
) -> Result<Caller, Problem> {
    let found = of_token(site, desk, secret).await?;
    if let Some(caller) = found {
        return Ok(caller);
    }
    let why = match oidc::who(site, desk, secret).await? {
        Some(Ok(caller)) => return Ok(caller),
        Some(Err(why)) => format!("this token is not accepted: {why}"),
        None => "this token is unknown, revoked, or over".to_owned(),
    };
    let now_ms = desk.parts().clock.monotonic_ms();
    match site.guesses.wrong(peer::address(parts), now_ms) {
        Some(seconds) => Err(Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too-many",
            "too many wrong tokens came from this address",
        )
        .after(seconds)),
        None => Err(Problem::unknown_caller(why)),
    }
}

/// The token of ours whose secret this is. It is looked up by the hash of the secret: how long that
/// takes tells nothing about any secret.
async fn of_token(
    site: &Web,
    desk: &Arc<Desk>,
    secret: &Secret,
) -> Result<Option<Caller>, Problem> {
    let hash = secret.hash();
    let tokens = desk.tokens_with(&hash).await?;
    let Some(found) = tokens.with_hash(&hash, desk.now()) else { return Ok(None) };
    site.uses.note(desk, &found.token.name);
    Ok(Some(Caller::with(found, None)))
}

/// A session that is over is none: the browser is asked to sign in again where that is needed.
async fn of_session(desk: &Desk, secret: Secret) -> Result<Option<Caller>, Problem> {
    let hash = secret.hash();
    let tokens = desk.tokens_with(&hash).await?;
    let found = tokens.session(&hash, desk.now());
    Ok(found.map(|(_, token)| Caller::with(token, Some(secret.clone()))))
}

/// The token in the header; something else in there is an error, not nobody. It may come as a
/// password, from programs that can only be given an address: `https://any:TOKEN@plimsoll.example`.
fn bearer(parts: &Parts) -> Result<Option<Secret>, Problem> {
    let Some(value) = parts.headers.get(AUTHORIZATION) else { return Ok(None) };
    let wrong = || Problem::unknown_caller("Authorization: Bearer TOKEN is understood");
    let text = value.to_str().map_err(|_| wrong())?;
    let (scheme, token) = text.split_once(' ').ok_or_else(wrong)?;
    let token = match scheme {
        scheme if scheme.eq_ignore_ascii_case("bearer") => token.to_owned(),
        scheme if scheme.eq_ignore_ascii_case("basic") => password(token).ok_or_else(wrong)?,
        _ => return Err(wrong()),
    };
    if token.trim().is_empty() {
        return Err(wrong());
    }
    Ok(Some(Secret::sent(&token)))
}

/// The password of `Basic` credentials; whose they are, the token itself says.
fn password(credentials: &str) -> Option<String> {
    let decoded = BASE64_STANDARD.decode(credentials.trim()).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    text.split_once(':').map(|(_, password)| password.to_owned())
}

fn cookie(parts: &Parts) -> Option<Secret> {
    let cookies = parts.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|all| all.split(';'))
        .filter_map(|one| one.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE_NAME)
        .map(|(_, value)| Secret::sent(value))
}

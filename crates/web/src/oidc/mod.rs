//! Tokens of issuers that the configuration trusts (OpenID Connect): the jobs of a forge's CI ask
//! with the token that the forge gives them, and need no secret of ours.
//!
//! 1. What looks like a JSON Web Token is read; nothing of it is believed yet.
//! 2. Its issuer must be one that is trusted, and its signature of one of that issuer's keys.
//! 3. It must be for us, and neither over nor of the future.
//! 4. The first grant that fits says what it allows, and under whose name.
//!
//! # Source
//! RFC 7519, RFC 8725; the claims are those of GitHub Actions' and GitLab's tokens.

mod claims;
mod jwt;
mod keys;

use plimsoll_core::catalog::{Grant, Trust};
use plimsoll_core::ids::TrustName;
use plimsoll_core::record::Scope;
use plimsoll_engine::desk::Desk;

use crate::caller::{Caller, Secret};
use crate::problem::Problem;
use crate::site::Web;

pub(crate) use keys::Issuers;
pub use keys::{FetchKeys, SharedKeys};

use claims::Claims;
use jwt::Unverified;

/// Why a token of somebody else's is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotTrusted {
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Malformed(&'static str),
    /// It is signed in a way that is not accepted.
    #[error("it is signed with {0}; RS256 and ES256 are accepted")]
    Algorithm(String),
    /// Nobody trusts its issuer.
    #[error("its issuer is not trusted here")]
    Issuer,
    /// Its issuer has no such key.
    #[error("its issuer has no key of that id")]
    Key,
    /// The signature is not of that key.
    #[error("its signature is wrong")]
    Signature,
    /// It is for somebody else.
    #[error("it is for another audience")]
    Audience,
    /// It is over, or not yet good.
    #[error("{0}")]
    Time(&'static str),
    /// No grant fits.
    #[error("nothing is granted to it: {0}")]
    NoGrant(String),
}

/// Who comes with this token; nothing when it is none of the kind.
///
/// # Errors
/// It is one, and not accepted; the issuer's keys cannot be had.
pub(crate) async fn who(
    site: &Web,
    desk: &Desk,
    secret: &Secret,
) -> Result<Option<Result<Caller, NotTrusted>>, Problem> {
    if desk.catalog().trust.is_empty() {
        return Ok(None);
    }
    let token = match Unverified::read(secret.reveal()) {
        None => return Ok(None),
        Some(Ok(token)) => token,
        Some(Err(why)) => return Ok(Some(Err(why))),
    };
    let mut last = NotTrusted::Issuer;
    let issuers = desk.catalog().trust.iter();
    for (name, trust) in issuers.filter(|(_, trust)| token.claims.is_of(&trust.issuer)) {
        match of_issuer(site, desk, &token, (name, trust)).await? {
            Ok(caller) => return Ok(Some(Ok(caller))),
            Err(why) => last = why,
        }
    }
    Ok(Some(Err(last)))
}

async fn of_issuer(
    site: &Web,
    desk: &Desk,
    token: &Unverified<'_>,
    (name, trust): (&TrustName, &Trust),
) -> Result<Result<Caller, NotTrusted>, Problem> {
    let now_ms = desk.parts().clock.monotonic_ms();
    let Some(key) = site.issuers.key(name, &trust.keys, &token.key, now_ms).await? else {
        return Ok(Err(NotTrusted::Key));
    };
    Ok(token.verified(&key).and_then(|claims| accepted(desk, claims, trust)))
}

/// What a token whose signature is right allows.
fn accepted(desk: &Desk, claims: &Claims, trust: &Trust) -> Result<Caller, NotTrusted> {
    if !claims.is_for(&trust.audience) {
        return Err(NotTrusted::Audience);
    }
    let until = claims.until(desk.now())?;
    let fits = |grant: &&Grant| grant.fits(|name| claims.text(name));
    let Some(grant) = trust.grants.iter().find(fits) else {
        return Err(NotTrusted::NoGrant(claims.in_short()));
    };
    let scope =
        Scope { services: Some(grant.services.clone()), permissions: grant.permissions.clone() };
    let person = Some(grant.person.clone());
    Ok(Caller { person, scope, token: None, session: None, until: Some(until) })
}

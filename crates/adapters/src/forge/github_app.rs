//! A GitHub App: it proves who it is with its key, and gets a token of its own for each repository.
//!
//! # Source
//! GitHub's documentation of authenticating as an app and as an installation; RFC 7519.

use std::sync::PoisonError;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hyper::Method;
use plimsoll_core::Timestamp;
use plimsoll_core::catalog::{Forge, ForgeApp, RepositoryName};
use plimsoll_core::ids::ForgeName;
use plimsoll_core::record::ForgeFault;
use plimsoll_core::units::Period;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;
use serde_json::{Value, json};

use super::ask::{Ask, ask};
use super::github::HEADERS;
use super::{RealForges, not_allowed, refused};

/// How long before its end a token is no longer used.
const LEFT: Period = Period::from_mins(5);

/// A token of an installation.
#[derive(Clone)]
pub(super) struct AppToken {
    token: String,
    until: Timestamp,
}

impl RealForges {
    /// A token for a repository: the one that is known, as long as it lasts, else a new one.
    pub(super) async fn app_token(
        &self,
        (name, forge): (&ForgeName, &Forge),
        app: &ForgeApp,
        repository: &RepositoryName,
    ) -> Result<String, ForgeFault> {
        let now = Timestamp::now();
        let place = (name.clone(), repository.clone());
        let known =
            self.app_tokens.lock().unwrap_or_else(PoisonError::into_inner).get(&place).cloned();
        if let Some(known) = known.filter(|known| now < LEFT.before(known.until)) {
            return Ok(known.token);
        }
        let who = format!("Bearer {}", jwt(&app.id, &self.secret(&app.private_key)?, now)?);
        let asked = |method, path: String, body| {
            let who = &who;
            async move {
                let headers = &HEADERS;
                ask(Ask { forge, method, path: &path, who: ("authorization", who), headers, body })
                    .await
            }
        };
        let path = format!("/repos/{repository}/installation");
        let installed = asked(Method::GET, path, None).await?;
        let number = installed["id"].as_u64().ok_or_else(|| odd("an installation", &installed))?;
        let path = format!("/app/installations/{number}/access_tokens");
        // For this repository alone, whatever else the app is installed for.
        let short = repository.as_str().rsplit('/').next().unwrap_or_default();
        let made = asked(Method::POST, path, Some(json!({ "repositories": [short] }))).await?;
        let (Some(token), Some(until)) = (made["token"].as_str(), made["expires_at"].as_str())
        else {
            return Err(odd("a token", &Value::Null));
        };
        let until = until.parse().map_err(|_| odd("a token", &Value::Null))?;
        let token = AppToken { token: token.to_owned(), until };
        let mut tokens = self.app_tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.insert(place, token.clone());
        Ok(token.token)
    }

    pub(super) fn forget_app_token(&self, name: &ForgeName, repository: &RepositoryName) {
        let mut tokens = self.app_tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.remove(&(name.clone(), repository.clone()));
    }
}

/// An answer that is not what its documentation says.
fn odd(what: &str, answer: &Value) -> ForgeFault {
    let words = format!("{what} was asked for, and the answer holds none: {answer}");
    refused(plimsoll_core::say::shorten(&words, 200))
}

/// Who the app is, for ten minutes at most. Clocks may differ by a minute.
fn jwt(id: &str, key: &str, now: Timestamp) -> Result<String, ForgeFault> {
    let unusable = |why: &str| not_allowed(format!("the private key of the app {why}"));
    let key =
        PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|_| unusable("is no key in PEM"))?;
    let key = match &key {
        PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
        PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
        _ => return Err(unusable("is none of RSA")),
    };
    let key = key.map_err(|_| unusable("is none of RSA that can be used"))?;
    let now = now.as_second();
    let claims = json!({ "iat": now - 60, "exp": now + 9 * 60, "iss": id });
    let part = |json: &Value| BASE64_URL_SAFE_NO_PAD.encode(json.to_string());
    let signed = format!("{}.{}", part(&json!({ "alg": "RS256", "typ": "JWT" })), part(&claims));
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
        .map_err(|_| unusable("cannot sign"))?;
    Ok(format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature)))
}

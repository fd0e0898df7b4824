//! The keys of trusted issuers: asked for when they are needed, and remembered for a while.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use axum::http::StatusCode;
use plimsoll_core::catalog::TrustedKeys;
use plimsoll_core::ids::TrustName;
use serde::Deserialize;
use serde_json::Value;

use crate::problem::Problem;

use super::jwt::{PublicKey, decoded};

/// For how long keys are believed without asking again.
///
/// # Units
/// Milliseconds.
const FRESH_MS: u64 = 60 * 60 * 1_000;

/// How often they are asked for at most, whatever ids tokens name.
///
/// # Units
/// Milliseconds.
const PAUSE_MS: u64 = 30_000;

/// For how long keys are believed while the issuer cannot be asked.
///
/// # Units
/// Milliseconds.
const STALE_MS: u64 = 24 * FRESH_MS;

/// How long asking may take.
const LONGEST: Duration = Duration::from_secs(10);

/// How many keys of an issuer are kept, and how long their list may be.
const MOST_KEYS: usize = 64;
const LONGEST_LIST: usize = 256 << 10;

/// What gets the keys of an issuer: this crate asks nobody by itself.
#[async_trait]
pub trait FetchKeys: Send + Sync {
    /// The JSON Web Key Set as it is there.
    ///
    /// # Errors
    /// It cannot be had, in words.
    async fn fetch_keys(&self, from: &TrustedKeys) -> Result<Vec<u8>, String>;
}

/// What gets keys, shared.
pub type SharedKeys = Arc<dyn FetchKeys>;

/// The keys of trusted issuers.
#[derive(Default)]
pub(crate) struct Issuers {
    fetcher: OnceLock<SharedKeys>,
    known: Mutex<BTreeMap<(TrustName, TrustedKeys), Known>>,
    /// One asks at a time.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Clone, Default)]
struct Known {
    keys: Arc<BTreeMap<String, PublicKey>>,
    asked_ms: Option<u64>,
    got_ms: Option<u64>,
}

impl Known {
    /// Whether it is time to ask: they are old, or one is missing, and nobody asked just now.
    fn is_due(&self, id: &str, now_ms: u64) -> bool {
        let since = |at: Option<u64>| at.map_or(u64::MAX, |at| now_ms.saturating_sub(at));
        let wanting = since(self.got_ms) >= FRESH_MS || !self.keys.contains_key(id);
        wanting && since(self.asked_ms) >= PAUSE_MS
    }
}

impl Issuers {
    /// Says what gets keys; only the first time counts.
    pub(crate) fn set_fetcher(&self, fetcher: SharedKeys) {
        let _ = self.fetcher.set(fetcher);
    }

    /// The key of this id, if the issuer has it.
    ///
    /// # Errors
    /// The keys cannot be had, and none are known from before.
    pub(super) async fn key(
        &self,
        name: &TrustName,
        from: &TrustedKeys,
        id: &str,
        now_ms: u64,
    ) -> Result<Option<PublicKey>, Problem> {
        let place = (name.clone(), from.clone());
        if self.known(&place).is_due(id, now_ms) {
            let asks = self.asking.lock().await;
            if self.known(&place).is_due(id, now_ms) {
                self.ask(&place, now_ms).await;
            }
            drop(asks);
        }
        let known = self.known(&place);
        let old = known.got_ms.is_none_or(|at| now_ms.saturating_sub(at) >= STALE_MS);
        if old {
            let words = format!("the keys of {name} cannot be had now");
            return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", words));
        }
        Ok(known.keys.get(id).cloned())
    }

    fn known(&self, place: &(TrustName, TrustedKeys)) -> Known {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(place).cloned().unwrap_or_default()
    }

    async fn ask(&self, place: &(TrustName, TrustedKeys), now_ms: u64) {
        let (name, from) = place;
        let fetched = match self.fetcher.get() {
            Some(fetcher) => match tokio::time::timeout(LONGEST, fetcher.fetch_keys(from)).await {
                Ok(fetched) => fetched,
                Err(_) => Err(format!("no answer within {} seconds", LONGEST.as_secs())),
            },
            None => Err("nothing here gets keys".to_owned()),
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let place = known.entry(place.clone()).or_default();
        place.asked_ms = Some(now_ms);
        match fetched.and_then(|bytes| parsed(&bytes)) {
            Ok(keys) => {
                place.keys = Arc::new(keys);
                place.got_ms = Some(now_ms);
            }
            Err(error) => tracing::warn!(%name, %error, "the keys of an issuer cannot be had"),
        }
    }
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: String,
    r#use: Option<String>,
    alg: Option<String>,
    n: Option<String>,
    e: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// The keys of a list that can be used here; others in it are passed over, as RFC 7517 says.
fn parsed(bytes: &[u8]) -> Result<BTreeMap<String, PublicKey>, String> {
    if bytes.len() > LONGEST_LIST {
        return Err("the list of keys is too long".to_owned());
    }
    let set: KeySet = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if set.keys.len() > MOST_KEYS {
        return Err(format!("there are more than {MOST_KEYS} keys"));
    }
    let keys = set.keys.into_iter().filter_map(|key| usable(serde_json::from_value(key).ok()?));
    Ok(keys.collect())
}

fn usable(key: Jwk) -> Option<(String, PublicKey)> {
    if key.r#use.is_some_and(|purpose| purpose != "sig") {
        return None;
    }
    let bytes = |text: Option<String>| decoded(&text?).ok();
    let found = match (key.kty.as_str(), key.alg.as_deref()) {
        ("RSA", None | Some("RS256")) => PublicKey::Rsa { n: bytes(key.n)?, e: bytes(key.e)? },
        ("EC", None | Some("ES256")) if key.crv.as_deref() == Some("P-256") => {
            let (x, y) = (bytes(key.x)?, bytes(key.y)?);
            if (x.len(), y.len()) != (32, 32) {
                return None;
            }
            PublicKey::P256([&[4_u8][..], &x, &y].concat())
        }
        _ => return None,
    };
    Some((key.kid, found))
}

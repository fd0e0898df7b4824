//! When tokens were last used: noted once a minute at most, beside the request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use plimsoll_core::ids::TokenName;
use plimsoll_engine::desk::Desk;

/// How often the use of one token is noted.
///
/// # Units
/// Milliseconds.
const EVERY_MS: u64 = 60_000;

/// When the use of each token was last noted here.
#[derive(Default)]
pub(crate) struct Uses(Mutex<HashMap<TokenName, u64>>);

impl Uses {
    /// Notes that a token was used just now. It is a sample: that it could not be noted is no reason
    /// to refuse a request.
    pub(crate) fn note(&self, desk: &Arc<Desk>, name: &TokenName) {
        if !self.is_due(name, desk.parts().clock.monotonic_ms()) {
            return;
        }
        let (desk, name) = (desk.clone(), name.clone());
        tokio::spawn(async move {
            if let Err(error) = desk.note_token_used(&name).await {
                tracing::debug!(%name, %error, "the use of a token was not noted");
            }
        });
    }

    fn is_due(&self, name: &TokenName, now_ms: u64) -> bool {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match noted.get_mut(name) {
            Some(at) if now_ms.saturating_sub(*at) < EVERY_MS => false,
            Some(at) => {
                *at = now_ms;
                true
            }
            None => {
                noted.insert(name.clone(), now_ms);
                true
            }
        }
    }
}

//! The keys of issuers that the configuration trusts: a file, or an address that is asked.

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use plimsoll_adapters::probe::{ProbeLimits, ProbeRequest, fetch};
use plimsoll_core::catalog::TrustedKeys;
use plimsoll_web::FetchKeys;

/// How long an issuer may take to answer, and how long its list of keys may be.
const WITHIN: Duration = Duration::from_secs(8);
const LONGEST: u64 = 256 << 10;

/// What gets the keys of issuers.
pub struct IssuersKeys {
    /// The folder of the configuration, which paths of files start from.
    pub root: PathBuf,
}

#[async_trait]
impl FetchKeys for IssuersKeys {
    async fn fetch_keys(&self, from: &TrustedKeys) -> Result<Vec<u8>, String> {
        match from {
            TrustedKeys::File(path) => {
                let path = self.root.join(path);
                let read = tokio::fs::read(&path).await;
                read.map_err(|error| format!("{}: {error}", path.display()))
            }
            TrustedKeys::Url(url) => {
                let request = ProbeRequest::get(url).map_err(|error| error.to_string())?;
                let root = self.root.clone();
                let limits =
                    ProbeLimits { within: WITHIN, body_bytes: LONGEST, redirects: 0, root };
                let answer = fetch(request, &limits).await.map_err(|error| error.to_string())?;
                match answer.status {
                    200 => Ok(answer.body),
                    status => Err(format!("{url} answers {status}")),
                }
            }
        }
    }
}

//! What the engine needs of the outside, as traits.

mod blobs;
mod clock;
mod fleet;
mod forge;
mod ledger;
mod presence;
mod progress;
mod redact;

pub use blobs::{BlobError, Blobs};
pub use clock::Clock;
pub use fleet::{
    Attempted, Before, Begun, Beside, CheckJob, DeployJob, Deployed, Fleet, TargetContext,
};
pub use forge::{Forges, Heard, NoForges, Webhook, WebhookFault};
pub use ledger::{Expect, HistoryFilter, Ledger, LedgerError, Snapshot};
pub use presence::{HeartbeatsOnly, Presence};
pub use progress::{Progress, Quiet, Reporter};
pub use redact::{NoSecrets, Redact};

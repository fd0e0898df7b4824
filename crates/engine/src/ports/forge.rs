//! Forges, as the engine sees them.

use async_trait::async_trait;
use plimsoll_core::Timestamp;
use plimsoll_core::catalog::RepositoryName;
use plimsoll_core::ids::ForgeName;
use plimsoll_core::record::{
    CommitStatus, Delivery, ForgeFault, ForgeFaultKind, RuleAnswer, RuleRequest,
};

/// A webhook as it came: nothing of it is believed yet.
#[derive(Debug, Clone, Copy)]
pub struct Webhook<'a> {
    /// Its headers, names in small letters.
    pub headers: &'a [(String, String)],
    /// Its body.
    pub body: &'a [u8],
    /// When it came.
    pub at: Timestamp,
}

/// What a webhook whose signature is right says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Where to look again.
    Look(Delivery),
    /// Nothing that matters here: an event or a repository of no interest.
    Nothing {
        /// What it is about.
        event: String,
    },
}

/// Why a webhook is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookFault {
    /// Nobody knows who sent it: its signature is not right, or no secret is known for it.
    #[error("{0}")]
    NotTrusted(String),
    /// It is signed, and of a kind that is not read.
    #[error("webhooks are read as JSON, or as a form whose `payload` is JSON, and this is {0}")]
    OtherMedia(String),
    /// It is signed, and cannot be read.
    #[error("it cannot be read: {0}")]
    Malformed(String),
}

/// The forges of the configuration.
#[async_trait]
pub trait Forges: Send + Sync {
    /// Says how a commit stands. Saying the same again does no harm.
    async fn post_status(&self, forge: &ForgeName, status: &CommitStatus)
    -> Result<(), ForgeFault>;

    /// Answers a deployment that waits.
    async fn answer_rule(
        &self,
        forge: &ForgeName,
        repository: &RepositoryName,
        request: &RuleRequest,
        answer: &RuleAnswer,
    ) -> Result<(), ForgeFault>;

    /// Looks whether a webhook is signed as it must be, and only then what it says.
    fn read_webhook(&self, forge: &ForgeName, webhook: Webhook<'_>) -> Result<Heard, WebhookFault>;
}

/// There are no forges.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoForges;

impl NoForges {
    fn fault(forge: &ForgeName) -> ForgeFault {
        let words = format!("there is no forge {forge} here");
        ForgeFault { kind: ForgeFaultKind::NotAllowed, words, not_before: None }
    }
}

#[async_trait]
impl Forges for NoForges {
    async fn post_status(&self, forge: &ForgeName, _: &CommitStatus) -> Result<(), ForgeFault> {
        Err(Self::fault(forge))
    }

    async fn answer_rule(
        &self,
        forge: &ForgeName,
        _: &RepositoryName,
        _: &RuleRequest,
        _: &RuleAnswer,
    ) -> Result<(), ForgeFault> {
        Err(Self::fault(forge))
    }

    fn read_webhook(&self, forge: &ForgeName, _: Webhook<'_>) -> Result<Heard, WebhookFault> {
        Err(WebhookFault::NotTrusted(format!("there is no forge {forge} here")))
    }
}

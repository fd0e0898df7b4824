//! A forge in memory: what it was told, and webhooks that it signs.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use plimsoll_core::catalog::RepositoryName;
use plimsoll_core::digest::Digest;
use plimsoll_core::ids::ForgeName;
use plimsoll_core::record::{
    CommitStatus, Delivery, ForgeFault, ForgeFaultKind, RuleAnswer, RuleRequest,
};
use plimsoll_engine::ports::{Forges, Heard, Webhook, WebhookFault};

use crate::chaos::{Dice, Moment};

/// The header with the signature: the digest of the secret and the body.
pub const SIGNATURE: &str = "x-sim-signature";

/// The header with the number of a delivery.
pub const DELIVERY: &str = "x-sim-delivery";

const SECRET: &[u8] = b"what only the two know";

/// A forge in memory, which every process reaches.
#[derive(Debug, Clone)]
pub struct SimForge {
    dice: Dice,
    world: Arc<Mutex<World>>,
}

#[derive(Debug, Default)]
struct World {
    fault: Option<ForgeFaultKind>,
    asked: u32,
    statuses: Vec<CommitStatus>,
    answers: Vec<(RuleRequest, RuleAnswer)>,
}

impl SimForge {
    pub(crate) fn new(dice: Dice) -> Self {
        Self { dice, world: Arc::default() }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on it answers so; well, when nothing is given.
    pub fn answers_with(&self, fault: Option<ForgeFaultKind>) {
        self.world().fault = fault;
    }

    /// How often it was asked for anything.
    #[must_use]
    pub fn asked(&self) -> u32 {
        self.world().asked
    }

    /// Every status that it took, in order.
    #[must_use]
    pub fn statuses(&self) -> Vec<CommitStatus> {
        self.world().statuses.clone()
    }

    /// Every answer to a deployment that it took, in order.
    #[must_use]
    pub fn answers(&self) -> Vec<(RuleRequest, RuleAnswer)> {
        self.world().answers.clone()
    }

    /// The body of a webhook, and its signature.
    #[must_use]
    pub fn webhook(repository: &str, commit: &str, asks: Option<(&str, u64)>) -> (String, String) {
        let asks = asks.map(
            |(environment, run)| serde_json::json!({ "environment": environment, "run": run }),
        );
        let body = serde_json::json!({ "repository": repository, "commit": commit, "asks": asks });
        Self::signed(&body.to_string())
    }

    /// A body and its signature.
    #[must_use]
    pub fn signed(body: &str) -> (String, String) {
        (body.to_owned(), Digest::of_parts([SECRET, body.as_bytes()]).to_string())
    }

    async fn takes(&self, does: impl FnOnce(&mut World) + Send) -> Result<(), ForgeFault> {
        self.dice.boundary(Moment::Before).await;
        let outcome = {
            let mut world = self.world();
            world.asked += 1;
            match world.fault {
                Some(kind) => Err(ForgeFault {
                    kind,
                    words: "as the story says".to_owned(),
                    not_before: None,
                }),
                None => {
                    does(&mut world);
                    Ok(())
                }
            }
        };
        self.dice.boundary(Moment::After).await;
        outcome
    }
}

#[derive(serde::Deserialize)]
struct Body {
    repository: RepositoryName,
    commit: String,
    asks: Option<RuleRequest>,
}

#[async_trait]
impl Forges for SimForge {
    async fn post_status(&self, _: &ForgeName, status: &CommitStatus) -> Result<(), ForgeFault> {
        let status = status.clone();
        self.takes(|world| world.statuses.push(status)).await
    }

    async fn answer_rule(
        &self,
        _: &ForgeName,
        _: &RepositoryName,
        request: &RuleRequest,
        answer: &RuleAnswer,
    ) -> Result<(), ForgeFault> {
        let said = (request.clone(), answer.clone());
        self.takes(|world| world.answers.push(said)).await
    }

    fn read_webhook(&self, _: &ForgeName, webhook: Webhook<'_>) -> Result<Heard, WebhookFault> {
        let header = |name: &str| webhook.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v);
        let right = Digest::of_parts([SECRET, webhook.body]).to_string();
        if header(SIGNATURE) != Some(&right) {
            return Err(WebhookFault::NotTrusted("its signature is wrong".to_owned()));
        }
        if let Some(kind) = header("content-type").filter(|kind| *kind != "application/json") {
            return Err(WebhookFault::OtherMedia(kind.clone()));
        }
        let body: Body = serde_json::from_slice(webhook.body)
            .map_err(|error| WebhookFault::Malformed(error.to_string()))?;
        Ok(Heard::Look(Delivery {
            id: header(DELIVERY).cloned().unwrap_or_default(),
            body: Digest::of(webhook.body),
            event: "push".to_owned(),
            repository: body.repository,
            commit: body.commit,
            asks: body.asks,
        }))
    }
}

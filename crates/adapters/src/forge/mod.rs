//! Forges: told how commits stand, and their webhooks read.
//!
//! Requests go to the address in the configuration and nowhere else: no redirect is followed, and of
//! an address in a webhook only the number in it is used. Each forge has a file; what they share is
//! asking ([`ask`]) and signatures ([`signature`]).

mod ask;
mod gitea;
mod github;
mod github_app;
mod gitlab;
mod signature;
mod webhook;

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use plimsoll_core::catalog::{Forge, ForgeKind, RepositoryName};
use plimsoll_core::ids::{ForgeName, SecretName};
use plimsoll_core::record::{CommitStatus, ForgeFault, ForgeFaultKind, RuleAnswer, RuleRequest};
use plimsoll_engine::ports::{Forges, Heard, Webhook, WebhookFault};

use crate::secrets::Secrets;

use github_app::AppToken;

/// The forges of a configuration.
pub struct RealForges {
    forges: BTreeMap<ForgeName, Forge>,
    secrets: Secrets,
    app_tokens: Mutex<BTreeMap<(ForgeName, RepositoryName), AppToken>>,
}

impl RealForges {
    /// These forges, with these secrets.
    #[must_use]
    pub fn new(forges: BTreeMap<ForgeName, Forge>, secrets: Secrets) -> Self {
        Self { forges, secrets, app_tokens: Mutex::default() }
    }

    fn forge(&self, name: &ForgeName) -> Result<&Forge, ForgeFault> {
        let unknown = || not_allowed(format!("there is no forge {name} in the configuration"));
        self.forges.get(name).ok_or_else(unknown)
    }

    /// The value of a secret; one that is not there is for a person to put there.
    fn secret(&self, name: &SecretName) -> Result<String, ForgeFault> {
        self.secrets.resolve(name).map_err(|error| not_allowed(error.to_string()))
    }

    /// What a forge said, without what is secret.
    fn clean(&self, fault: ForgeFault) -> ForgeFault {
        ForgeFault { words: self.secrets.redactor().text(&fault.words), ..fault }
    }
}

fn not_allowed(words: String) -> ForgeFault {
    ForgeFault { kind: ForgeFaultKind::NotAllowed, words, not_before: None }
}

fn refused(words: String) -> ForgeFault {
    ForgeFault { kind: ForgeFaultKind::Refused, words, not_before: None }
}

#[async_trait]
impl Forges for RealForges {
    async fn post_status(&self, name: &ForgeName, status: &CommitStatus) -> Result<(), ForgeFault> {
        let forge = self.forge(name)?;
        let told = match forge.kind {
            ForgeKind::Github => self.tell_github((name, forge), status).await,
            ForgeKind::Gitlab => self.tell_gitlab(forge, status).await,
            ForgeKind::Gitea => self.tell_gitea(forge, status).await,
        };
        told.map_err(|fault| self.clean(fault))
    }

    async fn answer_rule(
        &self,
        name: &ForgeName,
        repository: &RepositoryName,
        request: &RuleRequest,
        answer: &RuleAnswer,
    ) -> Result<(), ForgeFault> {
        let forge = self.forge(name)?;
        let told = match forge.kind {
            ForgeKind::Github => {
                self.answer_github((name, forge), repository, request, answer).await
            }
            ForgeKind::Gitlab | ForgeKind::Gitea => {
                Err(refused(format!("{} has no deployments that wait for an answer", forge.kind)))
            }
        };
        told.map_err(|fault| self.clean(fault))
    }

    fn read_webhook(&self, name: &ForgeName, webhook: Webhook<'_>) -> Result<Heard, WebhookFault> {
        let not_trusted = |words: String| WebhookFault::NotTrusted(words);
        let forge = self
            .forges
            .get(name)
            .ok_or_else(|| not_trusted(format!("there is no forge {name}")))?;
        let secret = forge
            .webhook_secret
            .as_ref()
            .ok_or_else(|| not_trusted(format!("{name} has no webhook-secret")))?;
        let secret =
            self.secrets.resolve(secret).map_err(|error| not_trusted(error.to_string()))?;
        let is_signed = match forge.kind {
            ForgeKind::Github => github::is_signed(&webhook, &secret),
            ForgeKind::Gitlab => gitlab::is_signed(&webhook, &secret),
            ForgeKind::Gitea => gitea::is_signed(&webhook, &secret),
        };
        if !is_signed {
            return Err(not_trusted("its signature is wrong".to_owned()));
        }
        // Also of an event that nothing follows from: so the first one, a ping, says what is to be set.
        webhook::media(&webhook)?;
        let read = match forge.kind {
            ForgeKind::Github => github::read(forge, &webhook),
            ForgeKind::Gitlab => gitlab::read(&webhook),
            ForgeKind::Gitea => gitea::read(&webhook),
        }?;
        Ok(read.of(forge))
    }
}

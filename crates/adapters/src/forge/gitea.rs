//! Gitea and Forgejo: commit statuses, and their webhooks.
//!
//! # Source
//! The description of Gitea's API (Swagger) and its documentation of webhooks; Forgejo keeps both.

use hyper::Method;
use plimsoll_core::catalog::{Forge, ForgeSecret};
use plimsoll_core::record::{CommitStatus, ForgeFault};
use plimsoll_engine::ports::{Webhook, WebhookFault};
use serde_json::json;

use super::ask::{Ask, ask};
use super::signature::is_hex_hmac;
use super::webhook::{PullRequestEvent, Push, Read, body, header};
use super::{RealForges, not_allowed};

impl RealForges {
    pub(super) async fn tell_gitea(
        &self,
        forge: &Forge,
        status: &CommitStatus,
    ) -> Result<(), ForgeFault> {
        let ForgeSecret::Token(token) = &forge.secret else {
            return Err(not_allowed("Gitea is asked with a token".to_owned()));
        };
        let who = format!("token {}", self.secret(token)?);
        let path = format!("/repos/{}/statuses/{}", status.repository, status.commit);
        let sent = json!({
            "state": status.state.word(),
            "context": status.context,
            "description": status.description,
            "target_url": status.url.as_deref().unwrap_or_default(),
        });
        let asked = ask(Ask {
            forge,
            method: Method::POST,
            path: &path,
            who: ("authorization", &who),
            headers: &[("accept", "application/json")],
            body: Some(sent),
        });
        asked.await.map(drop)
    }
}

/// Whether a webhook is signed with the secret. Where there are several signatures the first one
/// counts: a wrong one is not made good by another.
pub(super) fn is_signed(webhook: &Webhook<'_>, secret: &str) -> bool {
    let names = ["x-hub-signature-256", "x-forgejo-signature", "x-gitea-signature"];
    let Some(signature) = names.iter().find_map(|name| header(webhook, name)) else { return false };
    let hex = signature.strip_prefix("sha256=").unwrap_or(signature);
    is_hex_hmac(secret, webhook.body, hex)
}

/// What a webhook says.
pub(super) fn read(webhook: &Webhook<'_>) -> Result<Read, WebhookFault> {
    let of = |names: [&str; 2]| names.iter().find_map(|name| header(webhook, name));
    let event = of(["x-forgejo-event", "x-gitea-event"]).unwrap_or_default();
    let id = of(["x-forgejo-delivery", "x-gitea-delivery"]);
    let mut read = Read::new(id, event, webhook.body);
    match event {
        "push" => body::<Push>(webhook)?.note(&mut read),
        "pull_request" | "pull_request_sync" => {
            body::<PullRequestEvent>(webhook)?.note(&mut read);
        }
        _ => {}
    }
    Ok(read)
}

//! GitLab: commit statuses, and its webhooks.
//!
//! # Source
//! GitLab's references of the commits API and of webhook events.

use hyper::Method;
use plimsoll_core::catalog::{Forge, ForgeSecret, RepositoryName};
use plimsoll_core::record::{CommitStatus, ForgeFault, StatusState};
use plimsoll_engine::ports::{Webhook, WebhookFault};
use serde::Deserialize;
use serde_json::json;

use super::ask::{Ask, ask};
use super::signature::{is_secret, is_standard, only_signs};
use super::webhook::{Read, body, header};
use super::{RealForges, not_allowed};

/// What it answers when a status is to become what it is: `pending` from `pending`.
const SAME_ALREADY: &str = "Cannot transition status";

impl RealForges {
    pub(super) async fn tell_gitlab(
        &self,
        forge: &Forge,
        status: &CommitStatus,
    ) -> Result<(), ForgeFault> {
        let ForgeSecret::Token(token) = &forge.secret else {
            return Err(not_allowed("GitLab is asked with a token".to_owned()));
        };
        let token = self.secret(token)?;
        let project = encoded(&status.repository);
        let path = format!("/projects/{project}/statuses/{}", status.commit);
        let mut sent = json!({
            "state": state(status.state),
            "name": status.context,
            "description": status.description,
        });
        // It takes no longer ones.
        if let Some(url) = status.url.as_ref().filter(|url| url.len() <= 255) {
            sent["target_url"] = json!(url);
        }
        let asked = ask(Ask {
            forge,
            method: Method::POST,
            path: &path,
            who: ("private-token", &token),
            headers: &[("accept", "application/json")],
            body: Some(sent),
        });
        match asked.await {
            Ok(_) => Ok(()),
            // The words stay the older ones; the state is right.
            Err(fault) if fault.words.contains(SAME_ALREADY) => Ok(()),
            Err(fault) => Err(fault),
        }
    }
}

/// The name of a project as one part of a path.
fn encoded(repository: &RepositoryName) -> String {
    repository.as_str().replace('/', "%2F")
}

/// It has no word for what is ours; `skipped` and `canceled` would say something else.
const fn state(state: StatusState) -> &'static str {
    match state {
        StatusState::Pending => "pending",
        StatusState::Success => "success",
        StatusState::Failure | StatusState::Error => "failed",
    }
}

/// Whether a webhook is signed with the secret, or shows it. One that is signed is not taken for the
/// secret alone.
pub(super) fn is_signed(webhook: &Webhook<'_>, secret: &str) -> bool {
    if let Some(signatures) = header(webhook, "webhook-signature") {
        let id = header(webhook, "webhook-id").unwrap_or_default();
        let at = header(webhook, "webhook-timestamp").unwrap_or_default();
        return is_standard(secret, (id, at, signatures), webhook.body, webhook.at);
    }
    let shown = header(webhook, "x-gitlab-token");
    !only_signs(secret) && shown.is_some_and(|shown| is_secret(secret, shown))
}

#[derive(Deserialize)]
struct Event {
    object_kind: Option<String>,
    r#ref: Option<String>,
    after: Option<String>,
    project: Option<Project>,
    object_attributes: Option<Attributes>,
    commit_url: Option<String>,
}

#[derive(Deserialize)]
struct Project {
    path_with_namespace: String,
}

#[derive(Deserialize)]
struct Attributes {
    last_commit: Option<LastCommit>,
}

#[derive(Deserialize)]
struct LastCommit {
    id: String,
}

/// What a webhook says.
pub(super) fn read(webhook: &Webhook<'_>) -> Result<Read, WebhookFault> {
    let id = ["webhook-id", "idempotency-key", "x-gitlab-event-uuid"];
    let id = id.iter().find_map(|name| header(webhook, name));
    let event: Event = body(webhook)?;
    let kind = event.object_kind.clone().unwrap_or_default();
    let mut read = Read::new(id, &kind, webhook.body);
    read.repository = event.project.map(|project| project.path_with_namespace);
    read.commit = match kind.as_str() {
        "push" => event.after,
        "merge_request" => {
            event.object_attributes.and_then(|what| what.last_commit).map(|commit| commit.id)
        }
        // It names the commit whole only in its address.
        "deployment" => {
            let whole = |url: String| url.rsplit('/').next().map(str::to_owned);
            event.commit_url.and_then(whole)
        }
        _ => None,
    };
    if kind == "push" && !event.r#ref.is_some_and(|name| name.starts_with("refs/heads/")) {
        read.commit = None;
    }
    Ok(read)
}

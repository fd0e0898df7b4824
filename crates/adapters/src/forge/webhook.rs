//! What webhooks of all forges have in common: headers, a body of JSON, a repository and a commit.

use std::borrow::Cow;

use plimsoll_core::catalog::Forge;
use plimsoll_core::digest::Digest;
use plimsoll_core::record::{Delivery, RuleRequest};
use plimsoll_engine::ports::{Heard, Webhook, WebhookFault};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::form_urlencoded;

use crate::git::is_object_id;

/// What a webhook says, in the forge's words.
pub(super) struct Read {
    /// The forge's number for it.
    pub id: String,
    /// The digest of its body.
    pub body: Digest,
    /// What it is about.
    pub event: String,
    /// The repository, as the forge spells it.
    pub repository: Option<String>,
    /// The commit to look at.
    pub commit: Option<String>,
    /// The deployment that waits.
    pub asks: Option<RuleRequest>,
}

impl Read {
    /// A webhook about nothing yet.
    pub(super) fn new(id: Option<&str>, event: &str, body: &[u8]) -> Self {
        let body = Digest::of(body);
        Self {
            id: id.map_or_else(|| body.to_string(), |id| id.chars().take(100).collect()),
            body,
            event: event.chars().take(60).collect(),
            repository: None,
            commit: None,
            asks: None,
        }
    }

    /// What of it matters under this configuration.
    pub(super) fn of(self, forge: &Forge) -> Heard {
        let known = self.repository.as_deref().and_then(|name| forge.repository(name));
        let commit = self.commit.filter(|commit| is_object_id(commit) && !is_nothing(commit));
        let commit = commit.map(|commit| commit.to_ascii_lowercase());
        match (known, commit) {
            (Some((repository, _)), Some(commit)) => Heard::Look(Delivery {
                id: self.id,
                body: self.body,
                event: self.event,
                repository: repository.clone(),
                commit,
                asks: self.asks,
            }),
            (_, _) => Heard::Nothing { event: self.event },
        }
    }
}

/// What forges write where a branch has gone.
fn is_nothing(commit: &str) -> bool {
    commit.bytes().all(|byte| byte == b'0')
}

/// A header, by its name in small letters.
pub(super) fn header<'a>(webhook: &Webhook<'a>, name: &str) -> Option<&'a str> {
    webhook.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// How the JSON of a webhook comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    /// As the body.
    Json,
    /// As the field `payload` of a form: what GitHub and Gitea offer first.
    Form,
}

/// How its JSON comes, as its content type says; as the body where it says nothing.
pub(super) fn media(webhook: &Webhook<'_>) -> Result<Media, WebhookFault> {
    let kind = header(webhook, "content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        "" | "application/json" => Ok(Media::Json),
        "application/x-www-form-urlencoded" => Ok(Media::Form),
        _ => Err(WebhookFault::OtherMedia(kind.chars().take(100).collect())),
    }
}

/// The body. Unknown keys are the forge's.
pub(super) fn body<T: DeserializeOwned>(webhook: &Webhook<'_>) -> Result<T, WebhookFault> {
    let malformed = |why: String| WebhookFault::Malformed(why);
    let json = match media(webhook)? {
        Media::Json => Cow::Borrowed(webhook.body),
        Media::Form => {
            let mut fields = form_urlencoded::parse(webhook.body);
            let payload = fields.find(|(name, _)| name == "payload").map(|(_, value)| value);
            let payload =
                payload.ok_or_else(|| malformed("the form has no field `payload`".to_owned()))?;
            Cow::Owned(payload.into_owned().into_bytes())
        }
    };
    serde_json::from_slice(&json).map_err(|error| malformed(error.to_string()))
}

/// A commit.
#[derive(Deserialize)]
pub(super) struct Commit {
    pub sha: String,
}

/// A repository.
#[derive(Deserialize)]
pub(super) struct Repository {
    pub full_name: String,
}

/// A push, as GitHub and Gitea tell of it.
#[derive(Deserialize)]
pub(super) struct Push {
    pub r#ref: String,
    pub after: String,
    pub repository: Repository,
}

impl Push {
    /// Notes the commit of a branch; tags are of no interest.
    pub(super) fn note(self, read: &mut Read) {
        read.repository = Some(self.repository.full_name);
        read.commit = self.r#ref.starts_with("refs/heads/").then_some(self.after);
    }
}

/// A pull request, as GitHub and Gitea tell of it.
#[derive(Deserialize)]
pub(super) struct PullRequestEvent {
    pub pull_request: PullRequest,
    pub repository: Repository,
}

/// What is asked to be merged.
#[derive(Deserialize)]
pub(super) struct PullRequest {
    pub head: Commit,
}

impl PullRequestEvent {
    /// Notes the commit that is asked to be merged.
    pub(super) fn note(self, read: &mut Read) {
        read.repository = Some(self.repository.full_name);
        read.commit = Some(self.pull_request.head.sha);
    }
}

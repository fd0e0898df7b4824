//! GitHub: commit statuses with a token, check runs and deployments that wait with an app, and its
//! webhooks.
//!
//! # Source
//! GitHub's published OpenAPI description, version 2022-11-28, and its reference of webhook events.

use hyper::Method;
use plimsoll_core::catalog::{Forge, ForgeSecret, RepositoryName};
use plimsoll_core::ids::ForgeName;
use plimsoll_core::record::{
    CommitStatus, ForgeFault, ForgeFaultKind, RuleAnswer, RuleRequest, RuleVerdict, StatusState,
};
use plimsoll_engine::ports::{Webhook, WebhookFault};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::ask::{Ask, ask};
use super::signature::is_hex_hmac;
use super::webhook::{Commit, PullRequestEvent, Push, Read, Repository, body, header};
use super::{RealForges, refused};

/// Says which version of the API is spoken.
pub(super) const HEADERS: [(&str, &str); 2] =
    [("accept", "application/vnd.github+json"), ("x-github-api-version", "2022-11-28")];

impl RealForges {
    pub(super) async fn tell_github(
        &self,
        (name, forge): (&ForgeName, &Forge),
        status: &CommitStatus,
    ) -> Result<(), ForgeFault> {
        let repository = &status.repository;
        let (path, sent) = match &forge.secret {
            ForgeSecret::Token(_) => {
                (format!("/repos/{repository}/statuses/{}", status.commit), commit_status(status))
            }
            ForgeSecret::App(_) => (format!("/repos/{repository}/check-runs"), check_run(status)),
        };
        self.ask_github((name, forge), repository, &path, sent).await
    }

    pub(super) async fn answer_github(
        &self,
        (name, forge): (&ForgeName, &Forge),
        repository: &RepositoryName,
        request: &RuleRequest,
        answer: &RuleAnswer,
    ) -> Result<(), ForgeFault> {
        if matches!(forge.secret, ForgeSecret::Token(_)) {
            return Err(refused("only a GitHub App answers deployments that wait".to_owned()));
        }
        let run = request.run;
        let path = format!("/repos/{repository}/actions/runs/{run}/deployment_protection_rule");
        let mut sent = json!({
            "environment_name": request.environment,
            "comment": answer.comment,
        });
        match answer.verdict {
            RuleVerdict::Approved | RuleVerdict::Rejected => {
                sent["state"] = json!(answer.verdict.word());
            }
            // Without a state it is a report.
            RuleVerdict::Waiting => {}
        }
        self.ask_github((name, forge), repository, &path, sent).await
    }

    async fn ask_github(
        &self,
        (name, forge): (&ForgeName, &Forge),
        repository: &RepositoryName,
        path: &str,
        sent: Value,
    ) -> Result<(), ForgeFault> {
        let token = match &forge.secret {
            ForgeSecret::Token(token) => self.secret(token)?,
            ForgeSecret::App(app) => self.app_token((name, forge), app, repository).await?,
        };
        let who = format!("Bearer {token}");
        let asked = ask(Ask {
            forge,
            method: Method::POST,
            path,
            who: ("authorization", &who),
            headers: &HEADERS,
            body: Some(sent),
        })
        .await;
        if let Err(ForgeFault { kind: ForgeFaultKind::NotAllowed, .. }) = asked {
            // It may have been revoked: the next one is asked for anew.
            self.forget_app_token(name, repository);
        }
        asked.map(drop)
    }
}

fn commit_status(status: &CommitStatus) -> Value {
    let mut sent = json!({
        "state": status.state.word(),
        "context": status.context,
        "description": status.description,
    });
    if let Some(url) = &status.url {
        sent["target_url"] = json!(url);
    }
    sent
}

/// A new check run takes the place of the one before it of the same name. What is ours is a failure
/// too: `neutral` and `skipped` satisfy a required check.
fn check_run(status: &CommitStatus) -> Value {
    let (title, conclusion) = match status.state {
        StatusState::Pending => ("Waiting", None),
        StatusState::Success => ("Allowed", Some("success")),
        StatusState::Failure => ("Refused", Some("failure")),
        StatusState::Error => ("Could not be judged", Some("failure")),
    };
    let mut sent = json!({
        "name": status.context,
        "head_sha": status.commit,
        "status": if conclusion.is_some() { "completed" } else { "in_progress" },
        "output": { "title": title, "summary": status.description },
    });
    if let Some(conclusion) = conclusion {
        sent["conclusion"] = json!(conclusion);
    }
    if let Some(url) = &status.url {
        sent["details_url"] = json!(url);
    }
    sent
}

/// Whether a webhook is signed with the secret.
pub(super) fn is_signed(webhook: &Webhook<'_>, secret: &str) -> bool {
    let signature = header(webhook, "x-hub-signature-256").and_then(|s| s.strip_prefix("sha256="));
    signature.is_some_and(|hex| is_hex_hmac(secret, webhook.body, hex))
}

#[derive(Deserialize)]
struct DeploymentEvent {
    deployment: Commit,
    repository: Repository,
}

#[derive(Deserialize)]
struct Group {
    head_sha: String,
}

#[derive(Deserialize)]
struct GroupEvent {
    merge_group: Group,
    repository: Repository,
}

/// Somebody wants a check to be made again.
#[derive(Deserialize)]
struct CheckEvent {
    check_run: Option<Group>,
    check_suite: Option<Group>,
    repository: Repository,
}

#[derive(Deserialize)]
struct RuleEvent {
    action: String,
    environment: String,
    sha: Option<String>,
    deployment: Option<Commit>,
    deployment_callback_url: String,
    repository: Repository,
}

/// What a webhook says.
pub(super) fn read(forge: &Forge, webhook: &Webhook<'_>) -> Result<Read, WebhookFault> {
    let event = header(webhook, "x-github-event").unwrap_or_default();
    let mut read = Read::new(header(webhook, "x-github-delivery"), event, webhook.body);
    match event {
        "push" => body::<Push>(webhook)?.note(&mut read),
        "pull_request" => body::<PullRequestEvent>(webhook)?.note(&mut read),
        "deployment" | "deployment_status" => {
            let event: DeploymentEvent = body(webhook)?;
            read.repository = Some(event.repository.full_name);
            read.commit = Some(event.deployment.sha);
        }
        "merge_group" => {
            let event: GroupEvent = body(webhook)?;
            read.repository = Some(event.repository.full_name);
            read.commit = Some(event.merge_group.head_sha);
        }
        "check_run" | "check_suite" => {
            let event: CheckEvent = body(webhook)?;
            read.repository = Some(event.repository.full_name);
            read.commit = event.check_run.or(event.check_suite).map(|one| one.head_sha);
        }
        "deployment_protection_rule" => {
            let event: RuleEvent = body(webhook)?;
            if event.action == "requested" {
                note_rule(forge, event, &mut read)?;
            }
        }
        _ => {}
    }
    Ok(read)
}

fn note_rule(forge: &Forge, event: RuleEvent, read: &mut Read) -> Result<(), WebhookFault> {
    let repository = event.repository.full_name;
    let run = run_of(forge, &repository, &event.deployment_callback_url).ok_or_else(|| {
        WebhookFault::Malformed("its deployment_callback_url leads elsewhere".to_owned())
    })?;
    let environment = event.environment.parse().map_err(|_| {
        WebhookFault::Malformed(
            "an environment of that name cannot be in a configuration".to_owned(),
        )
    })?;
    read.repository = Some(repository);
    read.commit = event.deployment.map(|deployment| deployment.sha).or(event.sha);
    read.asks = Some(RuleRequest { environment, run });
    Ok(())
}

/// The number of the workflow run in the address at which a deployment waits. That address is not
/// asked: it is only taken for what it says when it is the one that would be asked anyway.
fn run_of(forge: &Forge, repository: &str, callback: &str) -> Option<u64> {
    let (callback, api) = (Url::parse(callback).ok()?, Url::parse(&forge.url).ok()?);
    let has_more = callback.query().is_some() || callback.fragment().is_some();
    let has_user = !callback.username().is_empty() || callback.password().is_some();
    if callback.origin() != api.origin() || has_more || has_user {
        return None;
    }
    let path = callback.path().strip_prefix(api.path().trim_end_matches('/'))?;
    let path = path.strip_prefix("/repos/")?;
    let (named, rest) = path.split_at_checked(repository.len())?;
    let run = rest.strip_prefix("/actions/runs/")?.strip_suffix("/deployment_protection_rule")?;
    let is_number = !run.is_empty() && run.bytes().all(|byte| byte.is_ascii_digit());
    (named.eq_ignore_ascii_case(repository) && is_number).then(|| run.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use plimsoll_core::catalog::ForgeKind;

    use super::*;

    fn run(callback: &str) -> Option<u64> {
        let forge = Forge {
            kind: ForgeKind::Github,
            url: "https://ghe.example/api/v3".to_owned(),
            secret: ForgeSecret::Token("t".parse().expect("a name")),
            webhook_secret: None,
            repositories: BTreeMap::new(),
        };
        run_of(&forge, "acme/shop", callback)
    }

    #[test]
    fn a_callback_leads_to_the_configured_forge_and_nowhere_else() {
        let right =
            "https://ghe.example/api/v3/repos/acme/shop/actions/runs/42/deployment_protection_rule";
        assert_eq!(run(right), Some(42));
        assert_eq!(run(&right.replace("acme", "Acme")), Some(42));
        for wrong in [
            "",
            "http://169.254.169.254/latest/meta-data",
            &right.replace("https:", "http:"),
            &right.replace("ghe.example", "ghe.example.evil.example"),
            &right.replace("ghe.example", "ghe.example:8443"),
            &right.replace("ghe.example", "user@ghe.example"),
            &right.replace("ghe.example", "evil.example\\@ghe.example"),
            &right.replace("/api/v3", ""),
            &right.replace("acme/shop", "acme/other"),
            &right.replace("/42/", "/4x/"),
            &right.replace("/42/", "/../42/"),
            &right.replace("/42/", "/99999999999999999999/"),
            &format!("{right}?x=1"),
            &format!("{right}#x"),
            &format!("{right}/.."),
        ] {
            assert_eq!(run(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn no_check_run_ends_in_a_word_that_lets_pass() {
        for state in
            [StatusState::Pending, StatusState::Success, StatusState::Failure, StatusState::Error]
        {
            let status = CommitStatus {
                repository: "acme/shop".parse().expect("a repository"),
                commit: "a".repeat(40),
                context: "plimsoll/production".to_owned(),
                state,
                description: String::new(),
                url: None,
                of: plimsoll_core::digest::Digest::of(b""),
            };
            let sent = check_run(&status);
            let lets_pass = sent["conclusion"] == "success";
            assert_eq!(lets_pass, state == StatusState::Success, "{sent}");
            assert_eq!(sent["status"] == "in_progress", state == StatusState::Pending, "{sent}");
        }
    }
}

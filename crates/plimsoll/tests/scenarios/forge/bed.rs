//! The two hubs in one repository, of which a forge has the one.

use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::bed::{Answer, Server, wait_until};
use crate::hook::hubs::Hubs;

use super::stand_in::{APP_TOKEN, Posted, Speaks, StandIn, TOKEN};

/// The secret of webhooks.
const WEBHOOK: &str = "only the two of us know";

/// Where every status stands.
pub const CONTEXT: &str = "plimsoll/production";

/// How long something may take that goes on by itself.
const SOON: Duration = Duration::from_secs(30);

/// The hubs, and a forge with the repository of them.
pub struct Forged {
    pub hubs: Hubs,
    kind: &'static str,
}

impl Forged {
    /// A forge that is asked with a token.
    pub fn with_token(kind: &'static str, stand_in: &StandIn) -> Self {
        Self::of(kind, stand_in, "token: forge-token")
    }

    /// GitHub, asked by an app.
    pub fn with_app(stand_in: &StandIn) -> Self {
        Self::of("github", stand_in, "app: { id: Iv23liabcdef, private-key: app-key }")
    }

    fn of(kind: &'static str, stand_in: &StandIn, secret: &str) -> Self {
        let hubs = Hubs::without_hook();
        let (bed, url) = (&hubs.bed, stand_in.url());
        bed.write("secret/token", TOKEN);
        bed.write("secret/webhook", WEBHOOK);
        let made = Command::new("openssl")
            .args(["genrsa", "-traditional", "-out", "secret/key", "2048"])
            .current_dir(bed.root())
            .output()
            .expect("openssl is there");
        assert!(made.status.success());
        let before = bed.read("plimsoll.yaml");
        let forges = format!(
            r#"
secrets: {{ forge-token: "file:secret/token", webhook: "file:secret/webhook", app-key: "file:secret/key" }}
forges:
  hub: {{ kind: {kind}, url: "{url}", {secret}, webhook-secret: webhook, repositories: {{ acme/hubs: hub }} }}
"#
        );
        bed.write("plimsoll.yaml", format!("{forges}{before}"));
        bed.ok(&["check"]);
        Self { hubs, kind }
    }

    /// A commit in the clone that was pushed to staging.
    pub fn pushed(&self, text: &str) -> String {
        let commit = self.hubs.change(&[("hub/values", text)]);
        self.hubs.push(&["--quiet", "origin", "HEAD:staging"]).expect(0);
        commit
    }

    /// The forge tells of something; the signature is openssl's.
    pub fn webhook(&self, server: &Server, event: &str, id: &str, body: &Value) -> Answer {
        let body = body.to_string();
        let file = self.hubs.bed.write("webhook.json", &body);
        let signed = Command::new("openssl")
            .args(["dgst", "-sha256", "-hmac", WEBHOOK, "-r"])
            .arg(file)
            .output()
            .expect("openssl is there");
        let signed = String::from_utf8(signed.stdout).expect("text");
        let hex = signed.split(' ').next().expect("digits").to_owned();
        let kind = if self.kind == "github" { "github" } else { "gitea" };
        let signature = format!("sha256={hex}");
        let (event_is, delivery_is) = (format!("x-{kind}-event"), format!("x-{kind}-delivery"));
        let headers = [
            (event_is.as_str(), event),
            (delivery_is.as_str(), id),
            ("x-hub-signature-256", signature.as_str()),
        ];
        server.send("POST", "/hooks/hub", &headers, &body)
    }

    /// The forge tells of a push.
    pub fn tells_of_push(&self, server: &Server, id: &str, commit: &str) -> Answer {
        let body = json!({
            "ref": "refs/heads/staging", "after": commit, "repository": { "full_name": "acme/hubs" },
        });
        self.webhook(server, "push", id, &body)
    }

    /// A workflow run wants to deploy the commit to production.
    pub fn wants_to_deploy(
        &self,
        server: &Server,
        stand_in: &StandIn,
        commit: &str,
        run: u64,
    ) -> Answer {
        let url = stand_in.url();
        let body = json!({
            "action": "requested", "environment": "production", "event": "push",
            "deployment_callback_url":
                format!("{url}/repos/acme/hubs/actions/runs/{run}/deployment_protection_rule"),
            "deployment": { "sha": commit }, "repository": { "full_name": "acme/hubs" },
        });
        self.webhook(server, "deployment_protection_rule", &format!("run-{run}"), &body)
    }
}

/// Waits until the forge has the commit in this state.
#[track_caller]
pub fn becomes(stand_in: &StandIn, commit: &str, state: &str) -> Posted {
    let stands = || stand_in.stands(commit, CONTEXT);
    wait_until(&format!("{commit} is {state}"), SOON, || {
        stands().is_some_and(|one| one.state == state)
    });
    assert_eq!(stand_in.refused(), Vec::<String>::new());
    stands().expect("it is")
}

/// Waits until something was written down.
#[track_caller]
pub fn written(forged: &Forged, kind: &str, count: usize) {
    wait_until(&format!("{count} × {kind}"), SOON, || {
        forged.hubs.bed.kinds().iter().filter(|one| *one == kind).count() >= count
    });
}

/// Whether nothing of the secrets is where it can be read.
pub fn no_secret_is_shown(forged: &Forged, stand_in: &StandIn) {
    let bed = &forged.hubs.bed;
    let ledger = bed.ok(&["ledger", "export"]).stdout;
    let shown = bed.ok(&["forge", "status", "--format", "json"]).stdout;
    for secret in [TOKEN, APP_TOKEN, WEBHOOK] {
        assert!(!ledger.contains(secret) && !shown.contains(secret), "{secret}");
    }
    for told in stand_in.posted() {
        assert!(!told.description.contains(TOKEN), "{}", told.description);
    }
}

/// What a kind of forge speaks.
pub const fn speaks(kind: &str) -> Speaks {
    match kind.as_bytes() {
        b"gitea" => Speaks::Gitea,
        _ => Speaks::Github,
    }
}

//! A forge of the configuration that leads to a stand-in, with its secrets in a folder.

use std::collections::BTreeMap;
use std::path::Path;

use plimsoll_adapters::forge::RealForges;
use plimsoll_adapters::secrets::Secrets;
use plimsoll_core::catalog::{Forge, ForgeApp, ForgeKind, ForgeSecret, SecretRef};
use plimsoll_core::digest::Digest;
use plimsoll_core::ids::ForgeName;
use plimsoll_core::record::{CommitStatus, StatusState};
use tempfile::TempDir;

use crate::stand_in::{Speaks, TOKEN};

/// The secret of webhooks.
pub const WEBHOOK: &str = "only the two of us know";

/// The commit that everything is about.
pub const COMMIT: &str = "4f1c2ab9d0e14f1c2ab9d0e14f1c2ab9d0e14f1c";

/// The forge and what leads to it.
pub struct Bed {
    pub forges: RealForges,
    pub dir: TempDir,
}

/// Its name.
pub fn name() -> ForgeName {
    "hub".parse().expect("a name")
}

pub fn kind(speaks: Speaks) -> ForgeKind {
    match speaks {
        Speaks::Github => ForgeKind::Github,
        Speaks::Gitlab => ForgeKind::Gitlab,
        Speaks::Gitea => ForgeKind::Gitea,
    }
}

impl Bed {
    /// A forge that is asked with a token.
    pub fn with_token(speaks: Speaks, url: &str) -> Self {
        Self::of(speaks, url, ForgeSecret::Token("token".parse().expect("a name")))
    }

    /// A forge that is asked by an app.
    pub fn with_app(url: &str) -> Self {
        let private_key = "key".parse().expect("a name");
        let app = ForgeApp { id: "Iv23liabcdef".to_owned(), private_key };
        Self::of(Speaks::Github, url, ForgeSecret::App(app))
    }

    fn of(speaks: Speaks, url: &str, secret: ForgeSecret) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            std::fs::write(dir.path().join(name), text).expect("written");
        };
        write("token", TOKEN);
        write("webhook", WEBHOOK);
        let forge = Forge {
            kind: kind(speaks),
            url: url.to_owned(),
            secret,
            webhook_secret: Some("webhook".parse().expect("a name")),
            repositories: BTreeMap::from([(
                "acme/shop".parse().expect("a repository"),
                ["shop".parse().expect("a name")].into(),
            )]),
        };
        let forges = RealForges::new(BTreeMap::from([(name(), forge)]), secrets(dir.path()));
        Self { forges, dir }
    }

    /// Writes a secret.
    pub fn secret(&self, name: &str, text: &str) {
        std::fs::write(self.dir.path().join(name), text).expect("written");
    }
}

fn secrets(root: &Path) -> Secrets {
    let file = |name: &str| (name.parse().expect("a name"), SecretRef::File(name.to_owned()));
    Secrets::new([file("token"), file("webhook"), file("key")].into(), root)
}

/// A status of the commit.
pub fn status(state: StatusState, description: &str) -> CommitStatus {
    CommitStatus {
        repository: "acme/shop".parse().expect("a repository"),
        commit: COMMIT.to_owned(),
        context: "plimsoll/production".to_owned(),
        state,
        description: description.to_owned(),
        url: Some("https://plimsoll.example/gate/shop@1/production".to_owned()),
        of: Digest::of(description.as_bytes()),
    }
}

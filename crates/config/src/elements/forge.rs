//! Forges.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::catalog::{Forge, ForgeApp, ForgeKind, ForgeSecret, RepositoryName};
use plimsoll_core::ids::{ForgeName, SecretName, ServiceName};

use crate::reader::{Fields, Reader};
use crate::shape::{Object, Shape, optional, required};
use crate::text::{Entry, Node, Value, clean};

use super::address::{is_base, is_private};
use super::name::{key_name, read_known, read_known_list};
use super::text::read_text;
use super::word::read_word;

/// A forge.
pub(crate) static FORGE: Object = Object {
    name: "forge",
    doc: "A forge: it is told how the commits of its repositories stand at the gates, and its webhooks are taken \
          at `/hooks/NAME` of the server.",
    keys: &[
        required(
            "kind",
            Shape::Word(&["github", "gitlab", "gitea"]),
            "Whose API it speaks. Forgejo is `gitea`.",
        ),
        optional(
            "url",
            Shape::Text("the address of its API"),
            "Where its API is: `https://gitlab.example/api/v4`, `https://git.example/api/v1`. Without it \
             github.com and gitlab.com are meant; `gitea` has no such place.",
        ),
        optional("token", Shape::Name("secret"), "A token to ask it with; the name of a secret."),
        optional(
            "app",
            Shape::Object(&FORGE_APP),
            "A GitHub App to ask it with: it posts check runs in place of statuses, and answers deployments that wait.",
        ),
        optional(
            "webhook-secret",
            Shape::Name("secret"),
            "What its webhooks are signed with; the name of a secret. Without it none is taken.",
        ),
        required(
            "repositories",
            Shape::Map("a repository, owner/name", &Shape::OneOrList(&Shape::Name("service"))),
            "Its repositories, and the services that live in each.",
        ),
    ],
    one_of: &["token", "app"],
    rest: None,
    example: "{ kind: gitea, url: \"https://git.example/api/v1\", token: token, webhook-secret: token, repositories: { acme/shop: s } }",
};

/// A GitHub App.
pub(crate) static FORGE_APP: Object = Object {
    name: "forge app",
    doc: "A GitHub App. For each repository it gets a token of its own, which lasts for an hour.",
    keys: &[
        required("id", Shape::Text("its client id"), "Its client id, or its number."),
        required(
            "private-key",
            Shape::Name("secret"),
            "Its private key (PEM), as GitHub gives it; the name of a secret.",
        ),
    ],
    one_of: &[],
    rest: None,
    example: "{ id: Iv23liabcdef, private-key: token }",
};

const KINDS: [(&str, ForgeKind); 3] =
    [("github", ForgeKind::Github), ("gitlab", ForgeKind::Gitlab), ("gitea", ForgeKind::Gitea)];

/// One forge.
pub(crate) fn read_forge(
    r: &mut Reader<'_>,
    entry: &Entry,
    services: &BTreeSet<ServiceName>,
) -> Option<(ForgeName, Forge)> {
    let name = key_name::<ForgeName>(r, entry);
    let fields = r.object(&entry.node, &FORGE)?;
    let kind = fields.get("kind").and_then(|node| read_word(r, node, &KINDS));
    let url = read_url(r, &fields, kind);
    let token = fields.get("token").map(|node| read_secret_name(r, node));
    let app = fields.get("app").map(|node| read_app(r, node));
    if let (Some(entry), Some(ForgeKind::Gitlab | ForgeKind::Gitea)) = (fields.entry("app"), kind) {
        r.error(entry.span, "only GitHub has apps").hint("write  token: NAME OF A SECRET");
    }
    let webhook_secret = fields.optional(r, "webhook-secret", read_secret_name);
    let repositories =
        fields.get("repositories").and_then(|node| read_repositories(r, node, services));
    let secret = match (token, app) {
        (Some(token), _) => ForgeSecret::Token(token?),
        (None, Some(app)) => ForgeSecret::App(app?),
        (None, None) => return None,
    };
    let forge = Forge {
        kind: kind?,
        url: url?,
        secret,
        webhook_secret: webhook_secret?,
        repositories: repositories?,
    };
    Some((name?, forge))
}

fn read_secret_name(r: &mut Reader<'_>, node: &Node) -> Option<SecretName> {
    let secrets = r.secrets.clone();
    read_known(r, node, &secrets, "secret", "secrets:")
}

fn read_app(r: &mut Reader<'_>, node: &Node) -> Option<ForgeApp> {
    let fields = r.object(node, &FORGE_APP)?;
    let id = fields.text(r, "id", "a client id");
    let private_key = fields.get("private-key").and_then(|node| read_secret_name(r, node));
    Some(ForgeApp { id: id?, private_key: private_key? })
}

/// A secret is sent there, so it is an address that nobody on the way can read along.
fn read_url(r: &mut Reader<'_>, fields: &Fields<'_>, kind: Option<ForgeKind>) -> Option<String> {
    let Some(node) = fields.get("url") else {
        return match kind? {
            ForgeKind::Github => Some("https://api.github.com".to_owned()),
            ForgeKind::Gitlab => Some("https://gitlab.com/api/v4".to_owned()),
            ForgeKind::Gitea => {
                r.error(fields.at, "`url` is missing in this forge")
                    .hint("`url`: where its API is: https://git.example/api/v1");
                None
            }
        };
    };
    let text = read_text(r, node, "the address of an API")?;
    if !is_private(&text) || !is_base(&text) {
        // A password may stand in it, so it is not repeated.
        r.error(node.at, "this is no address that a token can be sent to")
            .cut()
            .hint("write https://…, without a user name, `?` and `#`");
        return None;
    }
    Some(text.trim_end_matches('/').to_owned())
}

fn read_repositories(
    r: &mut Reader<'_>,
    node: &Node,
    services: &BTreeSet<ServiceName>,
) -> Option<BTreeMap<RepositoryName, BTreeSet<ServiceName>>> {
    let entries = r.entries(node, "repositories")?;
    if entries.is_empty() {
        r.error(node.span, "there is no repository here").hint("like  acme/shop: shop");
    }
    let mut repositories: BTreeMap<RepositoryName, BTreeSet<ServiceName>> = BTreeMap::new();
    for entry in entries {
        let found = read_known_list(r, &entry.node, services, "service", "services:");
        if matches!(&entry.node.value, Value::List(all) if all.is_empty()) {
            r.error(entry.node.span, "a repository without a service says nothing")
                .hint("name the services that live in it");
        }
        let Ok(name) = entry.name.parse::<RepositoryName>() else {
            r.error(entry.span, format!("`{}` is no repository", clean(&entry.name)))
                .hint("write owner/name as it stands in its address: acme/shop");
            continue;
        };
        let twice = |known: &RepositoryName| known.as_str().eq_ignore_ascii_case(name.as_str());
        if repositories.keys().any(twice) {
            r.error(entry.span, format!("the repository `{name}` is here twice"))
                .hint("forges do not tell capitals apart: keep one");
            continue;
        }
        repositories.insert(name, found);
    }
    Some(repositories)
}

#[cfg(test)]
mod tests {
    use plimsoll_core::catalog::{ForgeKind, ForgeSecret};

    use crate::testing::{bad, brief, in_forges, load_one};

    #[test]
    fn a_forge_has_an_address_a_secret_and_repositories() {
        let text = in_forges(
            "{ gh: { kind: github, app: { id: 12, private-key: token }, repositories: { Acme/shop: s } }, lab: { kind: gitlab, token: token, webhook-secret: token, repositories: { acme/web/shop: [s] } }, tea: { kind: gitea, url: 'http://127.0.0.1:3000/api/v1/', token: token, repositories: { a/b: s } } }",
        );
        let loaded = load_one(&text).unwrap_or_else(|errors| panic!("{}", brief(&errors)));
        let forges = &loaded.catalog.forges;
        let urls: Vec<_> = forges.values().map(|forge| forge.url.as_str()).collect();
        assert_eq!(
            urls,
            ["https://api.github.com", "https://gitlab.com/api/v4", "http://127.0.0.1:3000/api/v1"]
        );
        assert!(matches!(&forges["gh"].secret, ForgeSecret::App(app) if app.id == "12"));
        assert_eq!(forges["tea"].kind, ForgeKind::Gitea);
        assert!(forges["gh"].repository("acme/SHOP").is_some());
        assert!(forges["gh"].webhook_secret.is_none() && forges["lab"].webhook_secret.is_some());
    }

    #[test]
    fn what_would_send_a_token_astray_is_refused() {
        let around = |text: &str| in_forges(&format!("{{ f: {text} }}"));
        bad(
            around,
            &[
                (
                    "{ kind: github, token: token, repositories: { shop: s } }",
                    "16:60 [shop] `shop` is no repository → write owner/name as it stands in its address: acme/shop",
                ),
                (
                    "{ kind: github, token: tokn, repositories: { a/b: s } }",
                    "16:37 [tokn] there is no secret `tokn` → did you mean `token`?",
                ),
                (
                    "{ kind: github, token: token, repositories: { a/b: t } }",
                    "16:65 [t] there is no service `t` → did you mean `s`?",
                ),
                (
                    "{ kind: github, token: token, repositories: { a/b: [] } }",
                    "16:65 [[]] a repository without a service says nothing → name the services that live in it",
                ),
                (
                    "{ kind: github, token: token, repositories: {} }",
                    "16:58 [{}] there is no repository here → like  acme/shop: shop",
                ),
                (
                    "{ kind: github, token: token, repositories: { a/b: s, A/B: s } }",
                    "16:68 [A/B] the repository `A/B` is here twice → forges do not tell capitals apart: keep one",
                ),
                (
                    "{ kind: gitea, token: token, repositories: { a/b: s } }",
                    "16:11 [f] `url` is missing in this forge → `url`: where its API is: https://git.example/api/v1",
                ),
                (
                    "{ kind: gitea, url: 'http://git.example/api/v1', token: token, repositories: { a/b: s } }",
                    "16:29 [url] this is no address that a token can be sent to → write https://…, without a user name, `?` and `#`",
                ),
                (
                    "{ kind: gitea, url: 'https://u:p@git.example', token: token, repositories: { a/b: s } }",
                    "16:29 [url] this is no address that a token can be sent to → write https://…, without a user name, `?` and `#`",
                ),
                (
                    "{ kind: gitlab, app: { id: 1, private-key: token }, repositories: { a/b: s } }",
                    "16:30 [app] only GitHub has apps → write  token: NAME OF A SECRET",
                ),
                (
                    "{ kind: bitbucket, token: token, repositories: { a/b: s } }",
                    "16:22 [bitbucket] `bitbucket` is not one of github, gitlab, gitea",
                ),
                (
                    "{ kind: github, repositories: { a/b: s } }",
                    "16:11 [f] this forge must be one of: token, app → like  { kind: gitea, url: \"https://git.example/api/v1\", token: token, webhook-secret: token, repositories: { acme/shop: s } }",
                ),
            ],
        );
    }
}

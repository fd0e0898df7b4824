//! Whose tokens are accepted beside our own.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::catalog::{ClaimPattern, Grant, Permission, SAYS_WHOSE, Trust, TrustedKeys};
use plimsoll_core::ids::{ServiceName, TrustName};

use crate::reader::Reader;
use crate::shape::{Object, Shape, required};
use crate::text::{Entry, Node, Scalar, Span, Value, clean};

use super::address::is_private;
use super::name::{key_name, read_known, read_name};
use super::path::read_path;
use super::text::read_text;
use super::word::read_word;

/// An issuer.
pub(crate) static TRUST: Object = Object {
    name: "trusted issuer",
    doc: "An issuer of OpenID Connect tokens, as the CI of a forge is one: its jobs need no secret to ask \
          a server. A token is taken when it is signed with one of the issuer's keys, is for the audience, is not over, \
          and a grant fits.",
    keys: &[
        required("issuer", Shape::Text("the `iss` of its tokens"), "Exactly as its tokens say it."),
        required(
            "audience",
            Shape::Text("the `aud` of its tokens"),
            "For whom its tokens must be; choose one that is yours alone.",
        ),
        required(
            "keys",
            Shape::Either(&Shape::Text("an address, https://…"), &Shape::Object(&KEYS)),
            "Where its keys are: a JSON Web Key Set.",
        ),
        required(
            "grants",
            Shape::List(&Shape::Object(&GRANT)),
            "What its tokens allow; the first one that fits counts.",
        ),
    ],
    one_of: &[],
    rest: None,
    example: "{ issuer: \"https://token.actions.githubusercontent.com\", audience: \"https://plimsoll.example\", keys: \"https://token.actions.githubusercontent.com/.well-known/jwks\", grants: [{ when: { repository: acme/shop, ref: refs/heads/main }, services: [s], may: [report], as: shop-ci }] }",
};

/// The keys of an issuer.
pub(crate) static KEYS: Object = Object {
    name: "key set",
    doc: "Where the keys of an issuer are.",
    keys: &[required("file", Shape::Text("the path of a file"), "A file, relative to this one.")],
    one_of: &[],
    rest: None,
    example: "{ file: keys.json }",
};

/// A grant.
pub(crate) static GRANT: Object = Object {
    name: "grant",
    doc: "What tokens with these claims allow.",
    keys: &[
        required(
            "when",
            Shape::Map(
                "the name of a claim",
                &Shape::Text("what it must be; the last character may be `*`"),
            ),
            "The claims that it must have. One of them says whose token it is: `repository`, `sub`, …",
        ),
        required("services", Shape::OneOrList(&Shape::Name("service")), "For these services."),
        required(
            "may",
            Shape::OneOrList(&Shape::Word(&["read", "report", "deploy", "release"])),
            "What they allow. To read is part of each; to administer is never given away like this.",
        ),
        required("as", Shape::Name("person"), "Under whose name what is done is written down."),
    ],
    one_of: &[],
    rest: None,
    example: "{ when: { repository: acme/shop, ref: refs/heads/main }, services: [s], may: [report, deploy], as: shop-ci }",
};

/// Verbs that a grant may give.
const VERBS: [(&str, Permission); 4] = [
    ("read", Permission::Read),
    ("report", Permission::Report),
    ("deploy", Permission::Deploy),
    ("release", Permission::Release),
];

/// One issuer.
pub(crate) fn read_trust(
    r: &mut Reader<'_>,
    entry: &Entry,
    services: &BTreeSet<ServiceName>,
) -> Option<(TrustName, Trust)> {
    let name = key_name::<TrustName>(r, entry);
    let fields = r.object(&entry.node, &TRUST)?;
    let issuer = fields.text(r, "issuer", "an issuer");
    let audience = fields.text(r, "audience", "an audience");
    let keys = fields.get("keys").and_then(|node| read_keys(r, node));
    let node = fields.get("grants")?;
    let items = r.list(node, "grants")?;
    if items.is_empty() {
        r.error(node.span, "without a grant its tokens allow nothing").hint(GRANT.example);
    }
    let grants = items.iter().filter_map(|item| read_grant(r, item, services)).collect();
    Some((name?, Trust { issuer: issuer?, audience: audience?, keys: keys?, grants }))
}

fn read_keys(r: &mut Reader<'_>, node: &Node) -> Option<TrustedKeys> {
    if let Value::Scalar(Scalar { text, .. }) = &node.value {
        if !is_private(text) {
            r.error(
                node.span,
                format!("`{}` is no address that keys can be trusted from", clean(text)),
            )
            .hint("write https://…, or { file: keys.json }");
            return None;
        }
        return Some(TrustedKeys::Url(text.to_string()));
    }
    let fields = r.object(node, &KEYS)?;
    read_path(r, fields.get("file")?, "the path of a file").map(TrustedKeys::File)
}

fn read_grant(r: &mut Reader<'_>, node: &Node, services: &BTreeSet<ServiceName>) -> Option<Grant> {
    let fields = r.object(node, &GRANT)?;
    let when = fields.entry("when").and_then(|entry| read_when(r, entry));
    let for_services = fields.get("services").map(|node| {
        let items = r.one_or_list(node);
        let from = "services:";
        items.iter().filter_map(|item| read_known(r, item, services, "service", from)).collect()
    });
    let may: Option<BTreeSet<Permission>> = fields.get("may").map(|node| {
        r.one_or_list(node).iter().filter_map(|item| read_word(r, item, &VERBS)).collect()
    });
    let person = fields.get("as").and_then(|node| read_name(r, node, "person"));
    for (key, is_empty) in [
        ("services", for_services.as_ref().is_some_and(BTreeSet::is_empty)),
        ("may", may.as_ref().is_some_and(BTreeSet::is_empty)),
    ] {
        // Where something stands that is not known, that is said already.
        let says_nothing = |node: &Node| matches!(&node.value, Value::List(all) if all.is_empty());
        if let (true, Some(entry)) = (is_empty, fields.entry(key))
            && says_nothing(&entry.node)
        {
            r.error(entry.span, format!("`{key}` names nothing: it would allow nothing"))
                .hint("name at least one");
        }
    }
    Some(Grant { when: when?, services: for_services?, permissions: may?, person: person? })
}

/// The claims. Every repository of a forge gets tokens of the same issuer: one must say whose it is,
/// and not by the beginning of a name, which anybody can choose.
fn read_when(r: &mut Reader<'_>, entry: &Entry) -> Option<BTreeMap<String, ClaimPattern>> {
    let mut when = BTreeMap::new();
    let mut says_whose = false;
    for claim in r.entries(&entry.node, "claims")? {
        let Some(text) = read_text(r, &claim.node, "what the claim must be") else { continue };
        let name = &*claim.name;
        if SAYS_WHOSE.contains(&name) {
            says_whose = true;
            whole_or_within(r, claim.node.span, name, &text);
        }
        if text.trim_end_matches('*').contains('*') || text.ends_with("**") {
            r.error(claim.node.span, "a `*` stands only at the end")
                .hint("like refs/heads/release-*");
        }
        when.insert(name.to_owned(), ClaimPattern::new(&text));
    }
    if !says_whose {
        r.error(entry.span, "this grant would be for everybody who has a token of this issuer")
            .hint("name whose:  repository: acme/shop");
    }
    Some(when)
}

fn whole_or_within(r: &mut Reader<'_>, span: Span, name: &str, text: &str) {
    let Some(beginning) = text.strip_suffix('*') else { return };
    if beginning.ends_with(['/', ':']) && beginning.len() > 1 {
        return;
    }
    r.error(span, format!("`{}` would fit names that anybody can choose", clean(text)))
        .hint(format!("write it whole, or end it with a slash:  {name}: acme/*"));
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_trust, load_one};

    #[test]
    fn a_forge_is_trusted_for_a_repository() {
        let text = in_trust(
            "{ gh: { issuer: 'https://i.example', audience: us, keys: 'https://i.example/jwks', grants: [{ when: { repository: acme/shop, ref: 'refs/heads/*' }, services: s, may: [report, deploy], as: ci }] } }",
        );
        let loaded = load_one(&text).expect("it is right");
        let trust = &loaded.catalog.trust["gh"];
        assert_eq!(trust.grants[0].services.len(), 1);
        assert_eq!(trust.grants[0].permissions.len(), 2);
    }

    #[test]
    fn what_would_trust_too_many_is_refused() {
        let grant = |text: &str| {
            format!(
                "{{ gh: {{ issuer: i, audience: us, keys: {{ file: k }}, grants: [{text}] }} }}"
            )
        };
        let inputs = [
            grant("{ when: { ref: refs/heads/main }, services: s, may: report, as: ci }"),
            grant("{ when: { repository: 'acme*' }, services: s, may: report, as: ci }"),
            grant("{ when: { sub: '*' }, services: s, may: report, as: ci }"),
            grant("{ when: { sub: a, ref: 'a*b' }, services: s, may: report, as: ci }"),
            grant("{ when: { sub: a }, services: t, may: report, as: ci }"),
            grant("{ when: { sub: a }, services: s, may: administer, as: ci }"),
            grant("{ when: { sub: a }, services: [], may: report, as: ci }"),
            "{ gh: { issuer: i, audience: us, keys: 'http://i.example/k', grants: [] } }"
                .to_owned(),
        ];
        let said = [
            "16:71 [when] this grant would be for everybody who has a token of this issuer → name whose:  repository: acme/shop",
            "16:91 ['acme*'] `acme*` would fit names that anybody can choose → write it whole, or end it with a slash:  repository: acme/*",
            "16:84 ['*'] `*` would fit names that anybody can choose → write it whole, or end it with a slash:  sub: acme/*",
            "16:92 ['a*b'] a `*` stands only at the end → like refs/heads/release-*",
            "16:99 [t] there is no service `t` → did you mean `s`?",
            "16:107 [administer] `administer` is not one of read, report, deploy, release",
            "16:89 [services] `services` names nothing: it would allow nothing → name at least one",
            "",
        ];
        let table: Vec<(&str, &str)> =
            inputs.iter().map(String::as_str).zip(said).take(7).collect();
        bad(in_trust, &table);
        let text = in_trust(&inputs[7]);
        let errors = load_one(&text).expect_err("it is wrong");
        let words: Vec<_> = errors.iter().map(|one| one.message.as_str()).collect();
        assert_eq!(
            words,
            [
                "`http://i.example/k` is no address that keys can be trusted from",
                "without a grant its tokens allow nothing"
            ]
        );
    }
}

//! One target: a site on a platform.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::catalog::Target;
use plimsoll_core::ids::PlatformName;

use crate::reader::{Fields, Reader};
use crate::shape::{Object, Shape, optional, preset};
use crate::text::{Entry, Node, clean};

use super::name::{read_known, read_name};
use super::text::read_text;

/// A target.
pub(crate) static TARGET: Object = Object {
    name: "target",
    doc: "One site on one platform in one environment. A target of a gated environment is stood \
          for by the target of the same site and platform in the environment before.",
    keys: &[
        preset("site", Shape::Name("site"), "the target's name", "The site."),
        preset(
            "platform",
            Shape::Name("platform"),
            "the only platform",
            "The platform, one of `platforms`. May be left out when there is only one.",
        ),
        optional(
            "url",
            Shape::Text("an http or https URL"),
            "Where it answers, without user, query and fragment.",
        ),
        optional(
            "vars",
            Shape::Map("a key", &Shape::Text("a text")),
            "Free values for templates: `{{ target.vars.host }}`.",
        ),
    ],
    one_of: &[],
    rest: None,
    example: "{ site: nl, platform: vm, url: https://nl.example, vars: { host: vm1.example } }",
};

/// A target; `platforms` are those of its service.
pub(crate) fn read_target(
    r: &mut Reader<'_>,
    entry: &Entry,
    platforms: &BTreeSet<PlatformName>,
) -> Option<Target> {
    let node = &entry.node;
    let errors = r.report.errors();
    let fields = r.object(node, &TARGET)?;
    let site = match fields.get("site") {
        Some(site) => read_name(r, site, "site"),
        None => entry.name.parse().ok(),
    };
    let platform = match fields.get("platform") {
        Some(name) => read_known(r, name, platforms, "platform", "platforms:"),
        None => only_platform(r, node, platforms),
    };
    let url = fields.get("url").map(|url| read_url(r, url));
    let vars = read_vars(r, &fields);
    if r.report.errors() > errors {
        return None;
    }
    Some(Target {
        site: site?,
        platform: platform?,
        url: url.map_or(Some(None), |url| url.map(Some))?,
        vars,
    })
}

fn only_platform(
    r: &mut Reader<'_>,
    node: &Node,
    platforms: &BTreeSet<PlatformName>,
) -> Option<PlatformName> {
    if let (Some(only), 1) = (platforms.first(), platforms.len()) {
        return Some(only.clone());
    }
    if !platforms.is_empty() {
        let names = platforms.iter().map(PlatformName::as_str);
        let hint = format!("one of: {}", crate::render::names(names, 8));
        r.error(node.at, "this target needs a platform").hint(hint);
    }
    None
}

/// An address, kept without a slash at its end.
fn read_url(r: &mut Reader<'_>, node: &Node) -> Option<String> {
    let text = read_text(r, node, "a URL")?;
    let why = match url::Url::parse(&text) {
        Err(error) => error.to_string(),
        Ok(url) if !matches!(url.scheme(), "http" | "https") => {
            "it must begin with http:// or https://".into()
        }
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            "a user or password cannot be in it (send a header with a secret)".into()
        }
        Ok(url) if url.query().is_some() || url.fragment().is_some() => {
            "it cannot have a query or a fragment (they belong to the path of a check)".into()
        }
        Ok(_) if text.contains("{{") => "no `{{ … }}` can stand in it".into(),
        Ok(_) if text.chars().any(|c| c.is_control() || c == ' ') => "it holds a space".into(),
        Ok(_) => return Some(text.trim_end_matches('/').to_owned()),
    };
    let shown = if text.contains('@') { "this".to_owned() } else { format!("`{}`", clean(&text)) };
    r.error(node.span, format!("{shown} is not a URL for a target: {why}"))
        .hint("like https://nl.example");
    None
}

fn read_vars(r: &mut Reader<'_>, fields: &Fields<'_>) -> BTreeMap<String, String> {
    let mut vars = BTreeMap::new();
    let Some(node) = fields.get("vars") else { return vars };
    for entry in r.entries(node, "values").unwrap_or_default() {
        if entry.name.is_empty()
            || !entry.name.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
        {
            r.error(entry.span, format!("`{}` cannot be the key of a value", clean(&entry.name)))
                .hint("letters, digits, `_` and `-`");
        } else if let Some(scalar) = r.scalar(&entry.node, "a text") {
            vars.insert(entry.name.to_string(), scalar.text.to_string());
        }
    }
    vars
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_targets};

    #[test]
    fn targets_that_cannot_be_reached_or_named_are_refused() {
        bad(
            in_targets,
            &[
                (
                    "{ url: a.example }",
                    "4:39 [a.example] `a.example` is not a URL for a target: relative URL without a base → like https://nl.example",
                ),
                (
                    "{ url: ftp://a.example }",
                    "4:39 [ftp://a.example] `ftp://a.example` is not a URL for a target: it must begin with http:// or https:// → like https://nl.example",
                ),
                (
                    "{ url: 'http://anna:pw@a.example' }",
                    "4:39 ['http://anna:pw@a.example'] this is not a URL for a target: a user or password cannot be in it (send a header with a secret) → like https://nl.example",
                ),
                (
                    "{ url: 'http://a.example/?x=1' }",
                    "4:39 ['http://a.example/?x=1'] `http://a.example/?x=1` is not a URL for a target: it cannot have a query or a fragment (they belong to the path of a check) → like https://nl.example",
                ),
                ("{ platform: mv }", "4:44 [mv] there is no platform `mv` → did you mean `vm`?"),
                (
                    "{ site: 'n l' }",
                    "4:40 ['n l'] `n l` cannot be the name of a site → use letters, digits, `.`, `_` and `-`",
                ),
                (
                    "{ vars: { 'a b': c, d: [e] } }",
                    "4:42 ['a b'] `a b` cannot be the key of a value → letters, digits, `_` and `-`\n4:55 [[e]] expected a text, found a list",
                ),
                (
                    "{ urls: http://a.example }",
                    "4:34 [urls] unknown key `urls` → did you mean `url`?",
                ),
                (
                    "nl",
                    "4:32 [nl] expected a map (site, platform, url, vars), found a text → like  { site: nl, platform: vm, url: https://nl.example, vars: { host: vm1.example } }",
                ),
                (
                    "{ url: 'http://a.example/{{ target.name }}' }",
                    "4:39 ['http://a.example/{{ target.name }}'] `http://a.example/{{ target.name }}` is not a URL for a target: no `{{ … }}` can stand in it → like https://nl.example",
                ),
            ],
        );
    }
}

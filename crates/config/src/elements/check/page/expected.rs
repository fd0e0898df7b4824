//! What must be seen on a page.

use plimsoll_core::catalog::{HttpMatch, PageCheck, PictureRule, ScriptErrors};

use crate::elements::check::http_match::read_match;
use crate::elements::regex::read_regex;
use crate::elements::text::{read_text, read_texts};
use crate::elements::word::read_word;
use crate::reader::{Fields, Reader};
use crate::text::{Node, clean};

use super::visitor::read_language;

/// What must be seen.
pub(super) fn expected(
    r: &mut Reader<'_>,
    fields: &Fields<'_>,
    check: &mut PageCheck,
) -> Option<()> {
    if let Some(node) = fields.get("contains") {
        check
            .expect_text
            .extend(read_texts(r, node, "a text").into_iter().map(HttpMatch::Contains));
    }
    if let Some(node) = fields.get("lacks") {
        check.expect_text.extend(read_texts(r, node, "a text").into_iter().map(HttpMatch::Lacks));
    }
    if let Some(node) = fields.get("matches") {
        for item in r.one_or_list(node) {
            check.expect_text.push(HttpMatch::Matches(read_regex(r, item)?));
        }
    }
    if let Some(node) = fields.get("elements") {
        check.expect_elements = read_texts(r, node, "a CSS selector");
    }
    if let Some(node) = fields.get("title") {
        check.expect_title = Some(read_match(r, node)?);
    }
    if let Some(node) = fields.get("language") {
        check.expect_language = Some(read_language(r, node)?);
    }
    if let Some(node) = fields.get("script-errors") {
        let words = [
            ("new", ScriptErrors::New),
            ("exceptions", ScriptErrors::Exceptions),
            ("all", ScriptErrors::All),
        ];
        check.script_errors = read_word(r, node, &words)?;
    }
    if let Some(node) = fields.get("own-hosts") {
        check.own_hosts = read_hosts(r, node);
    }
    if let Some(node) = fields.get("allow-hosts") {
        check.allow_hosts = read_hosts(r, node);
    }
    if let Some(node) = fields.get("picture") {
        let words = [
            ("broken", PictureRule::Broken),
            ("changed", PictureRule::Changed),
            ("off", PictureRule::Off),
        ];
        check.picture = read_word(r, node, &words)?;
    }
    if let Some(node) = fields.get("ignore") {
        check.ignore = read_texts(r, node, "a part of a URL");
    }
    Some(())
}

fn read_hosts(r: &mut Reader<'_>, node: &Node) -> Vec<String> {
    let mut hosts = Vec::new();
    for item in r.one_or_list(node) {
        let Some(text) = read_text(r, item, "a host") else { continue };
        if text.contains(['/', ':', '*', ' ']) {
            r.error(item.span, format!("`{}` is not a host's name", clean(&text)))
                .hint("like static.example, without scheme, port or path");
        } else {
            hosts.push(text.to_ascii_lowercase());
        }
    }
    hosts
}

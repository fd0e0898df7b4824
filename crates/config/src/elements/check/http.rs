//! One HTTP question.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::catalog::{
    HttpCheck, HttpMatch, JsonExpectation, Template, TlsExpectation, Variable,
};

use crate::elements::bytes::read_bytes;
use crate::elements::count::read_count;
use crate::elements::json::read_json;
use crate::elements::period::read_limit;
use crate::elements::regex::{key_pointer, read_regex};
use crate::elements::template::{Place, read_argument, read_template};
use crate::elements::text::{read_text, read_texts};
use crate::elements::word::read_word;
use crate::reader::{Fields, Reader};
use crate::shape::{Object, Shape, optional, preset, required};
use crate::text::{Node, Span, Value, clean};

use super::Limit;
use super::http_match::{MATCH, read_match};
use super::tls::{TLS, read_tls};

const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// Bytes of a body that are read when nothing is said: 10 MB, as the reference says.
const MAX_BODY_BYTES: u64 = 10_000_000;

/// A question.
pub(super) static HTTP: Object = Object {
    name: "http check",
    doc: "One HTTP question, and what its answer must be; all of it.",
    keys: &[
        required("path", Shape::Text("a path"), "The path on the target's URL, or a whole URL."),
        preset("method", Shape::Word(METHODS), "GET", "The method."),
        optional(
            "headers",
            Shape::Map("a header's name", &Shape::Text("its value")),
            "Headers to send. They may hold secrets.",
        ),
        optional("body", Shape::Text("a text"), "A body to send. It may hold secrets."),
        preset(
            "status",
            Shape::OneOrList(&Shape::Count { least: 100, most: 599 }),
            "any 2xx",
            "The statuses that pass.",
        ),
        preset(
            "redirects",
            Shape::Count { least: 0, most: 10 },
            "5",
            "How many redirects are followed; 0 looks at the redirect itself.",
        ),
        optional(
            "expect-headers",
            Shape::Map(
                "a header's name",
                &Shape::Either(&Shape::Text("a text"), &Shape::Object(&MATCH)),
            ),
            "Headers of the answer, and what they must be.",
        ),
        optional(
            "contains",
            Shape::OneOrList(&Shape::Text("a text")),
            "The body contains each of these.",
        ),
        optional(
            "lacks",
            Shape::OneOrList(&Shape::Text("a text")),
            "The body contains none of these.",
        ),
        optional(
            "matches",
            Shape::OneOrList(&Shape::Text("a regular expression")),
            "The body matches each of these.",
        ),
        optional(
            "json",
            Shape::Map("a JSON pointer", &Shape::Json),
            "Values in a JSON body: `/status: ok`. With nothing after the colon the value need only be there.",
        ),
        optional("tls", Shape::Object(&TLS), "What the certificate must be."),
        preset("max-body", Shape::Bytes, "10MB", "A longer body fails."),
        preset(
            "within",
            Shape::Period,
            "30s",
            "The time limit of one attempt; the same as beside `http`.",
        ),
    ],
    one_of: &[],
    rest: None,
    example: "{ path: /health, status: [200, 204], within: 2s, json: { /status: ok } }",
};

/// A question, and the time limit inside it.
pub(super) fn read_http(r: &mut Reader<'_>, node: &Node) -> Option<(HttpCheck, Limit)> {
    if matches!(node.value, Value::Scalar(_)) {
        return Some((question(read_http_path(r, node, Place::PATH)?), None));
    }
    let fields = r.object(node, &HTTP)?;
    let within = fields.entry("within").map(|within| (within.span, read_limit(r, &within.node)));
    let path = fields.get("path").and_then(|node| read_http_path(r, node, Place::PATH));
    let headers = read_headers(r, &fields, Place::SENT);
    let method = fields.get("method").map(|node| read_method(r, node));
    let body = fields.get("body").map(|node| read_argument(r, node, Place::SENT));
    let redirects = fields.get("redirects").map(|node| read_count(r, node, 0, 10));
    let max_body = fields.get("max-body").map(|node| read_bytes(r, node));
    let tls = fields.get("tls").map(|node| read_tls(r, node));
    let mut check = question(path?);
    check.status = read_status(r, &fields);
    check.expect_headers = read_expected_headers(r, &fields);
    check.expect_body = read_body(r, &fields);
    check.expect_json = read_values(r, &fields);
    check.headers = headers?;
    check.method = method.unwrap_or(Some(check.method))?;
    check.body = body.map_or(Some(None), |body| body.map(Some))?;
    check.redirects = redirects.unwrap_or(Some(check.redirects))?;
    check.max_body_bytes = max_body.unwrap_or(Some(check.max_body_bytes))?;
    check.tls = tls.unwrap_or(Some(check.tls))?;
    Some((check, within))
}

/// A question with nothing but a path.
fn question(path: Template) -> HttpCheck {
    HttpCheck {
        path,
        method: "GET".to_owned(),
        headers: BTreeMap::new(),
        body: None,
        status: BTreeSet::new(),
        redirects: 5,
        expect_headers: BTreeMap::new(),
        expect_body: Vec::new(),
        expect_json: Vec::new(),
        tls: TlsExpectation::default(),
        max_body_bytes: MAX_BODY_BYTES,
    }
}

/// A path on the target's URL, or a whole URL.
pub(crate) fn read_http_path(r: &mut Reader<'_>, node: &Node, place: Place) -> Option<Template> {
    let path = read_template(r, node, "a path", place)?;
    let text = path.to_string();
    if text.chars().any(char::is_control) {
        r.error(node.span, format!("`{}` cannot be a path", clean(&text)))
            .hint("control characters have no place in it");
        return None;
    }
    let begins_with = |start: &str| text.starts_with(start);
    if begins_with("/") {
        r.used.push((Variable::Url, node.span));
    } else if !(begins_with("http://") || begins_with("https://") || begins_with("{{")) {
        r.error(node.span, format!("`{}` is neither a path nor a URL", clean(&text)))
            .hint(format!("write  /{}", clean(&text)));
        return None;
    }
    Some(path)
}

/// The headers to send.
pub(crate) fn read_headers(
    r: &mut Reader<'_>,
    fields: &Fields<'_>,
    place: Place,
) -> Option<BTreeMap<String, Template>> {
    let mut headers = BTreeMap::new();
    let Some(node) = fields.get("headers") else { return Some(headers) };
    for entry in r.entries(node, "headers")? {
        if !header_name(r, &entry.name, entry.span) {
            continue;
        }
        let Some(value) = read_argument(r, &entry.node, place) else { continue };
        if value.to_string().chars().any(|c| c.is_control() && c != '\t') {
            r.error(entry.node.span, "a header cannot hold a line break")
                .hint("write it in one line");
        } else {
            headers.insert(entry.name.to_string(), value);
        }
    }
    Some(headers)
}

fn header_name(r: &mut Reader<'_>, name: &str, span: Span) -> bool {
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let fits = !name.is_empty() && name.chars().all(token);
    if !fits {
        r.error(span, format!("`{}` cannot be the name of a header", clean(name)))
            .hint("like Content-Type");
    }
    fits
}

fn read_method(r: &mut Reader<'_>, node: &Node) -> Option<String> {
    let words: Vec<(&str, &str)> = METHODS.iter().map(|method| (*method, *method)).collect();
    read_word(r, node, &words).map(str::to_owned)
}

fn read_status(r: &mut Reader<'_>, fields: &Fields<'_>) -> BTreeSet<u16> {
    let Some(node) = fields.get("status") else { return BTreeSet::new() };
    let items = r.one_or_list(node);
    if items.is_empty() {
        r.error(node.span, "no status at all would pass").hint("leave `status` out for any 2xx");
    }
    items
        .iter()
        .filter_map(|item| read_count(r, item, 100, 599))
        .filter_map(|n| u16::try_from(n).ok())
        .collect()
}

fn read_expected_headers(r: &mut Reader<'_>, fields: &Fields<'_>) -> BTreeMap<String, HttpMatch> {
    let mut headers = BTreeMap::new();
    let Some(node) = fields.get("expect-headers") else { return headers };
    for entry in r.entries(node, "headers").unwrap_or_default() {
        if header_name(r, &entry.name, entry.span)
            && let Some(expected) = read_match(r, &entry.node)
        {
            headers.insert(entry.name.to_string(), expected);
        }
    }
    headers
}

fn read_body(r: &mut Reader<'_>, fields: &Fields<'_>) -> Vec<HttpMatch> {
    let mut all = Vec::new();
    if let Some(node) = fields.get("contains") {
        all.extend(read_texts(r, node, "a text").into_iter().map(HttpMatch::Contains));
    }
    if let Some(node) = fields.get("lacks") {
        all.extend(read_texts(r, node, "a text").into_iter().map(HttpMatch::Lacks));
    }
    if let Some(node) = fields.get("matches") {
        let items = r.one_or_list(node);
        all.extend(items.iter().filter_map(|item| read_regex(r, item)).map(HttpMatch::Matches));
    }
    all
}

fn read_values(r: &mut Reader<'_>, fields: &Fields<'_>) -> Vec<JsonExpectation> {
    let mut all = Vec::new();
    let Some(node) = fields.get("json") else { return all };
    for entry in r.entries(node, "JSON pointers and values").unwrap_or_default() {
        let Some(pointer) = key_pointer(r, entry) else { continue };
        let equals = match &entry.node.value {
            Value::Empty => None,
            Value::Scalar(_) | Value::List(_) | Value::Map(_) => Some(read_json(&entry.node)),
        };
        all.push(JsonExpectation { pointer, equals });
    }
    all
}

/// A header's name, as a value.
pub(crate) fn read_header_name(r: &mut Reader<'_>, node: &Node) -> Option<String> {
    let text = read_text(r, node, "a header's name")?;
    header_name(r, &text, node.span).then_some(text)
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_checks};

    #[test]
    fn questions_that_cannot_be_asked_are_refused() {
        bad(
            in_checks,
            &[
                (
                    "{ http: { path: health } }",
                    "9:26 [health] `health` is neither a path nor a URL → write  /health",
                ),
                (
                    "{ http: {} }",
                    "9:12 [http] `path` is missing in this http check → `path`: The path on the target's URL, or a whole URL",
                ),
                (
                    "{ http: { path: /, method: get } }",
                    "9:37 [get] `get` is not one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS → did you mean `GET`?",
                ),
                (
                    "{ http: { path: /, status: 600 } }",
                    "9:37 [600] 600 is out of bounds → write a number from 100 to 599",
                ),
                (
                    "{ http: { path: /, status: [200, ok], redirects: 11 } }",
                    "9:43 [ok] `ok` is not a whole number → write a number from 100 to 599\n9:59 [11] 11 is out of bounds → write a number from 0 to 10",
                ),
                (
                    "{ http: { path: /, status: [] } }",
                    "9:37 [[]] no status at all would pass → leave `status` out for any 2xx",
                ),
                (
                    "{ http: { path: /, headers: [a] } }",
                    "9:38 [[a]] expected a map of headers, found a list → write  name: value  below it",
                ),
                (
                    "{ http: { path: /, contains: '' , lacks: [[a]] } }",
                    "9:39 [''] expected a text, found an empty text → write something\n9:52 [[a]] expected a text, found a list",
                ),
                (
                    "{ http: { path: /, max_body: 1MB } }",
                    "9:29 [max_body] unknown key `max_body` → did you mean `max-body`?",
                ),
                (
                    "{ http: [/] }",
                    "9:18 [[/]] expected a map (path, method, headers, body and 10 more), found a list → like  { path: /health, status: [200, 204], within: 2s, json: { /status: ok } }",
                ),
            ],
        );
    }
}

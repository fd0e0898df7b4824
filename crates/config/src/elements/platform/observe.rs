//! How the version that really runs is found out.

use plimsoll_core::catalog::{Observe, ObserveKind, VersionFrom};

use crate::elements::check::{read_header_name, read_headers, read_http_path};
use crate::elements::command::{ARGV, read_argv};
use crate::elements::period::limit_or;
use crate::elements::regex::{read_pointer, read_regex};
use crate::elements::template::{Place, read_template};
use crate::reader::{Fields, Reader};
use crate::shape::{Key, Object, Shape, optional, preset};
use crate::text::{Node, Value};

use super::OBSERVED_WITHIN;

const JSON: Key = optional(
    "json",
    Shape::Text("a JSON pointer"),
    "The version is at this JSON pointer of the answer: `/version`.",
);
const REGEX: Key = optional(
    "regex",
    Shape::Text("a regular expression"),
    "The version is the first group of this regular expression, or its whole match.",
);
const HEADER: Key = optional(
    "header",
    Shape::Text("a header's name"),
    "The version is in this header of the answer.",
);

/// An observation.
pub(super) static OBSERVE: Object = Object {
    name: "observation",
    doc: "How the version that really runs is found out, before and after checks. Without `json`, \
          `regex` or `header` the whole answer is the version; white space around it is removed.",
    keys: &[
        optional(
            "http",
            Shape::Either(&Shape::Text("a path"), &Shape::Object(&OBSERVE_HTTP)),
            "Asks the target.",
        ),
        optional("command", ARGV, "The standard output of a command."),
        optional("file", Shape::Text("a path"), "The text of a file."),
        JSON,
        REGEX,
        preset("within", Shape::Period, "10s", "The time limit of one observation."),
    ],
    one_of: &["http", "command", "file"],
    rest: None,
    example: "{ http: { path: /version, json: /version }, within: 5s }",
};

/// An observation by HTTP.
static OBSERVE_HTTP: Object = Object {
    name: "observation by http",
    doc: "A path on the target's URL, or a whole URL.",
    keys: &[
        crate::shape::required(
            "path",
            Shape::Text("a path"),
            "The path on the target's URL, or a whole URL.",
        ),
        optional(
            "headers",
            Shape::Map("a header's name", &Shape::Text("its value")),
            "Headers to send.",
        ),
        JSON,
        REGEX,
        HEADER,
    ],
    one_of: &[],
    rest: None,
    example: "{ path: /version, header: X-Version }",
};

/// An observation.
pub(super) fn read_observe(r: &mut Reader<'_>, node: &Node) -> Option<Observe> {
    let fields = r.object(node, &OBSERVE)?;
    let beside = version(r, &fields, &["json", "regex"]);
    let within = limit_or(r, &fields, "within", OBSERVED_WITHIN);
    let (choice, entry) = fields.choice()?;
    let (kind, inside) = match choice {
        "http" => http(r, &entry.node)?,
        "command" => {
            let argv = read_argv(r, &entry.node, Place::DEPLOYER.observing())?;
            (ObserveKind::Command(argv), None)
        }
        _ => {
            let path = read_template(r, &entry.node, "a path", Place::PATH.observing())?;
            (ObserveKind::File(path), None)
        }
    };
    if let (Some((_, span)), Some(_)) = (&beside.value, &inside) {
        r.error(*span, "the place of the version is said twice").hint("keep the one inside http:");
        return None;
    }
    let version = inside.or(beside.value.map(|(version, _)| version)).unwrap_or(VersionFrom::Text);
    beside.fine.then_some(Observe { kind, version, within: within? })
}

/// Where the version is: what was said, where, and whether it could be read.
struct Found {
    value: Option<(VersionFrom, crate::text::Span)>,
    fine: bool,
}

fn version(r: &mut Reader<'_>, fields: &Fields<'_>, keys: &[&'static str]) -> Found {
    let given: Vec<_> = keys.iter().filter_map(|key| Some((*key, fields.entry(key)?))).collect();
    if let [_, (_, second), ..] = given.as_slice() {
        r.error(second.span, "the place of the version is said twice")
            .hint(format!("keep one of: {}", keys.join(", ")));
        return Found { value: None, fine: false };
    }
    let Some((key, entry)) = given.first() else { return Found { value: None, fine: true } };
    let from = match *key {
        "json" => read_pointer(r, &entry.node).map(VersionFrom::Json),
        "regex" => read_regex(r, &entry.node).map(VersionFrom::Regex),
        _ => read_header_name(r, &entry.node).map(VersionFrom::Header),
    };
    Found { fine: from.is_some(), value: from.map(|from| (from, entry.span)) }
}

fn http(r: &mut Reader<'_>, node: &Node) -> Option<(ObserveKind, Option<VersionFrom>)> {
    let place = Place::PATH.observing();
    if matches!(node.value, Value::Scalar(_)) {
        let path = read_http_path(r, node, place)?;
        return Some((
            ObserveKind::Http { path, headers: std::collections::BTreeMap::new() },
            None,
        ));
    }
    let fields = r.object(node, &OBSERVE_HTTP)?;
    let path = fields.get("path").and_then(|node| read_http_path(r, node, place));
    let headers = read_headers(r, &fields, Place::SENT.observing());
    let found = version(r, &fields, &["json", "regex", "header"]);
    found.fine.then_some(())?;
    Some((ObserveKind::Http { path: path?, headers: headers? }, found.value.map(|(from, _)| from)))
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_observe};

    #[test]
    fn observations_that_find_nothing_or_know_the_answer_are_refused() {
        bad(
            in_observe,
            &[
                (
                    "{ http: { path: /v, json: version } }",
                    "7:76 [version] `version` is not a JSON pointer → write  /version",
                ),
                (
                    "{ http: { path: /v, json: /v, regex: v } }",
                    "7:80 [regex] the place of the version is said twice → keep one of: json, regex, header",
                ),
                (
                    "{ http: { path: /v, json: /v }, regex: v }",
                    "7:82 [regex] the place of the version is said twice → keep the one inside http:",
                ),
                (
                    "{ http: { path: /v, header: 'X Y' } }",
                    "7:78 ['X Y'] `X Y` cannot be the name of a header → like Content-Type",
                ),
                (
                    "{ http: /v, header: X }",
                    "7:62 [header] unknown key `header` → it stands below `http`:  http: { header: … }",
                ),
                (
                    "{ command: [echo, '{{ release.version }}'] }",
                    "7:72 [release.version] an observation must not know the version that it is to find → ask what really runs; the answer is compared afterwards",
                ),
                ("{ http: { path: v } }", "7:66 [v] `v` is neither a path nor a URL → write  /v"),
                (
                    "{ file: }",
                    "7:52 [file] expected a path, found nothing → write a value after the colon",
                ),
                (
                    "{ http: /v, command: [v] }",
                    "7:62 [command] `http` and `command` exclude each other → keep one of: http, command, file",
                ),
                (
                    "{ within: 5s }",
                    "7:41 [observe] this observation must be one of: http, command, file → like  { http: { path: /version, json: /version }, within: 5s }",
                ),
                (
                    "{ http: { path: /v, headers: { 'A B': c, X: \"a\\nb\" } } }",
                    "7:81 ['A B'] `A B` cannot be the name of a header → like Content-Type\n7:94 [\"a\\nb\"] a header cannot hold a line break → write it in one line",
                ),
            ],
        );
    }
}

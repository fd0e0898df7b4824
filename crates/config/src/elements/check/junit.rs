//! Where JUnit files are, and what they must hold.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::catalog::{JunitExpectation, Template};

use crate::elements::count::read_count;
use crate::elements::template::{Place, read_template};
use crate::elements::text::{read_text, read_texts};
use crate::reader::{Fields, Reader};
use crate::shape::{Key, Object, Shape, optional, preset, required};
use crate::text::{Node, Value, clean};

/// The key for required tests.
pub(super) const REQUIRED_TESTS: Key = optional(
    "required-tests",
    Shape::OneOrList(&Shape::Text("a test")),
    "Tests that must have been executed, by name as in the file: `class.name` or `name`.",
);
/// The key for the floor.
pub(super) const MIN_TESTS: Key = preset(
    "min-tests",
    Shape::Count { least: 1, most: 10_000_000 },
    "1",
    "How many tests must have been executed at least.",
);
/// The key for renamed tests.
pub(super) const RENAMED: Key = optional(
    "renamed",
    Shape::Map("the old name of a test", &Shape::Text("its new name")),
    "Old name of a required or known test to its new name.",
);

/// JUnit files.
pub(super) static JUNIT: Object = Object {
    name: "JUnit file",
    doc: "Where the file is and what it must hold.",
    keys: &[
        required("path", Shape::Text("a path"), "The file, as in the short form."),
        REQUIRED_TESTS,
        MIN_TESTS,
        RENAMED,
    ],
    one_of: &[],
    rest: None,
    example: "{ path: \"TEST-*.xml\", required-tests: [login.test_login], min-tests: 20 }",
};

/// The JUnit file of a command, if it has one. What it must hold may stand beside it or in it.
pub(super) fn read_junit(
    r: &mut Reader<'_>,
    beside: &Fields<'_>,
) -> Option<Option<JunitExpectation>> {
    let Some(node) = beside.get("junit") else {
        for key in ["required-tests", "min-tests", "renamed"] {
            if let Some(entry) = beside.entry(key) {
                r.error(entry.span, format!("`{key}` needs `junit`"))
                    .hint("say which file: junit: junit.xml");
            }
        }
        return Some(None);
    };
    let inside = match node.value {
        Value::Map(_) => Some(r.object(node, &JUNIT)?),
        Value::Empty | Value::Scalar(_) | Value::List(_) => None,
    };
    let path = match &inside {
        Some(fields) => fields.get("path").and_then(|node| read_junit_path(r, node)),
        None => read_junit_path(r, node),
    };
    let inside = inside.as_ref();
    let required_tests = one(r, inside, beside, "required-tests");
    let renamed = one(r, inside, beside, "renamed");
    let min_tests = one(r, inside, beside, "min-tests");
    let required_tests: BTreeSet<String> = required_tests
        .map(|node| read_texts(r, node, "a test"))
        .unwrap_or_default()
        .into_iter()
        .collect();
    let renamed = renamed.map(|node| read_renamed(r, node)).unwrap_or_default();
    let min_tests = min_tests.map_or(Some(1), |node| read_count(r, node, 1, 10_000_000));
    Some(Some(JunitExpectation { path: path?, required_tests, renamed, min_tests: min_tests? }))
}

/// The value of a key that may stand in either of two places.
fn one<'n>(
    r: &mut Reader<'_>,
    inside: Option<&Fields<'n>>,
    beside: &Fields<'n>,
    key: &'static str,
) -> Option<&'n Node> {
    let inner = inside.and_then(|fields| fields.get(key));
    if let (Some(_), Some(entry)) = (inner, beside.entry(key)) {
        r.error(entry.span, format!("`{key}` is said twice")).hint("keep the one inside junit:");
    }
    inner.or_else(|| beside.get(key))
}

/// A path inside `{{ out }}`, or with `./` inside the working directory.
fn read_junit_path(r: &mut Reader<'_>, node: &Node) -> Option<Template> {
    let path = read_template(r, node, "a path", Place::ARGUMENT)?;
    let text = path.to_string();
    let parts: Vec<&str> = text.split('/').collect();
    let why = if text.starts_with('/') || parts.contains(&"..") {
        Some("it must be inside `{{ out }}` or the working directory")
    } else if parts.iter().rev().skip(1).any(|part| part.contains('*')) {
        Some("`*` can only stand in its last part")
    } else {
        None
    };
    if let Some(why) = why {
        r.error(node.span, format!("`{}` cannot be a JUnit file: {why}", clean(&text))).hint(
            "write junit.xml for one in {{ out }}, ./junit.xml for one in the working directory",
        );
        return None;
    }
    if text.starts_with("./") || text.starts_with("{{") {
        return Some(path);
    }
    format!("{{{{ out }}}}/{text}").parse().ok()
}

pub(super) fn read_renamed(r: &mut Reader<'_>, node: &Node) -> BTreeMap<String, String> {
    let entries = r.entries(node, "old and new names").unwrap_or_default();
    let pairs = entries.iter().filter_map(|entry| {
        Some((entry.name.to_string(), read_text(r, &entry.node, "the new name of a test")?))
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_checks};

    #[test]
    fn junit_files_stay_inside_and_what_they_must_hold_is_said_once() {
        bad(
            in_checks,
            &[
                (
                    "{ command: { run: [a, '{{ out }}'], junit: ../j.xml } }",
                    "9:53 [../j.xml] `../j.xml` cannot be a JUnit file: it must be inside `{{ out }}` or the working directory → write junit.xml for one in {{ out }}, ./junit.xml for one in the working directory",
                ),
                (
                    "{ command: { run: [a, '{{ out }}'], junit: /tmp/j.xml } }",
                    "9:53 [/tmp/j.xml] `/tmp/j.xml` cannot be a JUnit file: it must be inside `{{ out }}` or the working directory → write junit.xml for one in {{ out }}, ./junit.xml for one in the working directory",
                ),
                (
                    "{ command: { run: [a, '{{ out }}'], junit: '*/j.xml' } }",
                    "9:53 ['*/j.xml'] `*/j.xml` cannot be a JUnit file: `*` can only stand in its last part → write junit.xml for one in {{ out }}, ./junit.xml for one in the working directory",
                ),
                (
                    "{ command: { run: [a], min-tests: 3 } }",
                    "9:33 [min-tests] `min-tests` needs `junit` → say which file: junit: junit.xml",
                ),
                (
                    "{ command: { run: [a, '{{ out }}'], min-tests: 3, junit: { path: j.xml, min-tests: 4 } } }",
                    "9:46 [min-tests] `min-tests` is said twice → keep the one inside junit:",
                ),
                (
                    "{ command: { run: [a, '{{ out }}'], junit: { required-tests: [a] } } }",
                    "9:46 [junit] `path` is missing in this JUnit file → `path`: The file, as in the short form",
                ),
                (
                    "{ command: { run: [a, '{{ out }}'], junit: j.xml, min-tests: 0, renamed: [a] } }",
                    "9:71 [0] 0 is out of bounds → write a number from 1 to 10000000\n9:83 [[a]] expected a map of old and new names, found a list → write  name: value  below it",
                ),
            ],
        );
    }
}

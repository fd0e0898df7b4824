//! What a text must be.

use plimsoll_core::catalog::HttpMatch;

use crate::elements::regex::read_regex;
use crate::elements::text::read_text;
use crate::reader::Reader;
use crate::shape::{Object, Shape, optional};
use crate::text::{Node, Value};

/// A match.
pub(super) static MATCH: Object = Object {
    name: "match",
    doc: "What a header must be. A text alone must be equal.",
    keys: &[
        optional("equals", Shape::Text("a text"), "Is equal."),
        optional("contains", Shape::Text("a text"), "Contains it."),
        optional("lacks", Shape::Text("a text"), "Does not contain it."),
        optional(
            "matches",
            Shape::Text("a regular expression"),
            "Matches the regular expression somewhere.",
        ),
    ],
    one_of: &["equals", "contains", "lacks", "matches"],
    rest: None,
    example: "{ contains: text/html }",
};

/// A match.
pub(super) fn read_match(r: &mut Reader<'_>, node: &Node) -> Option<HttpMatch> {
    if matches!(node.value, Value::Scalar(_)) {
        return read_text(r, node, "a text").map(HttpMatch::Equals);
    }
    let fields = r.object(node, &MATCH)?;
    let (kind, entry) = fields.choice()?;
    if kind == "matches" {
        return read_regex(r, &entry.node).map(HttpMatch::Matches);
    }
    let text = read_text(r, &entry.node, "a text")?;
    Some(match kind {
        "contains" => HttpMatch::Contains(text),
        "lacks" => HttpMatch::Lacks(text),
        _ => HttpMatch::Equals(text),
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_checks};

    #[test]
    fn a_match_is_exactly_one_thing() {
        bad(
            in_checks,
            &[
                (
                    "{ http: { path: /, expect-headers: { a: { contain: b } } } }",
                    "9:52 [contain] unknown key `contain` → did you mean `contains`?",
                ),
                (
                    "{ http: { path: /, expect-headers: { a: { contains: b, lacks: c } } } }",
                    "9:65 [lacks] `contains` and `lacks` exclude each other → keep one of: equals, contains, lacks, matches",
                ),
                (
                    "{ http: { path: /, expect-headers: { 'a b': c, d: { matches: '(' }, e: } } }",
                    "9:47 ['a b'] `a b` cannot be the name of a header → like Content-Type\n9:71 ['('] this regular expression does not compile: unclosed group → the syntax is that of https://docs.rs/regex: no look-around, no back-references\n9:78 [e] expected a map (equals, contains, lacks, matches), found nothing → like  { contains: text/html }",
                ),
            ],
        );
    }
}

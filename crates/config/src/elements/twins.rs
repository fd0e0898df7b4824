//! Parts of files that must change together.

use std::collections::BTreeSet;

use jiff::civil::Date;
use plimsoll_core::catalog::{AcceptedDifference, Respelling, TwinPair, TwinPart};
use plimsoll_core::ids::PlatformName;

use crate::reader::{Fields, Reader};
use crate::shape::{Object, Shape, optional, required};
use crate::text::{Node, clean};

use super::name::read_known_list;
use super::path::read_path;
use super::regex::compiles;
use super::text::read_text;

/// A pair.
pub(crate) static TWIN: Object = Object {
    name: "twin pair",
    doc: "Two parts of files that must change together: `plimsoll twins diff` compares what changed \
          in each.",
    keys: &[
        required(
            "left",
            Shape::Text("a part of a file"),
            "One part: `FILE#PART`, the file relative to the configuration. The part is a JSON pointer (`composer.json#/scripts/site-update`), keys with dots (`values.yaml#jobs.build.steps`), an ini section (`php.ini#[opcache]`), `lines`, or `between:START..END`; all of the file without it.",
        ),
        required("right", Shape::Text("a part of a file"), "The other part."),
        optional(
            "right-in",
            Shape::Text("a folder"),
            "The local clone that the right part is in, relative to the configuration. Without it: the same repository.",
        ),
        optional(
            "platforms",
            Shape::List(&Shape::Name("platform")),
            "The two platforms that the parts stand for, left first.",
        ),
        optional(
            "mapping",
            Shape::Map("a text on the left", &Shape::Text("how it is spelled on the right")),
            "From the left spelling to the right one, one after the other. A text on the left that begins with `re:` is a regular expression, whose groups are `$1`, `$2` on the right.",
        ),
        optional(
            "accepted",
            Shape::List(&Shape::Object(&ACCEPTED)),
            "Differences that somebody has accepted.",
        ),
    ],
    one_of: &[],
    rest: None,
    example: "{ left: \"vm.yaml#steps\", right: \"k8s.yaml#steps\", mapping: { \"/srv/vm\": /srv/k8s } }",
};

/// A difference that somebody has accepted.
pub(crate) static ACCEPTED: Object = Object {
    name: "accepted difference",
    doc: "A difference between twins that somebody has accepted until a day.",
    keys: &[
        required(
            "item",
            Shape::Text("an item"),
            "The item as written, or its place inside the part; `*` stands for any text.",
        ),
        required("reason", Shape::Text("a reason"), "Why."),
        required(
            "until",
            Shape::Text("a day"),
            "The last day on which it is accepted, in UTC: `2027-01-31`.",
        ),
    ],
    one_of: &[],
    rest: None,
    example: "{ item: \"@core:updatedb\", reason: the cluster migrates by a job, until: 2027-01-31 }",
};

/// The pairs that a service may have.
const MOST_PAIRS: usize = 1_000;

/// The pairs of a service.
pub(crate) fn read_twins(
    r: &mut Reader<'_>,
    node: &Node,
    platforms: &BTreeSet<PlatformName>,
) -> Vec<TwinPair> {
    let items = r.list(node, "pairs").unwrap_or_default();
    if !r.at_most(MOST_PAIRS, items.len(), node.at, "pairs") {
        return Vec::new();
    }
    items.iter().filter_map(|item| read_pair(r, item, platforms)).collect()
}

fn read_pair(
    r: &mut Reader<'_>,
    node: &Node,
    platforms: &BTreeSet<PlatformName>,
) -> Option<TwinPair> {
    let fields = r.object(node, &TWIN)?;
    let left = fields.get("left").and_then(|node| read_part(r, node));
    let right = fields.get("right").and_then(|node| read_part(r, node));
    let right_in = fields.get("right-in").map(|node| read_path(r, node, "a folder"));
    let platforms = fields.get("platforms").map(|node| read_platforms(r, node, platforms));
    let mapping = read_mapping(r, &fields);
    let items = fields.get("accepted").and_then(|node| r.list(node, "accepted differences"));
    let accepted: Vec<Option<AcceptedDifference>> =
        items.unwrap_or_default().iter().map(|item| read_accepted(r, item)).collect();
    let (left, right) = (left?, right?);
    if left == right && right_in.is_none() {
        let at = fields.get("right").map_or(fields.at, |node| node.span);
        r.error(at, "this is the same part as on the left").hint("name two different parts");
        return None;
    }
    Some(TwinPair {
        left,
        right,
        right_in: match right_in {
            Some(folder) => Some(folder?),
            None => None,
        },
        platforms: platforms.unwrap_or_else(|| Some(Vec::new()))?,
        mapping: mapping?,
        accepted: accepted.into_iter().collect::<Option<_>>()?,
    })
}

fn read_part(r: &mut Reader<'_>, node: &Node) -> Option<TwinPart> {
    let text = read_text(r, node, "a part of a file")?;
    match text.parse() {
        Ok(part) => Some(part),
        Err(error) => {
            let words = plimsoll_core::catalog::TwinPartError::to_string(&error);
            let (message, hint) = words.split_once(": ").unwrap_or((&words, "write FILE#PART"));
            r.error(node.span, message).hint(hint);
            None
        }
    }
}

fn read_platforms(
    r: &mut Reader<'_>,
    node: &Node,
    known: &BTreeSet<PlatformName>,
) -> Option<Vec<PlatformName>> {
    let items = r.list(node, "two platforms")?;
    let _: BTreeSet<PlatformName> = read_known_list(r, node, known, "platform", "platforms:");
    let names: Vec<PlatformName> = items
        .iter()
        .filter_map(|item| match &item.value {
            crate::text::Value::Scalar(scalar) => scalar.text.parse().ok(),
            crate::text::Value::Empty
            | crate::text::Value::List(_)
            | crate::text::Value::Map(_) => None,
        })
        .collect();
    if items.len() != 2 {
        r.error(node.span, "a pair has two platforms").hint("the left one first: [vm, k8s]");
        return None;
    }
    Some(names)
}

fn read_mapping(r: &mut Reader<'_>, fields: &Fields<'_>) -> Option<Vec<Respelling>> {
    let Some(node) = fields.get("mapping") else { return Some(Vec::new()) };
    let mut mapping = Some(Vec::new());
    for entry in r.entries(node, "left and right spellings")? {
        let to = r.scalar(&entry.node, "how it is spelled on the right").map(|to| to.text.clone());
        let known = match Respelling::new(&entry.name, to.as_deref().unwrap_or_default()) {
            Respelling::Text { from, .. } if from.is_empty() => {
                r.error(entry.span, "an empty text is everywhere").hint("write a text");
                None
            }
            Respelling::Regex { from, .. } if !compiles(r, &from, entry.span) => None,
            respelling => Some(respelling),
        };
        match (known, to, &mut mapping) {
            (Some(respelling), Some(_), Some(list)) => list.push(respelling),
            (_, _, mapping) => *mapping = None,
        }
    }
    mapping
}

fn read_accepted(r: &mut Reader<'_>, node: &Node) -> Option<AcceptedDifference> {
    let fields = r.object(node, &ACCEPTED)?;
    let item = fields.text(r, "item", "an item");
    let reason = fields.text(r, "reason", "a reason");
    let until = fields.get("until").and_then(|node| read_day(r, node));
    let reason = reason.filter(|reason| {
        let said = !reason.trim().is_empty();
        if !said && let Some(node) = fields.get("reason") {
            r.error(node.span, "the reason is blank").hint("say why it is accepted");
        }
        said
    });
    Some(AcceptedDifference { item: item?, reason: reason?, until: until? })
}

fn read_day(r: &mut Reader<'_>, node: &Node) -> Option<Date> {
    let text = read_text(r, node, "a day")?;
    let day = (text.len() == 10).then(|| text.parse().ok()).flatten();
    if day.is_none() {
        r.error(node.span, format!("`{}` is not a day", clean(&text)))
            .hint("write year, month and day: 2027-01-31");
    }
    day
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_twins, load_one};

    #[test]
    fn pairs_that_name_no_parts_are_refused_where_they_stand() {
        bad(
            in_twins,
            &[
                (
                    "{ left: a, right: b }",
                    "12:12 [{ left: a, right: b }] expected a list of pairs, found a map → write a list: [one, two]",
                ),
                (
                    "[a = b]",
                    "12:13 [a = b] expected a map (left, right, right-in, platforms and 2 more), found a text → like  { left: \"vm.yaml#steps\", right: \"k8s.yaml#steps\", mapping: { \"/srv/vm\": /srv/k8s } }",
                ),
                (
                    "[{ left: a }]",
                    "12:13 [{ left: a }] `right` is missing in this twin pair → `right`: The other part",
                ),
                (
                    "[{ left: \"a.json#\", right: /etc/passwd }]",
                    "12:21 [\"a.json#\"] nothing stands after `#` → write a path, `lines`, or leave `#` out\n12:39 [/etc/passwd] `/etc/passwd` is absolute → write the path relative to the repository",
                ),
                (
                    "[{ left: a.json#/x, right: a.json#/x }]",
                    "12:39 [a.json#/x] this is the same part as on the left → name two different parts",
                ),
                (
                    "[{ left: \"a#/~2\", right: \"b#between:x\" }]",
                    "12:21 [\"a#/~2\"] `/~2` is no JSON pointer → `~` is written ~0 and `/` in a key ~1\n12:37 [\"b#between:x\"] `between:x` lacks a marker → write between:START..END",
                ),
                (
                    "[{ left: a, right: b, platforms: [vm] }]",
                    "12:45 [[vm]] a pair has two platforms → the left one first: [vm, k8s]",
                ),
                (
                    "[{ left: a, right: b, platforms: [vm, k9s] }]",
                    "12:50 [k9s] there is no platform `k9s` → there is only vm",
                ),
                (
                    "[{ left: a, right: b, platforms: vm }]",
                    "12:45 [vm] expected a list of two platforms, found a text → write a list: [vm]",
                ),
                (
                    "[{ left: a, right: b, mapping: { 're:(': x, '': y, z: [1] } }]",
                    "12:45 ['re:('] this regular expression does not compile: unclosed group → the syntax is that of https://docs.rs/regex: no look-around, no back-references\n12:56 [''] an empty text is everywhere → write a text\n12:66 [[1]] expected how it is spelled on the right, found a list",
                ),
                (
                    "[{ left: a, right: b, mapping: [x] }]",
                    "12:43 [[x]] expected a map of left and right spellings, found a list → write  name: value  below it",
                ),
                (
                    "[{ left: a, right: b, accepted: [{ item: x }] }]",
                    "12:45 [{ item: x }] `reason` is missing in this accepted difference → `reason`: Why\n12:45 [{ item: x }] `until` is missing in this accepted difference → `until`: The last day on which it is accepted, in UTC: `2027-01-31`",
                ),
                (
                    "[{ left: a, right: b, accepted: [{ item: x, reason: \" \", until: tomorrow }] }]",
                    "12:64 [\" \"] the reason is blank → say why it is accepted\n12:76 [tomorrow] `tomorrow` is not a day → write year, month and day: 2027-01-31",
                ),
                (
                    "[{ left: a, right: b, accepted: [{ item: x, reason: why, until: 2026-02-30 }] }]",
                    "12:76 [2026-02-30] `2026-02-30` is not a day → write year, month and day: 2027-01-31",
                ),
                (
                    "[{ left: a, right: b, right-in: ~/other }]",
                    "12:44 [~/other] `~` is not the home directory here → write the path from / on, or relative to this file",
                ),
                (
                    "[{ left: a, right: b, filter: c }]",
                    "12:34 [filter] unknown key `filter` → there are: left, right, right-in, platforms, mapping, accepted",
                ),
            ],
        );
    }

    #[test]
    fn a_pair_keeps_the_order_of_its_mapping() {
        let text = in_twins(
            "[{ left: a.json#/x, right: b.yaml#x.y, right-in: ../other, mapping: { b: c, 're:^a(.)': 'z$1', drop: '' }, accepted: [{ item: q, reason: why, until: 2027-01-31 }] }]",
        );
        let loaded = load_one(&text)
            .unwrap_or_else(|errors| panic!("{}", crate::render_all(&errors, false)));
        let pair = &loaded.catalog.services["s"].twins[0];
        assert_eq!(pair.to_string(), "a.json#/x = ../other/b.yaml#x.y");
        assert_eq!(pair.mapping.len(), 3);
        assert!(
            matches!(&pair.mapping[1], plimsoll_core::catalog::Respelling::Regex { from, .. } if from == "^a(.)")
        );
        assert_eq!(pair.accepted[0].until.to_string(), "2027-01-31");
    }
}

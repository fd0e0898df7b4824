//! Which parts of a file a change touched.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::catalog::{PartFormat, escape_key};

use crate::twins::compare::same;
use crate::twins::node::Node;
use crate::twins::normal::normal;
use crate::twins::parse;

/// A change that touches more parts of a file is a mass change.
const MOST_PARTS: usize = 60;

/// A part that is larger is not compared item by item.
const MOST_ITEMS: usize = 2_000;

/// What a change did to a part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Touched {
    /// What came (`+`) and went (`-`).
    pub changes: BTreeSet<String>,
    /// Everything that is in it now.
    pub items: BTreeSet<String>,
}

/// The file as a tree; nothing where it cannot be read.
pub(super) fn tree(path: &str, bytes: &[u8]) -> Option<Node> {
    let text = parse::text(bytes).ok()?;
    let node = match PartFormat::of_name(path) {
        Some(format) => parse::tree(text, format).ok()?,
        None => parse::lines(text),
    };
    Some(node.prepared(&str::to_owned, &normal))
}

/// The parts that differ, each as it is written after the name of the file.
pub(super) fn touched(base: Option<&Node>, head: Option<&Node>) -> BTreeMap<String, Touched> {
    let mut found = BTreeMap::new();
    visit("", base, head, &mut found);
    if found.len() > MOST_PARTS {
        found.clear();
    }
    found
}

fn visit(
    path: &str,
    base: Option<&Node>,
    head: Option<&Node>,
    found: &mut BTreeMap<String, Touched>,
) {
    if found.len() > MOST_PARTS || same(base, head, true) {
        return;
    }
    let (was, is) = (items(base), items(head));
    if let (Some(was), Some(is)) = (was, is) {
        let changes = is.difference(&was).map(|item| format!("+{item}"));
        let changes: BTreeSet<String> =
            changes.chain(was.difference(&is).map(|item| format!("-{item}"))).collect();
        if !changes.is_empty() {
            found.insert(path.to_owned(), Touched { changes, items: is });
        }
        return;
    }
    let mut keys: Vec<&str> = Vec::new();
    for node in [base, head].into_iter().flatten() {
        if let Node::Map(entries) = node {
            keys.extend(entries.iter().map(|(key, _)| key.as_str()));
        }
    }
    keys.sort_unstable();
    keys.dedup();
    for key in keys {
        let inner = format!("{path}/{}", escape_key(key));
        let at = |node: Option<&Node>| node.and_then(|node| node.get(key)).cloned();
        visit(&inner, at(base).as_ref(), at(head).as_ref(), found);
    }
}

/// The items of what is compared as a whole: a list, a scalar, or a map of scalars below the root.
fn items(node: Option<&Node>) -> Option<BTreeSet<String>> {
    match node {
        None => Some(BTreeSet::new()),
        Some(Node::Scalar(scalar)) => Some(BTreeSet::from([scalar.text.clone()])),
        Some(Node::List(items)) => Some(items.iter().take(MOST_ITEMS).map(Node::shown).collect()),
        Some(Node::Map(_)) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_and_values_that_changed_are_found() {
        let base = tree("a.json", br#"{"s": {"a": ["x"], "b": ["x"], "c": 1}, "v": 1}"#);
        let head = tree("a.json", br#"{"s": {"a": ["x", "y"], "b": ["x"], "c": 2}, "v": 1}"#);
        let found = touched(base.as_ref(), head.as_ref());
        assert_eq!(found.keys().collect::<Vec<_>>(), ["/s/a", "/s/c"]);
        assert_eq!(found["/s/a"].changes, BTreeSet::from(["+y".to_owned()]));
        assert_eq!(found["/s/a"].items.len(), 2);
    }
}

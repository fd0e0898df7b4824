//! Compares two sides three ways: what changed in each, from base to head.

use plimsoll_core::record::{TwinChange, TwinSide, TwinState};

use super::node::{Node, has_lines};
use super::normal::normal;
use super::tell::Telling;
use super::{edit, list};

/// One side of a value, before and after.
#[derive(Debug, Clone, Copy)]
pub(super) struct Side<'n> {
    pub base: Option<&'n Node>,
    pub head: Option<&'n Node>,
}

/// Why a change that only one side made is mirrored.
pub(super) const CAUGHT_UP: &str = "caught up: the twin says so already";

impl<'n> Side<'n> {
    fn changed(self) -> bool {
        !same(self.base, self.head, true)
    }

    fn get(self, key: &str) -> Self {
        let inside = |node: Option<&'n Node>| node.and_then(|node| node.get(key));
        Self { base: inside(self.base), head: inside(self.head) }
    }

    fn nodes(self) -> impl Iterator<Item = &'n Node> {
        [self.base, self.head].into_iter().flatten()
    }

    const fn is_absent(self) -> bool {
        self.base.is_none() && self.head.is_none()
    }
}

/// Whether two values are the same.
pub(super) fn same(a: Option<&Node>, b: Option<&Node>, typed: bool) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => a.canonical(typed) == b.canonical(typed),
        (None, Some(_)) | (Some(_), None) => false,
    }
}

/// Compares, and tells what it finds.
pub(super) struct Comparing<'t, 'p> {
    pub telling: &'t mut Telling<'p>,
    /// Whether a text is told apart from a number: both formats know the difference.
    pub typed: bool,
}

impl Comparing<'_, '_> {
    /// Compares the values at `keys`. Every change gets an answer.
    pub fn value(&mut self, keys: &[String], left: Side<'_>, right: Side<'_>) {
        let changed = left.changed() || right.changed();
        if !changed && same(left.head, right.head, self.typed) {
            return;
        }
        let told = self.telling.answers.len();
        self.parts(keys, left, right);
        let answered =
            |one: &super::tell::Told| !matches!(one.answer.change, TwinChange::Differs { .. });
        if changed && !self.telling.answers[told..].iter().any(answered) {
            self.whole(keys, left, right);
        }
    }

    fn parts(&mut self, keys: &[String], left: Side<'_>, right: Side<'_>) {
        let gone = |side: Side<'_>| side.base.is_some() && side.head.is_none();
        let new = |side: Side<'_>| side.base.is_none() && side.head.is_some();
        let lonely =
            |one: Side<'_>, other: Side<'_>| other.is_absent() && (new(one) || !one.changed());
        let alike = same(left.base, right.base, self.typed)
            && same(left.head, right.head, self.typed)
            && left.base.is_none();
        if gone(left) || gone(right) || lonely(left, right) || lonely(right, left) || alike {
            return self.whole(keys, left, right);
        }
        let nodes: Vec<&Node> = left.nodes().chain(right.nodes()).collect();
        if nodes.iter().all(|node| matches!(node, Node::Map(_))) {
            self.map(keys, left, right);
        } else if nodes.iter().all(|node| matches!(node, Node::List(_))) {
            self.list(keys, left, right);
        } else if nodes.iter().all(|node| matches!(node, Node::Scalar(_)))
            && nodes.iter().any(|node| has_lines(&node.shown()))
        {
            let lines =
                [left.base, left.head, right.base, right.head].map(|node| node.map(lines_of));
            let [lb, lh, rb, rh] = lines.each_ref().map(Option::as_ref);
            self.list(keys, Side { base: lb, head: lh }, Side { base: rb, head: rh });
        } else {
            self.whole(keys, left, right);
        }
    }

    fn map(&mut self, keys: &[String], left: Side<'_>, right: Side<'_>) {
        let mut names: Vec<&String> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for node in left.nodes().chain(right.nodes()) {
            if let Node::Map(entries) = node {
                names.extend(entries.iter().map(|(key, _)| key).filter(|key| seen.insert(*key)));
            }
        }
        let mut inner = keys.to_vec();
        for name in names {
            inner.push(name.clone());
            self.value(&inner, left.get(name), right.get(name));
            inner.pop();
        }
    }

    fn list(&mut self, keys: &[String], left: Side<'_>, right: Side<'_>) {
        let nodes: Vec<&Node> = left.nodes().chain(right.nodes()).collect();
        let Some(field) = list::identity(&nodes) else {
            return list::compare(self, keys, left, right);
        };
        // Items that have a name are compared by name, and then their order.
        let keyed = [left.base, left.head, right.base, right.head]
            .map(|node| node.map(|node| list::by_name(node, field)));
        let [lb, lh, rb, rh] = keyed.each_ref().map(Option::as_ref);
        let (left, right) = (Side { base: lb, head: lh }, Side { base: rb, head: rh });
        self.map(keys, left, right);
        list::compare_order(self, keys, left, right);
    }

    /// Compares two values that have no parts, or are not compared by them.
    fn whole(&mut self, keys: &[String], left: Side<'_>, right: Side<'_>) {
        let alike = same(left.head, right.head, self.typed);
        match (left.changed(), right.changed()) {
            (false, false) => {
                for (side, is, other) in
                    [(TwinSide::Left, left, right), (TwinSide::Right, right, left)]
                {
                    // What differs is told once, where something is.
                    if let Some(node) = is.head
                        && (side == TwinSide::Left || other.head.is_none())
                    {
                        let change = TwinChange::Differs { item: node.shown() };
                        let reason =
                            other.head.map(|other| format!("its twin has {}", other.shown()));
                        self.telling.tell(
                            TwinState::OnlyHere,
                            keys,
                            side,
                            change,
                            reason.as_deref(),
                        );
                    }
                }
            }
            (true, true) => self.both(keys, left, right, alike),
            (true, false) => self.one(keys, TwinSide::Left, left, right, alike),
            (false, true) => self.one(keys, TwinSide::Right, right, left, alike),
        }
    }

    fn both(&mut self, keys: &[String], left: Side<'_>, right: Side<'_>, alike: bool) {
        let change = change_of(left);
        if alike {
            self.telling.tell(TwinState::Mirrored, keys, TwinSide::Left, change, None);
        } else if edit::is_the_same(left, right) {
            let reason = Some("the same edit of values that differ");
            self.telling.tell(TwinState::Mirrored, keys, TwinSide::Left, change, reason);
        } else {
            let other = match right.head {
                Some(node) => format!("its twin became {}", node.shown()),
                None => "its twin was removed".to_owned(),
            };
            self.telling.tell(TwinState::Divergent, keys, TwinSide::Left, change, Some(&other));
        }
    }

    fn one(&mut self, keys: &[String], side: TwinSide, is: Side<'_>, other: Side<'_>, alike: bool) {
        let change = change_of(is);
        if alike {
            return self.telling.tell(TwinState::Mirrored, keys, side, change, Some(CAUGHT_UP));
        }
        let reason = other.head.map(|node| format!("its twin still says {}", node.shown()));
        let reason = reason.filter(|_| is.base.is_some());
        self.telling.tell(TwinState::MissingTwin, keys, side, change, reason.as_deref());
    }
}

fn change_of(side: Side<'_>) -> TwinChange {
    match (side.base, side.head) {
        (None, Some(head)) => TwinChange::Added { item: head.shown() },
        (Some(base), None) => TwinChange::Removed { item: base.shown() },
        (Some(base), Some(head)) => TwinChange::Changed { from: base.shown(), to: head.shown() },
        (None, None) => TwinChange::Differs { item: String::new() },
    }
}

/// A text as a list of its lines.
fn lines_of(node: &Node) -> Node {
    let text = node.shown();
    let Node::List(lines) = super::parse::lines(&text) else { return node.clone() };
    Node::List(lines.iter().map(|line| line.prepared(&str::to_owned, &normal)).collect())
}

//! Lists: what came and went, counted; what took whose place; and what moved.

use std::collections::{BTreeMap, HashMap, HashSet};

use plimsoll_core::record::{TwinChange, TwinSide, TwinState};

use super::align::{Aligned, align};
use super::compare::{CAUGHT_UP, Comparing, Side};
use super::edit::likeness;
use super::node::Node;
use super::order::Order;
use super::places::Places;

/// Keys by which items of a list are known, the first that fits.
const IDENTITIES: [&str; 3] = ["name", "id", "key"];

/// Two items are versions of each other when they have this much in common.
const ALIKE: f64 = 0.5;

/// The key by which the items of all these lists can be told apart, if they are maps that have one.
pub(super) fn identity(lists: &[&Node]) -> Option<&'static str> {
    let fits = |field: &str| {
        let mut some = false;
        lists.iter().all(|node| {
            let Node::List(items) = node else { return false };
            let mut seen = HashSet::new();
            items.iter().all(|item| {
                some = true;
                match item.get(field) {
                    Some(Node::Scalar(scalar)) if matches!(item, Node::Map(_)) => {
                        seen.insert(&scalar.text)
                    }
                    Some(_) | None => false,
                }
            })
        }) && some
    };
    IDENTITIES.into_iter().find(|field| fits(field))
}

/// The list as a map from the names of its items.
pub(super) fn by_name(list: &Node, field: &str) -> Node {
    let Node::List(items) = list else { return list.clone() };
    let named = |item: &Node| item.get(field).map(|name| (name.shown(), item.clone()));
    Node::Map(items.iter().filter_map(named).collect())
}

/// Items as numbers: the same number is the same item.
struct Ids {
    numbers: HashMap<String, u32>,
    shown: Vec<String>,
    typed: bool,
}

impl Ids {
    fn of(&mut self, canonical: String, shown: impl FnOnce() -> String) -> u32 {
        let next = u32::try_from(self.shown.len()).unwrap_or(u32::MAX);
        *self.numbers.entry(canonical).or_insert_with(|| {
            self.shown.push(shown());
            next
        })
    }

    fn items(&mut self, node: Option<&Node>) -> Vec<u32> {
        match node {
            Some(Node::List(items)) => {
                let typed = self.typed;
                items.iter().map(|item| self.of(item.canonical(typed), || item.shown())).collect()
            }
            Some(Node::Map(entries)) => {
                entries.iter().map(|(key, _)| self.of(key.clone(), || key.clone())).collect()
            }
            Some(Node::Scalar(_)) | None => Vec::new(),
        }
    }

    fn shown(&self, id: u32) -> String {
        self.shown.get(id as usize).cloned().unwrap_or_default()
    }
}

/// One side as numbers.
struct Numbered {
    base: Vec<u32>,
    head: Vec<u32>,
    aligned: Aligned,
    /// What it added and its twin did not.
    added: BTreeMap<u32, usize>,
    /// What it removed and its twin still has.
    removed: BTreeMap<u32, usize>,
    /// What it removed and its twin never had.
    dropped: BTreeMap<u32, usize>,
}

impl Numbered {
    fn new(ids: &mut Ids, side: Side<'_>) -> Self {
        let (base, head) = (ids.items(side.base), ids.items(side.head));
        let aligned = align(&base, &head);
        let (added, removed, dropped) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { base, head, aligned, added, removed, dropped }
    }
}

fn take(counts: &mut BTreeMap<u32, usize>, id: u32) -> bool {
    match counts.get_mut(&id) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        Some(_) | None => false,
    }
}

fn has(counts: &BTreeMap<u32, usize>, id: u32) -> bool {
    counts.get(&id).is_some_and(|count| *count > 0)
}

/// Compares two lists of items.
pub(super) fn compare(c: &mut Comparing<'_, '_>, keys: &[String], left: Side<'_>, right: Side<'_>) {
    let mut ids = Ids { numbers: HashMap::new(), shown: Vec::new(), typed: c.typed };
    let mut l = Numbered::new(&mut ids, left);
    let mut r = Numbered::new(&mut ids, right);
    let mut items = Items { c, keys, ids: &ids };
    let mirrored = items.count(&mut l, &mut r);
    items.divergent(&mut l, &mut r);
    items.replaced(TwinSide::Left, &mut l);
    items.replaced(TwinSide::Right, &mut r);
    items.alike(&mut l, &mut r);
    items.rest(TwinSide::Left, &l);
    items.rest(TwinSide::Right, &r);
    let elsewhere = Places::new(&l.head, &r.head);
    let mut apart = 0;
    for (id, side, change, reason) in mirrored {
        let added = matches!(change, TwinChange::Added { .. }) && reason.is_none();
        match elsewhere.other(id).filter(|_| added && apart < MOST_APART) {
            Some(places) => {
                apart += 1;
                let words = places.words(|id| items.ids.shown(id));
                items.tell(TwinState::Divergent, side, change, Some(&words));
            }
            None => items.tell(TwinState::Mirrored, side, change, reason),
        }
    }
    items.order(&l, &r);
}

/// Compares only the order of the names of two lists.
pub(super) fn compare_order(
    c: &mut Comparing<'_, '_>,
    keys: &[String],
    left: Side<'_>,
    right: Side<'_>,
) {
    let mut ids = Ids { numbers: HashMap::new(), shown: Vec::new(), typed: c.typed };
    let l = Numbered::new(&mut ids, left);
    let r = Numbered::new(&mut ids, right);
    Items { c, keys, ids: &ids }.order(&l, &r);
}

type Mirrored = (u32, TwinSide, TwinChange, Option<&'static str>);

/// Of a list that was written anew in another order, some tell enough.
const MOST_APART: usize = 20;

struct Items<'x, 't, 'p> {
    c: &'x mut Comparing<'t, 'p>,
    keys: &'x [String],
    ids: &'x Ids,
}

impl Items<'_, '_, '_> {
    fn added(&self, id: u32) -> TwinChange {
        TwinChange::Added { item: self.ids.shown(id) }
    }

    fn removed(&self, id: u32) -> TwinChange {
        TwinChange::Removed { item: self.ids.shown(id) }
    }

    fn tell(&mut self, state: TwinState, side: TwinSide, change: TwinChange, reason: Option<&str>) {
        self.c.telling.tell(state, self.keys, side, change, reason);
    }

    /// Counts every item on each side before and after; what remains is left in `l` and `r`.
    fn count(&mut self, l: &mut Numbered, r: &mut Numbered) -> Vec<Mirrored> {
        let mut order: Vec<u32> = Vec::new();
        let mut counts: HashMap<u32, [i64; 4]> = HashMap::new();
        for (place, list) in [&l.base, &l.head, &r.base, &r.head].into_iter().enumerate() {
            for id in list {
                let count = counts.entry(*id).or_insert_with(|| {
                    order.push(*id);
                    [0; 4]
                });
                count[place] += 1;
            }
        }
        let mut mirrored = Vec::new();
        for id in order {
            let [lb, lh, rb, rh] = counts[&id];
            let (dl, dr) = (lh - lb, rh - rb);
            if dl == 0 && dr == 0 {
                if lb != rb {
                    let side = if lb > rb { TwinSide::Left } else { TwinSide::Right };
                    let change = TwinChange::Differs { item: self.ids.shown(id) };
                    self.tell(TwinState::OnlyHere, side, change, None);
                }
                continue;
            }
            let both =
                if dl.signum() == dr.signum() { dl.abs().min(dr.abs()) * dl.signum() } else { 0 };
            if both != 0 {
                let change = if both > 0 { self.added(id) } else { self.removed(id) };
                mirrored.push((id, TwinSide::Left, change, None));
            }
            let before = lb - rb;
            for (side, own, rest, ahead) in [
                (TwinSide::Left, &mut *l, dl - both, before),
                (TwinSide::Right, &mut *r, dr - both, -before),
            ] {
                // A change against the difference that was there closes it.
                let opposed = (ahead > 0 && rest < 0) || (ahead < 0 && rest > 0);
                let closing = if opposed && dl.signum() * dr.signum() >= 0 {
                    ahead.abs().min(rest.abs())
                } else {
                    0
                };
                let open = usize::try_from(rest.abs() - closing).unwrap_or(0);
                if closing > 0 && rest > 0 {
                    mirrored.push((id, side, self.added(id), Some(CAUGHT_UP)));
                } else if closing > 0 {
                    own.dropped.insert(id, usize::try_from(closing).unwrap_or(0));
                }
                if open > 0 && rest > 0 {
                    own.added.insert(id, open);
                } else if open > 0 {
                    own.removed.insert(id, open);
                }
            }
        }
        mirrored
    }

    /// Where both replaced the same item by others, or one added what the other removed.
    fn divergent(&mut self, l: &mut Numbered, r: &mut Numbered) {
        for (old, new) in l.aligned.replaced.clone() {
            let other = r
                .aligned
                .replaced
                .iter()
                .copied()
                .find(|(was, now)| *was == old && *now != new && has(&r.added, *now));
            let Some((_, now)) = other.filter(|_| has(&l.added, new)) else { continue };
            take(&mut l.added, new);
            take(&mut r.added, now);
            take(&mut l.removed, old);
            take(&mut r.removed, old);
            let change = TwinChange::Changed { from: self.ids.shown(old), to: self.ids.shown(new) };
            let reason = format!("its twin became {}", self.ids.shown(now));
            self.tell(TwinState::Divergent, TwinSide::Left, change, Some(&reason));
        }
        for id in l.added.keys().copied().collect::<Vec<_>>() {
            if take(&mut r.removed, id) {
                take(&mut l.added, id);
                let change = self.added(id);
                self.tell(
                    TwinState::Divergent,
                    TwinSide::Left,
                    change,
                    Some("its twin removed it"),
                );
            }
        }
        for id in l.removed.keys().copied().collect::<Vec<_>>() {
            if take(&mut r.added, id) {
                take(&mut l.removed, id);
                let change = self.removed(id);
                self.tell(TwinState::Divergent, TwinSide::Left, change, Some("its twin added it"));
            }
        }
    }

    /// What took the place of something on one side only.
    fn replaced(&mut self, side: TwinSide, own: &mut Numbered) {
        for (old, new) in own.aligned.replaced.clone() {
            if !has(&own.added, new) || !(has(&own.removed, old) || has(&own.dropped, old)) {
                continue;
            }
            take(&mut own.added, new);
            let _ = take(&mut own.removed, old) || take(&mut own.dropped, old);
            let change = TwinChange::Changed { from: self.ids.shown(old), to: self.ids.shown(new) };
            self.tell(TwinState::MissingTwin, side, change, None);
        }
    }

    /// Where both added nearly the same.
    fn alike(&mut self, l: &mut Numbered, r: &mut Numbered) {
        const MOST: usize = 200;
        if l.added.len() > MOST || r.added.len() > MOST {
            return;
        }
        for new in l.added.keys().copied().collect::<Vec<_>>() {
            let text = self.ids.shown(new);
            let near = r
                .added
                .iter()
                .filter(|(_, count)| **count > 0)
                .map(|(id, _)| *id)
                .find(|id| likeness(&text, &self.ids.shown(*id)) >= ALIKE);
            let Some(near) = near.filter(|_| take(&mut l.added, new)) else { continue };
            take(&mut r.added, near);
            let change = self.added(new);
            let reason = format!("its twin added {}", self.ids.shown(near));
            self.tell(TwinState::Divergent, TwinSide::Left, change, Some(&reason));
        }
    }

    fn rest(&mut self, side: TwinSide, own: &Numbered) {
        // In the order of the list, so that it can be copied.
        let mut told = HashSet::new();
        for id in own.head.iter().filter(|id| has(&own.added, **id)) {
            if told.insert(*id) {
                let change = self.added(*id);
                self.tell(TwinState::MissingTwin, side, change, None);
            }
        }
        for id in own.base.iter().filter(|id| has(&own.removed, **id)) {
            if told.insert(*id) {
                let change = self.removed(*id);
                self.tell(TwinState::MissingTwin, side, change, None);
            }
        }
        for id in own.dropped.iter().filter(|(_, count)| **count > 0).map(|(id, _)| *id) {
            let change = self.removed(id);
            self.tell(TwinState::Mirrored, side, change, Some("its twin never had it"));
        }
    }

    /// What stands in another place among the items that both have.
    fn order(&mut self, l: &Numbered, r: &Numbered) {
        if l.aligned.moved.is_empty() && r.aligned.moved.is_empty() {
            return;
        }
        let ordered = Order::new([&l.base, &l.head], [&r.base, &r.head]);
        let mut told = HashSet::new();
        for (side, own, other) in [(TwinSide::Left, l, r), (TwinSide::Right, r, l)] {
            for id in &own.aligned.moved {
                let (state, reason) = ordered.judge(*id, side, other.aligned.moved.contains(id));
                if told.insert(*id) {
                    let change = TwinChange::Moved { item: self.ids.shown(*id) };
                    self.tell(state, side, change, reason);
                }
            }
        }
    }
}

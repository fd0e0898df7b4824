//! Twins: parts of files that must change together, compared three ways.
//!
//! A plain comparison of two parts drowns what is new in what always differed. So each side is
//! compared with itself, base to head, and every change in one wants its equal in the other:
//!
//! `parse` (bytes) → `select` (the part) → `spelling` and `normal` (one spelling) → `compare`
//! (maps by key, scalars by value, `list` as ordered multisets) → `accept`.
//!
//! A change against a difference that was there before closes it, and counts as mirrored. A part
//! that cannot be read, or that is nowhere now, is never taken for an unchanged one.

mod accept;
mod align;
mod compare;
mod edit;
mod list;
mod node;
mod normal;
mod order;
mod parse;
mod places;
mod select;
mod spelling;
mod suggest;
mod tell;

use jiff::civil::Date;
use plimsoll_core::catalog::{Selector, TwinPair, TwinPart};
use plimsoll_core::record::{TwinAnswer, TwinChange, TwinSide, TwinState};

use compare::{Comparing, Side};
use node::{Kind, Node};
use normal::normal;
use spelling::Spelling;
use tell::Telling;

pub use parse::LARGEST_BYTES;
pub use suggest::{Candidates, Commit, FileChange, Proposal, Rules, Step, Witness, propose};

/// A file as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// It is not there.
    Missing,
    /// Its content.
    Bytes(Vec<u8>),
    /// The content of one that may be run as a program.
    Program(Vec<u8>),
    /// It is there and was not read; why.
    Unreadable(String),
}

/// A file before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwinFile {
    /// Before.
    pub base: Found,
    /// After.
    pub head: Found,
}

/// Compares the two parts of a pair; `today` is the day in UTC. The answers that do not pass come
/// first.
#[must_use]
pub fn diff(pair: &TwinPair, left: &TwinFile, right: &TwinFile, today: Date) -> Vec<TwinAnswer> {
    let mut telling = Telling::new(pair);
    let spelling = match Spelling::new(&pair.mapping) {
        Ok(spelling) => spelling,
        Err(why) => {
            let change = TwinChange::Unreadable { item: "the mapping".to_owned() };
            telling.tell(TwinState::Unparsable, &[], TwinSide::Left, change, Some(&why));
            return answers(telling);
        }
    };
    let mut parts = Vec::new();
    for (side, file) in [(TwinSide::Left, left), (TwinSide::Right, right)] {
        let told = telling.answers.len();
        let base = read(&mut telling, pair, side, &file.base, "before", &spelling);
        let head = read(&mut telling, pair, side, &file.head, "now", &spelling);
        if telling.answers.len() == told && head.is_none() {
            let why = nowhere(base.is_some(), file);
            let change = TwinChange::Unreadable { item: part_of(pair, side).file.clone() };
            telling.tell(TwinState::Unparsable, &[], side, change, Some(why));
        }
        parts.push([base, head]);
    }
    if let ([[lb, lh], [rb, rh]], true) = (parts.as_slice(), telling.answers.is_empty()) {
        let untyped = [lb, lh, rb, rh].into_iter().flatten().any(Node::is_untyped);
        let left_part = Side { base: lb.as_ref(), head: lh.as_ref() };
        let right_part = Side { base: rb.as_ref(), head: rh.as_ref() };
        let mut comparing = Comparing { telling: &mut telling, typed: !untyped };
        comparing.value(&[], left_part, right_part);
        if [&pair.left, &pair.right].iter().all(|part| is_whole(part)) {
            modes(&mut comparing, left, right);
        }
    }
    accept::apply(&mut telling.answers, &pair.accepted, &spelling, today);
    answers(telling)
}

/// Answers of several pairs as one list: what several pairs say alike is said once.
#[must_use]
pub fn merge(all: Vec<TwinAnswer>) -> Vec<TwinAnswer> {
    let mut merged: Vec<TwinAnswer> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for answer in all {
        let key = (answer.state, answer.place.clone(), answer.change.clone());
        match places.get(&key) {
            Some(&at) => {
                let known: &mut TwinAnswer = &mut merged[at];
                for pair in answer.pairs {
                    if !known.pairs.contains(&pair) {
                        known.pairs.push(pair);
                    }
                }
            }
            None => {
                places.insert(key, merged.len());
                merged.push(answer);
            }
        }
    }
    merged.sort_by_key(|answer| answer.state);
    merged
}

/// Whether a part is all of its file.
const fn is_whole(part: &TwinPart) -> bool {
    matches!(part.selector, Selector::Whole | Selector::Lines)
}

/// A file that may be run, and one that may not, do not do the same, whatever is in them.
fn modes(comparing: &mut Comparing<'_, '_>, left: &TwinFile, right: &TwinFile) {
    let mode = |found: &Found| match found {
        Found::Program(_) => Some("a program"),
        // One that is new was none before.
        Found::Bytes(_) | Found::Missing => Some("no program"),
        Found::Unreadable(_) => None,
    };
    let nodes: Vec<Node> = [&left.base, &left.head, &right.base, &right.head]
        .into_iter()
        .filter_map(mode)
        .map(|words| Node::scalar(Kind::Text, words))
        .collect();
    let [left_base, left_head, right_base, right_head] = nodes.as_slice() else { return };
    let left = Side { base: Some(left_base), head: Some(left_head) };
    let right = Side { base: Some(right_base), head: Some(right_head) };
    comparing.value(&["mode".to_owned()], left, right);
}

/// Why a part that is not there now can be compared with nothing. One that was there before is no
/// removal to be mirrored: it may be written on somewhere else, and no change of it would be seen.
fn nowhere(was_there: bool, file: &TwinFile) -> &'static str {
    match (was_there, file.head == Found::Missing) {
        (true, true) => {
            "the file was there before and is nowhere now; was it moved? Name its new place in  twins:  or take the pair out"
        }
        (true, false) => {
            "the part was there before and is nowhere in the file now; was it moved? Name its new place in  twins:  or take the pair out"
        }
        (false, true) if file.base == Found::Missing => {
            "there is no such file, neither before nor now"
        }
        (false, _) => "there is no such part, neither before nor now",
    }
}

fn part_of(pair: &TwinPair, side: TwinSide) -> &TwinPart {
    match side {
        TwinSide::Left => &pair.left,
        TwinSide::Right => &pair.right,
    }
}

fn read(
    telling: &mut Telling<'_>,
    pair: &TwinPair,
    side: TwinSide,
    found: &Found,
    when: &str,
    spelling: &Spelling,
) -> Option<Node> {
    let part = part_of(pair, side);
    let result = match found {
        Found::Missing => return None,
        Found::Unreadable(why) => Err(why.clone()),
        Found::Bytes(bytes) | Found::Program(bytes) => {
            select::part(bytes, part).map_err(|error| error.to_string())
        }
    };
    let prepared = result.and_then(|node| match node {
        None => Ok(None),
        Some(node) => {
            let spell = |text: &str| match side {
                TwinSide::Left => spelling.spell(text),
                TwinSide::Right => text.to_owned(),
            };
            let prepared = node.prepared(&spell, &normal);
            match prepared.double_key() {
                Some(key) => Err(format!("the mapping makes two keys into `{key}`")),
                None => Ok(Some(prepared)),
            }
        }
    });
    prepared.unwrap_or_else(|why| {
        let change = TwinChange::Unreadable { item: format!("{} as it is {when}", part.file) };
        telling.tell(TwinState::Unparsable, &[], side, change, Some(&why));
        None
    })
}

fn answers(telling: Telling<'_>) -> Vec<TwinAnswer> {
    merge(telling.answers.into_iter().map(|told| told.answer).collect())
}

//! Tables and lists that are there and hold nothing any more.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::facts::PageFacts;
use super::findings::Finding;

/// A table or a list, by its name and what names it on the page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Listed {
    /// A number for it.
    pub on: u32,
    /// Its name: `table#orders`.
    pub name: String,
    /// How many rows with something in them it has.
    pub rows: u32,
    /// A number for each text that stands around it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<u32>,
}

/// Fewer rows come and go.
const MANY: u32 = 3;

/// Tables and lists that had rows on the good page, and have none here, while nothing around them says so.
/// What is not there at all is another page, and so is one of which half is new.
pub(super) fn emptied(facts: &PageFacts, good: &PageFacts) -> Vec<Finding> {
    if !is_same_page(facts, good) {
        return Vec::new();
    }
    let rows = |all: &[Listed], on: u32| {
        let same = all.iter().filter(|one| one.on == on);
        same.map(|one| one.rows).fold(0_u32, u32::saturating_add)
    };
    let mut told = BTreeSet::new();
    let mut found = Vec::new();
    for empty in facts.lists.iter().filter(|one| one.rows == 0) {
        let there = rows(&good.lists, empty.on);
        if there < MANY || rows(&facts.lists, empty.on) > 0 || !told.insert(empty.on) {
            continue;
        }
        let known = good.lists.iter().filter(|one| one.on == empty.on).flat_map(|one| &one.beside);
        let known: BTreeSet<u32> = known.copied().collect();
        if empty.beside.iter().all(|text| known.contains(text)) {
            let name = &empty.name;
            let words = format!("{name} is empty, and has {there} rows on the good page");
            found.push(Finding::release(words));
        }
    }
    found
}

/// Whether half of the kinds of elements of the good page are here.
fn is_same_page(facts: &PageFacts, good: &PageFacts) -> bool {
    let here: BTreeSet<u32> = facts.looks.iter().map(|look| look.kind).collect();
    let kept = good.looks.iter().filter(|look| here.contains(&look.kind)).count();
    kept * 2 >= good.looks.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(lists: &[(u32, u32, &[u32])]) -> PageFacts {
        let one = |(on, rows, beside): &(u32, u32, &[u32])| {
            let name = format!("ul.{on}");
            Listed { on: *on, name, rows: *rows, beside: beside.to_vec() }
        };
        PageFacts { lists: lists.iter().map(one).collect(), ..PageFacts::default() }
    }

    #[test]
    fn a_list_is_emptied_where_it_is_there_and_nobody_says_that_it_is_empty() {
        let good = facts(&[(1, 12, &[7]), (2, 2, &[])]);
        for (what, here, told) in [
            ("no rows", facts(&[(1, 0, &[7])]), true),
            ("and nothing around it", facts(&[(1, 0, &[])]), true),
            ("one row", facts(&[(1, 1, &[])]), false),
            ("«nothing today»", facts(&[(1, 0, &[7, 8])]), false),
            ("it is gone", facts(&[(3, 0, &[])]), false),
            ("it had two", facts(&[(2, 0, &[])]), false),
            ("another one of its name has some", facts(&[(1, 0, &[]), (1, 4, &[])]), false),
        ] {
            assert_eq!(emptied(&here, &good).len(), usize::from(told), "{what}");
        }
    }
}

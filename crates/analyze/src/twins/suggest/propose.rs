//! Which parts change together, and how alike they are.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::twins::node::Node;

use super::history::{Candidates, Change};
use super::parts::{Touched, touched, tree};
use super::{Rules, Step};

/// The largest version of a file that is taken apart.
const LARGEST_BYTES: usize = 512 << 10;

/// The commits that are shown for a pair.
const MOST_WITNESSES: usize = 5;

/// A change with more parts says nothing about two of them.
const MOST_PARTS: usize = 120;

/// Two parts that changed together.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// One part, as in a configuration.
    pub left: String,
    /// The other.
    pub right: String,
    /// In how many changes both changed.
    pub support: u32,
    /// In how many changes the busier of the two changed.
    pub changes: u32,
    /// The one divided by the other.
    pub confidence: f64,
    /// How alike the parts and their changes are: 0 to 1.
    pub similarity: f64,
    /// Commits that show it, newest first.
    pub commits: Vec<Witness>,
}

/// A commit in which both parts changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// Its object id.
    pub id: String,
    /// What it is called.
    pub subject: String,
    /// When it was committed.
    ///
    /// # Units
    /// Seconds since 1970.
    pub at: i64,
}

#[derive(Debug, Default)]
struct Pair {
    changes: Vec<usize>,
    alike: f64,
}

/// Takes the versions apart and proposes pairs, the best first. `content` reads an object by id.
pub fn propose(
    candidates: &Candidates,
    steps: &[Step],
    rules: &Rules,
    content: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
) -> Vec<Proposal> {
    let mut trees = Trees { content, last: HashMap::new() };
    let mut by_change: BTreeMap<usize, BTreeMap<String, Touched>> = BTreeMap::new();
    for step in steps {
        let new = trees.of(&step.path, step.new.as_deref());
        let old = trees.of(&step.path, step.old.as_deref());
        let parts = by_change.entry(step.change).or_default();
        for (part, what) in touched(old.as_ref(), new.as_ref()) {
            let name =
                if part.is_empty() { step.path.clone() } else { format!("{}#{part}", step.path) };
            let known = parts.entry(name).or_default();
            known.changes.extend(what.changes);
            if known.items.is_empty() {
                known.items = what.items;
            }
        }
        trees.keep(&step.path, step.old.as_deref(), old);
    }
    rank(&candidates.changes, &by_change, rules)
}

struct Trees<'c> {
    content: &'c mut dyn FnMut(&str) -> Option<Vec<u8>>,
    /// The last version of each file: the next older change begins with it.
    last: HashMap<String, (String, Option<Node>)>,
}

impl Trees<'_> {
    fn of(&mut self, path: &str, blob: Option<&str>) -> Option<Node> {
        let blob = blob?;
        if let Some((known, node)) = self.last.get(path)
            && known == blob
        {
            return node.clone();
        }
        let bytes = (self.content)(blob)?;
        if bytes.len() > LARGEST_BYTES { None } else { tree(path, &bytes) }
    }

    fn keep(&mut self, path: &str, blob: Option<&str>, node: Option<Node>) {
        if let Some(blob) = blob {
            self.last.insert(path.to_owned(), (blob.to_owned(), node));
        }
    }
}

fn rank(
    changes: &[Change],
    by_change: &BTreeMap<usize, BTreeMap<String, Touched>>,
    rules: &Rules,
) -> Vec<Proposal> {
    let mut counts: HashMap<&str, u32> = HashMap::new();
    let mut latest: HashMap<&str, &Touched> = HashMap::new();
    let mut pairs: BTreeMap<(&str, &str), Pair> = BTreeMap::new();
    for (change, parts) in by_change.iter().filter(|(_, parts)| parts.len() <= MOST_PARTS) {
        let parts: Vec<(&String, &Touched)> = parts.iter().collect();
        for (index, (a, in_a)) in parts.iter().enumerate() {
            *counts.entry(a).or_default() += 1;
            latest.entry(a).or_insert(in_a);
            for (b, in_b) in &parts[index + 1..] {
                let pair = pairs.entry((a, b)).or_default();
                pair.changes.push(*change);
                pair.alike += share(&in_a.changes, &in_b.changes);
            }
        }
    }
    let mut proposals: Vec<Proposal> = pairs
        .into_iter()
        .filter_map(|((a, b), pair)| {
            let structure = share(&latest.get(a)?.items, &latest.get(b)?.items);
            let busier = (*counts.get(a)?).max(*counts.get(b)?);
            of_pair(changes, (a, b), &pair, busier, structure)
        })
        .filter(|one| {
            one.support >= rules.min_support
                && one.confidence >= rules.min_confidence
                && one.similarity >= rules.min_similarity
        })
        .collect();
    let weight = |one: &Proposal| f64::from(one.support) * one.confidence * one.similarity;
    proposals.sort_by(|a, b| weight(b).total_cmp(&weight(a)).then_with(|| a.left.cmp(&b.left)));
    proposals.truncate(rules.most_proposals);
    proposals
}

fn of_pair(
    changes: &[Change],
    (left, right): (&str, &str),
    pair: &Pair,
    busier: u32,
    structure: f64,
) -> Option<Proposal> {
    let support = u32::try_from(pair.changes.len()).ok()?;
    let alike = pair.alike / f64::from(support.max(1));
    let witness = |at: &usize| {
        let change = changes.get(*at)?;
        Some(Witness { id: change.id.clone(), subject: change.subject.clone(), at: change.at })
    };
    Some(Proposal {
        left: left.to_owned(),
        right: right.to_owned(),
        support,
        changes: busier,
        confidence: f64::from(support) / f64::from(busier.max(1)),
        similarity: f64::midpoint(alike, structure),
        commits: pair.changes.iter().filter_map(witness).take(MOST_WITNESSES).collect(),
    })
}

/// The share of the smaller set that is in the other.
fn share(a: &BTreeSet<String>, b: &BTreeSet<String>) -> f64 {
    let smaller = a.len().min(b.len());
    if smaller == 0 {
        return 0.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of items are small")]
    let share = a.intersection(b).count() as f64 / smaller as f64;
    share
}

#[cfg(test)]
mod tests {
    use super::super::{Commit, FileChange};
    use super::*;

    /// A history, oldest first, of versions of files by name.
    fn mine(history: &[&[(&str, &str)]], rules: Rules) -> Vec<Proposal> {
        let mut now: HashMap<&str, String> = HashMap::new();
        let mut blobs: HashMap<String, Vec<u8>> = HashMap::new();
        let mut commits = Vec::new();
        for (number, files) in history.iter().enumerate() {
            let mut changed = Vec::new();
            for (path, text) in *files {
                let id = format!("b{}", blobs.len());
                blobs.insert(id.clone(), text.as_bytes().to_vec());
                let old = now.insert(path, id.clone());
                changed.push(FileChange { path: (*path).to_owned(), old, new: Some(id) });
            }
            commits.push(Commit {
                id: format!("c{number}"),
                at: i64::try_from(number).expect("small") * 1_000_000,
                subject: format!("change {number}"),
                change: None,
                files: changed,
            });
        }
        let mut candidates = Candidates::default();
        commits.into_iter().rev().for_each(|commit| candidates.add(commit, &rules));
        let steps = candidates.steps(&rules);
        propose(&candidates, &steps, &rules, &mut |id| blobs.get(id).cloned())
    }

    #[test]
    fn lists_that_grow_together_are_proposed_and_others_are_not() {
        let version = |n: usize| {
            let steps: Vec<String> = (0..n).map(|step| format!("\"@step-{step}\"")).collect();
            let steps = steps.join(",");
            format!(
                "{{\"scripts\": {{\"vm\": [\"@only\",{steps}], \"k8s\": [{steps}]}}, \"version\": {n}}}"
            )
        };
        let texts: Vec<String> = (1..7).map(version).collect();
        let history: Vec<Vec<(&str, &str)>> =
            texts.iter().map(|text| vec![("composer.json", text.as_str())]).collect();
        let history: Vec<&[(&str, &str)]> = history.iter().map(Vec::as_slice).collect();
        let found = mine(&history, Rules::default());
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!(
            (found[0].left.as_str(), found[0].right.as_str()),
            ("composer.json#/scripts/k8s", "composer.json#/scripts/vm")
        );
        assert_eq!((found[0].support, found[0].commits[0].id.as_str()), (6, "c5"));
        assert!(found[0].similarity > 0.9);
        let often = Rules { min_support: 7, ..Rules::default() };
        assert_eq!(mine(&history, often), []);
    }

    #[test]
    fn commits_of_one_change_within_a_day_count_as_one() {
        let rules = Rules::default();
        let commit = |id: &str, at: i64, path: &str| Commit {
            id: id.to_owned(),
            at,
            subject: String::new(),
            change: Some("PLANET-2346".to_owned()),
            files: vec![FileChange { path: path.to_owned(), old: None, new: Some("b".to_owned()) }],
        };
        let mut candidates = Candidates::default();
        candidates.add(commit("c2", 90_000, "b.yaml"), &rules);
        candidates.add(commit("c1", 10_000, "a.yaml"), &rules);
        assert_eq!(candidates.changes.len(), 1);
        candidates.add(commit("c0", -100_000, "a.yaml"), &rules);
        assert_eq!(candidates.changes.len(), 2);
    }
}

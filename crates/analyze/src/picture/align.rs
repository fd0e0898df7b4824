//! Which row of one picture is which row of the other, so that an inserted banner is one change
//! and not a changed page.
//!
//! Rows that occur once in both pictures and in the same order are anchors (patience diff); what
//! lies between two anchors is aligned again, in the end by how like its rows are.

use std::collections::HashMap;

use super::print::Print;

/// A stretch of rows, and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    /// The first row in the first picture.
    pub a: u32,
    /// The first row in the second picture.
    pub b: u32,
    /// How many rows.
    pub rows: u32,
    /// What became of them.
    pub fate: Fate,
}

impl Run {
    /// Whether only one picture has it.
    pub(super) const fn is_alone(&self) -> bool {
        matches!(self.fate, Fate::Removed | Fate::Added)
    }
}

/// What became of a stretch of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// They are the same.
    Kept,
    /// They stand for each other, and differ.
    Paired,
    /// They are only in the first picture.
    Removed,
    /// They are only in the second picture.
    Added,
}

/// How often what lies between anchors is looked through for further ones.
const DEEPEST: u32 = 16;
/// Aligns the rows; runs come in order and cover both pictures.
pub(super) fn align(first: &[Print], second: &[Print]) -> Vec<Run> {
    let mut aligner = Aligner { first, second, runs: Vec::new() };
    aligner.gap(0..first.len(), 0..second.len(), 0);
    without_detours(&aligner.runs)
}

type Span = std::ops::Range<usize>;

struct Aligner<'a> {
    first: &'a [Print],
    second: &'a [Print],
    runs: Vec<Run>,
}

impl Aligner<'_> {
    /// Aligns what lies between two anchors.
    fn gap(&mut self, a: Span, b: Span, depth: u32) {
        let head = equal_head(&self.first[a.clone()], &self.second[b.clone()]);
        self.push(Fate::Kept, a.start, b.start, head);
        let (a, b) = (a.start + head..a.end, b.start + head..b.end);
        let tail = equal_tail(&self.first[a.clone()], &self.second[b.clone()]);
        let (a_end, b_end) = (a.end - tail, b.end - tail);
        self.middle(a.start..a_end, b.start..b_end, depth);
        self.push(Fate::Kept, a_end, b_end, tail);
    }

    fn middle(&mut self, a: Span, b: Span, depth: u32) {
        if a.is_empty() || b.is_empty() {
            self.push(Fate::Removed, a.start, b.start, a.len());
            self.push(Fate::Added, a.end, b.start, b.len());
            return;
        }
        let anchors = if depth < DEEPEST { self.anchors(&a, &b) } else { Vec::new() };
        if anchors.is_empty() {
            self.by_likeness(a, b);
            return;
        }
        let (mut from_a, mut from_b) = (a.start, b.start);
        for (at_a, at_b) in anchors {
            if at_a < from_a || at_b < from_b {
                continue;
            }
            self.gap(from_a..at_a + 1, from_b..at_b + 1, depth + 1);
            (from_a, from_b) = (at_a + 1, at_b + 1);
        }
        self.gap(from_a..a.end, from_b..b.end, depth + 1);
    }

    /// Rows that occur once in either stretch, in the longest order that both share.
    fn anchors(&self, a: &Span, b: &Span) -> Vec<(usize, usize)> {
        let mut seen: HashMap<u64, [Option<usize>; 2]> = HashMap::new();
        let mut twice: HashMap<u64, ()> = HashMap::new();
        let sides = [(0, self.first, a), (1, self.second, b)];
        for (side, prints, span) in sides {
            for at in span.clone().filter(|at| !prints[*at].flat) {
                let places = seen.entry(prints[at].hash).or_default();
                if places[side].replace(at).is_some() {
                    twice.insert(prints[at].hash, ());
                }
            }
        }
        let mut once: Vec<(usize, usize)> = a
            .clone()
            .filter(|at| !twice.contains_key(&self.first[*at].hash))
            .filter_map(|at| match seen.get(&self.first[at].hash) {
                Some([Some(a), Some(b)]) if *a == at => Some((*a, *b)),
                Some(_) | None => None,
            })
            .collect();
        longest_rising(&mut once);
        once
    }

    /// Pairs rows from both ends, and leaves over what is too many where that costs least: a block
    /// that came or went within a stretch that changed is still one block.
    fn by_likeness(&mut self, a: Span, b: Span) {
        let pairs = a.len().min(b.len());
        let head = if a.len() == b.len() { pairs } else { self.best_split(&a, &b) };
        self.push(Fate::Paired, a.start, b.start, head);
        self.push(Fate::Removed, a.start + head, b.start + head, a.len() - pairs);
        self.push(Fate::Added, a.start + head, b.start + head, b.len() - pairs);
        self.push(Fate::Paired, a.end - (pairs - head), b.end - (pairs - head), pairs - head);
    }

    /// How many rows are paired from the top; the others are paired from the bottom.
    fn best_split(&self, a: &Span, b: &Span) -> usize {
        let (first, second) = (&self.first[a.clone()], &self.second[b.clone()]);
        let unlike = |(a, b): (&Print, &Print)| i64::from(a.unlike(b));
        let from_top = first.iter().zip(second).map(unlike);
        let from_bottom: Vec<i64> =
            first.iter().rev().zip(second.iter().rev()).map(unlike).collect();
        // Each row that is paired from the top is one less from the bottom.
        let (mut cost, mut best, mut head) = (0, 0, 0);
        for (at, (top, bottom)) in from_top.zip(from_bottom.iter().rev()).enumerate() {
            cost += top - bottom;
            if cost < best {
                (best, head) = (cost, at + 1);
            }
        }
        head
    }

    /// Adds a run, or makes the last one longer.
    fn push(&mut self, fate: Fate, a: usize, b: usize, rows: usize) {
        if rows == 0 {
            return;
        }
        let [a, b, rows] = [a, b, rows].map(|n| u32::try_from(n).unwrap_or(u32::MAX));
        match self.runs.last_mut() {
            Some(last) if last.fate == fate => last.rows += rows,
            Some(_) | None => self.runs.push(Run { a, b, rows, fate }),
        }
    }
}

/// Takes back the detours that are not worth it: stretches where rows move away and back again, and
/// fewer find each other than were torn apart for it. A few rows that happen to be equal are no
/// reason to take what is around them for unrelated.
fn without_detours(runs: &[Run]) -> Vec<Run> {
    let mut kept: Vec<Run> = Vec::with_capacity(runs.len());
    let mut at = 0;
    while let Some(run) = runs.get(at) {
        let detour = if run.is_alone() { detour(&runs[at..]) } else { None };
        let (next, taken) = detour
            .map_or((*run, 1), |(rows, taken)| (Run { rows, fate: Fate::Paired, ..*run }, taken));
        match kept.last_mut() {
            Some(last) if last.fate == next.fate => last.rows += next.rows,
            Some(_) | None => kept.push(next),
        }
        at += taken;
    }
    kept
}

/// The rows of a detour that begins here and is not worth it, and how many runs it has.
fn detour(runs: &[Run]) -> Option<(u32, usize)> {
    let start = runs.first()?;
    let (mut found, mut alone) = (0, 0);
    for (at, run) in runs.iter().enumerate() {
        let (mut a, mut b) = (run.a, run.b);
        match run.fate {
            Fate::Kept => found += run.rows,
            Fate::Paired => {}
            Fate::Removed => a += run.rows,
            Fate::Added => b += run.rows,
        }
        if run.is_alone() {
            alone += run.rows;
            if b.abs_diff(start.b) == a.abs_diff(start.a) {
                return (found < alone).then_some((a - start.a, at + 1));
            }
        }
    }
    None
}

fn equal_head(first: &[Print], second: &[Print]) -> usize {
    first.iter().zip(second).take_while(|(a, b)| a.hash == b.hash).count()
}

fn equal_tail(first: &[Print], second: &[Print]) -> usize {
    let pairs = first.iter().rev().zip(second.iter().rev());
    pairs.take_while(|(a, b)| a.hash == b.hash).count()
}

/// Leaves the longest part whose second numbers rise; the first ones do already.
fn longest_rising(pairs: &mut Vec<(usize, usize)>) {
    // `ends[n]`: the pair with the smallest second number that ends a rise of n + 1 pairs.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; pairs.len()];
    for (at, (_, second)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| pairs[*end].1 < *second);
        before[at] = length.checked_sub(1).map(|shorter| ends[shorter]);
        if length == ends.len() { ends.push(at) } else { ends[length] = at }
    }
    let mut rising = Vec::with_capacity(ends.len());
    let mut next = ends.last().copied();
    while let Some(at) = next {
        rising.push(pairs[at]);
        next = before[at];
    }
    rising.reverse();
    *pairs = rising;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prints(rows: &str) -> Vec<Print> {
        let print = |c: u8| Print { hash: u64::from(c), sketch: [c; 16], flat: c == b'.' };
        rows.bytes().map(print).collect()
    }

    fn aligned(first: &str, second: &str) -> String {
        let runs = align(&prints(first), &prints(second));
        let mut shown = String::new();
        let (mut a, mut b) = (0, 0);
        for run in runs {
            assert_eq!((run.a, run.b), (a, b), "runs follow each other: {run:?}");
            let (mark, in_a, in_b) = match run.fate {
                Fate::Kept => ('=', 1, 1),
                Fate::Paired => ('~', 1, 1),
                Fate::Removed => ('-', 1, 0),
                Fate::Added => ('+', 0, 1),
            };
            a += in_a * run.rows;
            b += in_b * run.rows;
            shown.push_str(&format!("{mark}{}", run.rows));
        }
        assert_eq!((a as usize, b as usize), (first.len(), second.len()));
        shown
    }

    #[test]
    fn an_inserted_stretch_is_one_run() {
        assert_eq!(aligned("abcdef", "abcXYZdef"), "=3+3=3");
        assert_eq!(aligned("abcXYZdef", "abcdef"), "=3-3=3");
        assert_eq!(aligned("..a..b..", "..a....b.."), "=5+2=3");
        assert_eq!(aligned("", "abc"), "+3");
        assert_eq!(aligned("abc", "abc"), "=3");
    }

    #[test]
    fn a_change_beside_an_insertion_stays_a_change() {
        assert_eq!(aligned("abcdefgh", "abcXYdefgQ"), "=3+2=4~1");
        assert_eq!(aligned("aKb", "aMb"), "=1~1=1");
    }

    #[test]
    fn stretches_that_changed_places_keep_the_longer_one() {
        assert_eq!(aligned("abcdefgXYZ", "XYZabcdefg"), "+3=7-3");
    }

    #[test]
    fn a_few_equal_rows_elsewhere_do_not_tear_a_changed_stretch_apart() {
        assert_eq!(aligned("0abcdefXgh1", "0Xijklmnop1"), "=1~9=1");
    }
}

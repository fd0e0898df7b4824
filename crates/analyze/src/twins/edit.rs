//! Whether two texts that differ were edited alike.

use std::collections::BTreeMap;

use super::compare::Side;
use super::node::{Kind, Node};

/// Whether both sides are texts in which the same words went and came.
pub(super) fn is_the_same(left: Side<'_>, right: Side<'_>) -> bool {
    match (edit(left), edit(right)) {
        (Some(left), Some(right)) => left == right,
        (_, _) => false,
    }
}

/// The words that came (positive) and went (negative); nothing where there is no such edit.
fn edit(side: Side<'_>) -> Option<BTreeMap<String, i32>> {
    let (base, head) = (words(side.base?)?, words(side.head?)?);
    // A value of one word has no edit: it is another value.
    if base.len() < 2 || head.len() < 2 {
        return None;
    }
    let mut counts: BTreeMap<String, i32> = BTreeMap::new();
    for word in head {
        *counts.entry(word).or_default() += 1;
    }
    for word in base {
        *counts.entry(word).or_default() -= 1;
    }
    counts.retain(|_, count| *count != 0);
    (!counts.is_empty()).then_some(counts)
}

fn words(node: &Node) -> Option<Vec<String>> {
    let Node::Scalar(scalar) = node else { return None };
    if !matches!(scalar.kind, Kind::Text | Kind::Untyped) {
        return None;
    }
    let mut words: Vec<String> = Vec::new();
    let mut inside = false;
    for c in scalar.text.chars() {
        let in_word = c.is_alphanumeric() || matches!(c, '_' | '.');
        match (in_word && inside, words.last_mut()) {
            (true, Some(word)) => word.push(c),
            (_, _) => words.push(c.to_string()),
        }
        inside = in_word;
    }
    Some(words)
}

/// How much of two texts is the same, by words between white space: 0 to 1.
pub(super) fn likeness(a: &str, b: &str) -> f64 {
    let count = |text: &str| {
        let mut words: BTreeMap<String, usize> = BTreeMap::new();
        for word in text.split_whitespace() {
            *words.entry(word.to_owned()).or_default() += 1;
        }
        words
    };
    let (a, b) = (count(a), count(b));
    let all: usize = a.values().chain(b.values()).sum();
    let shared: usize = a.iter().map(|(word, n)| b.get(word).map_or(0, |m| *n.min(m))).sum();
    if all == 0 {
        return 0.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of words are small")]
    let share = 2.0 * shared as f64 / all as f64;
    share
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(left: [&str; 2], right: [&str; 2]) -> bool {
        let [lb, lh, rb, rh] =
            [left[0], left[1], right[0], right[1]].map(|text| Node::scalar(Kind::Text, text));
        is_the_same(
            Side { base: Some(&lb), head: Some(&lh) },
            Side { base: Some(&rb), head: Some(&rh) },
        )
    }

    #[test]
    fn the_same_words_may_go_and_come_in_different_texts() {
        assert!(alike(
            ["wp get --version=4.9.6 a", "wp get --version=4.9.7 a"],
            ["wp --version=4.9.6", "wp --version=4.9.7"]
        ));
        assert!(!alike(["a 1", "a 2"], ["a 1", "a 3"]));
        assert!(!alike(["1.2", "1.3"], ["1.2", "1.4"]));
    }

    #[test]
    fn likeness_counts_words() {
        assert!((likeness("npm ci --a", "npm ci --b") - 2.0 / 3.0).abs() < 1e-9);
        assert!(likeness("@core:style", "@core:js") < 0.01);
    }
}

//! Which items of a list stayed, moved, or took the place of others.

use std::collections::HashMap;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Lists whose changed middles multiply to more than this are only counted: the time to align
/// them grows with that product.
const LARGEST: usize = 25_000_000;

/// What became of the items of a list.
#[derive(Debug, Clone, Default)]
pub(super) struct Aligned {
    /// An item and what took its place.
    pub replaced: Vec<(u32, u32)>,
    /// Items that stand elsewhere, each once, in the order of the head.
    pub moved: Vec<u32>,
}

/// Aligns two versions of a list.
pub(super) fn align(base: &[u32], head: &[u32]) -> Aligned {
    let start = base.iter().zip(head).take_while(|(a, b)| a == b).count();
    let (base, head) = (&base[start..], &head[start..]);
    let end = base.iter().rev().zip(head.iter().rev()).take_while(|(a, b)| a == b).count();
    let (base, head) = (&base[..base.len() - end], &head[..head.len() - end]);
    if base.len().saturating_mul(head.len()) > LARGEST {
        return coarse(base, head);
    }
    let ops = capture_diff_slices(Algorithm::Myers, base, head);
    let mut gone: HashMap<u32, usize> = HashMap::new();
    for op in &ops {
        if let DiffOp::Delete { .. } | DiffOp::Replace { .. } = op {
            base[op.old_range()].iter().for_each(|id| *gone.entry(*id).or_default() += 1);
        }
    }
    let mut moved = Vec::new();
    let mut left_behind: HashMap<u32, usize> = HashMap::new();
    for op in &ops {
        if let DiffOp::Insert { .. } | DiffOp::Replace { .. } = op {
            for id in &head[op.new_range()] {
                if let Some(count) = gone.get_mut(id).filter(|count| **count > 0) {
                    *count -= 1;
                    *left_behind.entry(*id).or_default() += 1;
                    moved.push(*id);
                }
            }
        }
    }
    let is_moved = |id: &u32| left_behind.contains_key(id);
    let mut replaced = Vec::new();
    for op in &ops {
        if let DiffOp::Replace { .. } = op {
            let old: Vec<u32> =
                base[op.old_range()].iter().copied().filter(|id| !is_moved(id)).collect();
            let new: Vec<u32> =
                head[op.new_range()].iter().copied().filter(|id| !is_moved(id)).collect();
            if old.len() == new.len() {
                replaced.extend(old.into_iter().zip(new));
            }
        }
    }
    let mut seen = std::collections::HashSet::new();
    moved.retain(|id| seen.insert(*id));
    Aligned { replaced, moved }
}

/// For very long lists: the first item that is out of order stands for all.
fn coarse(base: &[u32], head: &[u32]) -> Aligned {
    let mut counts: HashMap<u32, i64> = HashMap::new();
    base.iter().for_each(|id| *counts.entry(*id).or_default() += 1);
    head.iter().for_each(|id| *counts.entry(*id).or_default() -= 1);
    let stayed = |list: &[u32]| {
        let kept = |id: &&u32| counts.get(*id) == Some(&0);
        list.iter().filter(kept).copied().collect::<Vec<u32>>()
    };
    let (was, is) = (stayed(base), stayed(head));
    let first = was.iter().zip(&is).find(|(a, b)| a != b).map(|(_, now)| *now);
    Aligned { replaced: Vec::new(), moved: first.into_iter().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moved_and_what_was_replaced_are_told_apart() {
        let aligned = align(&[1, 2, 3, 4], &[3, 1, 2, 5]);
        assert_eq!((aligned.moved, aligned.replaced), (vec![3], vec![(4, 5)]));
        let aligned = align(&[1, 2, 3], &[1, 9, 3]);
        assert_eq!((aligned.moved, aligned.replaced), (vec![], vec![(2, 9)]));
        let aligned = align(&[1, 2, 3], &[1, 8, 9, 2, 3]);
        assert_eq!((aligned.moved, aligned.replaced), (vec![], vec![]));
    }

    #[test]
    fn very_long_lists_still_show_that_their_order_changed() {
        let base: Vec<u32> = (0..20_000).collect();
        let head: Vec<u32> = (0..20_000).rev().collect();
        assert_eq!(align(&base, &head).moved, [19_999]);
    }
}

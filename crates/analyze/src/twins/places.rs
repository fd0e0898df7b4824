//! Where something stands that both sides added.
//!
//! Two lists that always differed have few places in common, so it is enough that one neighbour among
//! what both have is the same, or that it is the first or the last in both: then it was put behind, in
//! front of, or beside the same thing.

use std::collections::{HashMap, HashSet};

/// What stands before and behind an item; nothing at an end.
type Neighbours = (Option<u32>, Option<u32>);

/// The neighbours of what two lists have in common, once in each.
pub(super) struct Places {
    left: HashMap<u32, Neighbours>,
    right: HashMap<u32, Neighbours>,
}

/// Two places of one item.
pub(super) struct Apart {
    left: Neighbours,
    right: Neighbours,
}

impl Places {
    pub fn new(left: &[u32], right: &[u32]) -> Self {
        let (one, other) = (once(left), once(right));
        let common: HashSet<u32> = one.intersection(&other).copied().collect();
        let of = |list: &[u32]| {
            let list: Vec<u32> = list.iter().copied().filter(|id| common.contains(id)).collect();
            let near = |at: usize| {
                let before = at.checked_sub(1).and_then(|at| list.get(at)).copied();
                (list[at], (before, list.get(at + 1).copied()))
            };
            (0..list.len()).map(near).collect()
        };
        Self { left: of(left), right: of(right) }
    }

    /// Both places, where they are not the same.
    pub fn other(&self, id: u32) -> Option<Apart> {
        let (left, right) = (*self.left.get(&id)?, *self.right.get(&id)?);
        (left.0 != right.0 && left.1 != right.1).then_some(Apart { left, right })
    }
}

impl Apart {
    /// Where its twin has it.
    pub fn words(&self, shown: impl Fn(u32) -> String) -> String {
        let place = |(before, behind): Neighbours| match (before, behind) {
            (Some(before), _) => format!("after {}", shown(before)),
            (None, Some(behind)) => format!("before {}", shown(behind)),
            (None, None) => "alone".to_owned(),
        };
        format!("it stands {}, and its twin has it {}", place(self.left), place(self.right))
    }
}

/// What a list has exactly once.
fn once(list: &[u32]) -> HashSet<u32> {
    let mut counts: HashMap<u32, usize> = HashMap::new();
    list.iter().for_each(|id| *counts.entry(*id).or_default() += 1);
    counts.into_iter().filter(|(_, count)| *count == 1).map(|(id, _)| id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_neighbour_or_one_end_in_common_is_the_same_place() {
        for (left, right, same) in [
            (&[1, 2, 9][..], &[1, 2, 9][..], true),
            (&[1, 2, 9], &[2, 1, 9], true),
            (&[1, 9, 2], &[5, 1, 9, 6, 7], true),
            (&[9, 1, 2], &[1, 2, 9], false),
            (&[1, 8, 9], &[1, 9, 8], false),
            (&[1, 9, 2, 3], &[1, 2, 3, 9], false),
            (&[9, 9, 1], &[1, 9, 9], true),
        ] {
            assert_eq!(Places::new(left, right).other(9).is_none(), same, "{left:?} {right:?}");
        }
    }
}

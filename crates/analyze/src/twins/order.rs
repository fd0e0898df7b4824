//! The order of what both sides have.

use std::collections::HashSet;

use plimsoll_core::record::{TwinSide, TwinState};

use super::compare::CAUGHT_UP;

/// The items that both heads have, in the order of each side before and after.
pub(super) struct Order {
    left: [Vec<u32>; 2],
    right: [Vec<u32>; 2],
    common: HashSet<u32>,
}

impl Order {
    pub fn new(left: [&[u32]; 2], right: [&[u32]; 2]) -> Self {
        let there: HashSet<u32> = right[1].iter().copied().collect();
        let common: HashSet<u32> =
            left[1].iter().copied().filter(|id| there.contains(id)).collect();
        let only = |list: &[u32]| keep(list, &common);
        Self { left: left.map(only), right: right.map(only), common }
    }

    /// What became of an item that moved on `side`; `both` when it moved on the other as well.
    pub fn judge(&self, id: u32, side: TwinSide, both: bool) -> (TwinState, Option<&'static str>) {
        let (own, other) = match side {
            TwinSide::Left => (&self.left, &self.right),
            TwinSide::Right => (&self.right, &self.left),
        };
        if !self.common.contains(&id) {
            return (TwinState::OnlyHere, Some("moved, and its twin has none"));
        }
        if own[1] == other[1] || before(&own[1], id) == before(&other[1], id) {
            return (TwinState::Mirrored, (!both).then_some(CAUGHT_UP));
        }
        if both {
            return (TwinState::Divergent, Some("its twin moved it elsewhere"));
        }
        let (was, is): (HashSet<u32>, HashSet<u32>) =
            (own[0].iter().copied().collect(), own[1].iter().copied().collect());
        if keep(&own[0], &is) == keep(&own[1], &was) {
            return (TwinState::OnlyHere, Some("moved only among what its twin does not have"));
        }
        (TwinState::MissingTwin, None)
    }
}

fn keep(list: &[u32], these: &HashSet<u32>) -> Vec<u32> {
    list.iter().copied().filter(|id| these.contains(id)).collect()
}

/// What stands before the item, sorted.
fn before(list: &[u32], id: u32) -> Vec<u32> {
    let mut ids: Vec<u32> = list.iter().copied().take_while(|other| *other != id).collect();
    ids.sort_unstable();
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(before: [&[u32]; 2], right: [&[u32]; 2], id: u32, both: bool) -> TwinState {
        Order::new(before, right).judge(id, TwinSide::Left, both).0
    }

    #[test]
    fn a_move_is_judged_by_what_both_sides_have() {
        assert_eq!(
            left([&[1, 2, 3], &[3, 1, 2]], [&[1, 2, 3], &[1, 2, 3]], 3, false),
            TwinState::MissingTwin
        );
        assert_eq!(
            left([&[1, 2, 3], &[3, 1, 2]], [&[1, 2, 3], &[3, 1, 2]], 3, true),
            TwinState::Mirrored
        );
        assert_eq!(
            left([&[1, 2, 3], &[3, 1, 2]], [&[1, 2], &[1, 2]], 3, false),
            TwinState::OnlyHere
        );
        // 9 is only on the left: 1 passed it, and is still before 2; the right has another order.
        assert_eq!(
            left([&[9, 1, 2], &[1, 9, 2]], [&[2, 1], &[2, 1]], 1, false),
            TwinState::OnlyHere
        );
    }
}

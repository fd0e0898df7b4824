//! Secrets that were wrong. Guessing one of 256 bits is hopeless; asking the ledger about it without
//! end is not, and it is worth a line in the log.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// How many wrong ones from one address are answered at once.
const MOST: u32 = 20;

/// After how long they are forgotten.
///
/// # Units
/// Milliseconds.
const WINDOW_MS: u64 = 60_000;

/// How many addresses are remembered. Those that come beyond are counted together.
const KNOWN: usize = 10_000;

/// How often it is looked which of them are forgotten, when many are remembered.
///
/// # Units
/// Milliseconds.
const SWEEP_MS: u64 = 1_000;

/// Wrong secrets by address. Who sends a right one is never asked to wait.
#[derive(Default)]
pub(crate) struct Guesses(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// Since when, and how many; nothing is the address of those beyond.
    by_address: HashMap<Option<IpAddr>, (u64, u32)>,
    swept_ms: Option<u64>,
}

impl Known {
    /// Under what an address is counted.
    fn place(&mut self, from: IpAddr, now_ms: u64) -> Option<IpAddr> {
        let is_full = |known: &HashMap<_, _>| known.len() >= KNOWN;
        if !is_full(&self.by_address) || self.by_address.contains_key(&Some(from)) {
            return Some(from);
        }
        if self.swept_ms.is_none_or(|at| now_ms.saturating_sub(at) >= SWEEP_MS) {
            self.swept_ms = Some(now_ms);
            self.by_address.retain(|_, (since, _)| now_ms.saturating_sub(*since) < WINDOW_MS);
        }
        (!is_full(&self.by_address)).then_some(from)
    }
}

impl Guesses {
    /// Notes a wrong one; gives how many seconds that address waits now, if it has to.
    pub(crate) fn wrong(&self, from: IpAddr, now_ms: u64) -> Option<u32> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = known.place(from, now_ms);
        let (since, count) = known.by_address.entry(place).or_insert((now_ms, 0));
        if now_ms.saturating_sub(*since) >= WINDOW_MS {
            (*since, *count) = (now_ms, 0);
        }
        *count = count.saturating_add(1);
        if *count == MOST {
            tracing::warn!(%from, "many wrong tokens come from one address");
        }
        let rest_ms = (*since + WINDOW_MS).saturating_sub(now_ms);
        (*count > MOST).then(|| u32::try_from(rest_ms.div_ceil(1_000)).unwrap_or(60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_many_wrong_ones_an_address_waits_and_another_does_not() {
        let guesses = Guesses::default();
        let (one, other) = ([203, 0, 113, 1].into(), [203, 0, 113, 2].into());
        for _ in 0..MOST {
            assert_eq!(guesses.wrong(one, 1_000), None);
        }
        assert_eq!(guesses.wrong(one, 1_000), Some(60));
        assert_eq!(guesses.wrong(one, 31_000), Some(30));
        assert_eq!(guesses.wrong(other, 31_000), None);
        assert_eq!(guesses.wrong(one, 62_000), None, "it is forgotten");
    }

    #[test]
    fn the_memory_is_bounded() {
        let guesses = Guesses::default();
        for n in 0..u32::try_from(2 * KNOWN).expect("a small number") {
            guesses.wrong(IpAddr::V4(n.into()), 0);
        }
        assert_eq!(guesses.0.lock().expect("nobody panics").by_address.len(), KNOWN + 1);
        assert!(guesses.wrong([255, 0, 0, 1].into(), 0).is_some(), "those beyond wait together");
        assert_eq!(guesses.wrong([255, 0, 0, 1].into(), WINDOW_MS), None, "it is forgotten");
    }
}

//! How much one caller may ask for: a bucket of tokens for each, refilled all the time.
//!
//! It is there so that one who asks without end leaves something for the others. What a request
//! costs is about what it takes to answer: a question to the gate is mostly answered from memory.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::Method;

/// What a caller may spend each second, and at most at once.
const PER_SECOND: u64 = 10_000;
const AT_ONCE: u64 = 4 * PER_SECOND;

/// How many callers are known at once. Whoever comes beyond shares one bucket with the others.
const KNOWN: usize = 10_000;

/// The bucket of those beyond.
const EVERYBODY_ELSE: &str = "";

/// What a request costs.
pub(crate) fn cost(method: &Method, path: &str) -> u64 {
    match *method {
        Method::GET | Method::HEAD | Method::OPTIONS if path.ends_with("/gate") => 1,
        Method::GET | Method::HEAD | Method::OPTIONS => 10,
        _ => 50,
    }
}

/// How often it is looked who is no longer there, when many are known: looking takes a while.
///
/// # Units
/// Milliseconds.
const SWEEP_MS: u64 = 1_000;

/// What every caller has left.
#[derive(Default)]
pub(crate) struct Rates(Mutex<Known>);

#[derive(Default)]
struct Known {
    buckets: HashMap<String, Bucket>,
    swept_ms: Option<u64>,
}

#[derive(Clone, Copy)]
struct Bucket {
    left: u64,
    at_ms: u64,
}

impl Bucket {
    fn full(now_ms: u64) -> Self {
        Self { left: AT_ONCE, at_ms: now_ms }
    }

    fn refilled(self, now_ms: u64) -> Self {
        let more = now_ms.saturating_sub(self.at_ms) * PER_SECOND / 1_000;
        if more == 0 {
            return self;
        }
        Self { left: (self.left + more).min(AT_ONCE), at_ms: now_ms }
    }
}

impl Known {
    /// Under what a caller is counted.
    fn place<'a>(&mut self, who: &'a str, now_ms: u64) -> &'a str {
        let is_full = |buckets: &HashMap<_, _>| buckets.len() >= KNOWN;
        if !is_full(&self.buckets) || self.buckets.contains_key(who) {
            return who;
        }
        if self.swept_ms.is_none_or(|at| now_ms.saturating_sub(at) >= SWEEP_MS) {
            self.swept_ms = Some(now_ms);
            self.buckets.retain(|_, bucket| bucket.refilled(now_ms).left < AT_ONCE);
        }
        if is_full(&self.buckets) { EVERYBODY_ELSE } else { who }
    }
}

impl Rates {
    /// Spends.
    ///
    /// # Errors
    /// There is not enough left; in so long there is.
    pub(crate) fn spend(&self, who: &str, cost: u64, now_ms: u64) -> Result<(), Duration> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let who = known.place(who, now_ms);
        let bucket = known.buckets.get(who).copied().unwrap_or_else(|| Bucket::full(now_ms));
        let mut bucket = bucket.refilled(now_ms);
        let enough = bucket.left >= cost;
        if enough {
            bucket.left -= cost;
        }
        let missing = cost.saturating_sub(bucket.left);
        known.buckets.insert(who.to_owned(), bucket);
        if enough { Ok(()) } else { Err(Duration::from_millis(missing * 1_000 / PER_SECOND + 1)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_without_end_waits_and_the_others_do_not() {
        let rates = Rates::default();
        let spent = (0..).take_while(|_| rates.spend("ci", 50, 0).is_ok()).count();
        assert_eq!(spent as u64, AT_ONCE / 50);
        assert!(rates.spend("ci", 50, 0).expect_err("nothing is left") <= Duration::from_millis(6));
        assert!(rates.spend("ada", 50, 0).is_ok());
        assert!(rates.spend("ci", 50, 10).is_ok());
    }

    #[test]
    fn the_memory_is_bounded_whoever_comes() {
        let rates = Rates::default();
        for n in 0..3 * KNOWN {
            let _ = rates.spend(&format!("203.0.113.{n}"), 50, 0);
        }
        assert!(rates.0.lock().expect("nobody panics").buckets.len() <= KNOWN + 1);
        assert!(rates.spend("one more", 1, 10_000).is_ok());
        assert!(rates.0.lock().expect("nobody panics").buckets.len() <= KNOWN + 1);
    }
}

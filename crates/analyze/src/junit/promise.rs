//! What suites promise in their attributes, and what they hold.

use super::report::{Counted, Shortfall};

/// How many shortfalls a report lists; one is enough to distrust it.
pub(super) const MOST_SHORTFALLS: usize = 3;

/// How much was read so far.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Held {
    pub tests: u32,
    /// Every `<failure>`, `<error>` and rerun, and every case whose status alone says it failed.
    pub red: u32,
}

/// The attributes of a suite that is open, and how much had been read where it began.
#[derive(Debug)]
pub(super) struct Promised {
    /// Its name; empty for the root, which is the file.
    pub suite: String,
    pub tests: u32,
    pub failures: u32,
    pub errors: u32,
    pub before: Held,
    /// How many shortfalls were known.
    pub known: usize,
}

impl Promised {
    /// Adds what the suite promises and does not hold, in place of what suites inside it said of
    /// the same. Failures and errors are held against all red together: runners differ in which is
    /// which, and some count every rerun.
    pub(super) fn settle(self, now: Held, shortfalls: &mut Vec<Shortfall>) {
        let red = match (self.failures, self.errors) {
            (_, 0) => Counted::Failures,
            (0, _) => Counted::Errors,
            (_, _) => Counted::FailuresAndErrors,
        };
        let held = now.red.saturating_sub(self.before.red);
        let found = [
            (Counted::Tests, self.tests, now.tests.saturating_sub(self.before.tests)),
            (red, self.failures.saturating_add(self.errors), held),
        ];
        for (counted, promised, held) in found {
            if promised <= held {
                continue;
            }
            let mut at = 0;
            shortfalls.retain(|inner| {
                at += 1;
                at <= self.known || inner.counted.is_red() != counted.is_red()
            });
            if shortfalls.len() < MOST_SHORTFALLS {
                shortfalls.push(Shortfall { suite: self.suite.clone(), counted, promised, held });
            }
        }
    }
}

/// A count in an attribute; nothing where it is none. One that is too large is as large as can be.
pub(super) fn count(text: &str) -> Option<u32> {
    let text = text.trim();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u32::MAX))
}

//! Known failures: put off by test and signature, with a ticket and an end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use crate::Timestamp;
use crate::ids::{CheckName, PersonName, TargetName};
use crate::ledger::{PeopleState, Said};
use crate::record::{
    Attempt, CaseFailure, Cases, CheckResult, KnownFailure, Outcome, PageSummary, signature_of,
};

use super::scene::Scene;

/// The known failures in force, by check.
pub(super) struct KnownFailures<'a> {
    by_check: BTreeMap<&'a CheckName, Vec<&'a Said<KnownFailure>>>,
}

/// Every failure of a result is known.
pub(super) struct Cover {
    /// Where they are worked on.
    pub tickets: Vec<String>,
    /// Who says so.
    pub by: Vec<PersonName>,
    /// When the first of them ends.
    pub until: Timestamp,
}

/// Whether every failure of a result is known and put off now. `stands_for` are the targets whose
/// entries count for this one as well, because all of them stand for it or it for them.
#[must_use]
pub fn is_known(
    people: &PeopleState,
    result: &CheckResult,
    stands_for: &[&TargetName],
    now: Timestamp,
) -> bool {
    let known = KnownFailures::among(people, now);
    known.cover(&result.target.target, stands_for, &result.check, result).is_some()
}

/// What is to be said of a result first, where people know of some of its failures and not of others:
/// those that nobody knows of. None where it begins with one of them anyway, or all are alike.
#[must_use]
pub fn led_by_new(
    people: &PeopleState,
    result: &CheckResult,
    stands_for: &[&TargetName],
    now: Timestamp,
) -> Option<String> {
    let known = KnownFailures::among(people, now);
    known.led_by_new(&result.target.target, stands_for, &result.check, result)
}

impl<'a> KnownFailures<'a> {
    pub(super) fn of(scene: &Scene<'a>) -> Self {
        Self::among(scene.people(), scene.now)
    }

    fn among(people: &'a PeopleState, now: Timestamp) -> Self {
        let mut by_check: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for said in people.known_failures.iter().filter(|said| said.in_force(now)) {
            by_check.entry(&said.what.check).or_default().push(said);
        }
        Self { by_check }
    }

    /// The entries that count for a result.
    fn here(
        &self,
        target: &TargetName,
        stands_for: &[&TargetName],
        check: &CheckName,
        result: &CheckResult,
    ) -> Vec<Known<'a>> {
        let here = |known: &KnownFailure| {
            let named = &known.targets;
            if known.look.as_ref().is_some_and(|version| *version != result.version) {
                return false;
            }
            let all_stood_for = || stands_for.iter().all(|name| named.contains(name));
            named.is_empty()
                || named.contains(target)
                || (!stands_for.is_empty() && all_stood_for())
        };
        let all = self.by_check.get(check).into_iter().flatten();
        all.filter(|said| here(&said.what)).copied().collect()
    }

    /// The failures that nobody knows of, in words; see [`led_by_new`].
    pub(super) fn led_by_new(
        &self,
        target: &TargetName,
        stands_for: &[&TargetName],
        check: &CheckName,
        result: &CheckResult,
    ) -> Option<String> {
        let known = self.here(target, stands_for, check, result);
        let attempt = result.attempts.last()?;
        let failed = &attempt.cases.as_ref()?.failed;
        let is_new =
            |case: &&CaseFailure| case_covered(case, attempt.page.as_deref(), &known).is_none();
        let first = failed.iter().find(is_new)?;
        let new = failed.iter().filter(is_new).count();
        let begins_otherwise = failed.first().is_some_and(|case| !is_new(&case));
        let are = if new == 1 { "is" } else { "are" };
        begins_otherwise.then(|| {
            format!("{new} of {} failures {are} not known yet: {}", failed.len(), first.words())
        })
    }

    /// What covers the result, if every failure of every red attempt is known: a new failure
    /// inside a known one is not covered, nor is a failure that the result does not list, nor a
    /// required test that was not executed, nor a suite that was killed, cut off or shrank.
    pub(super) fn cover(
        &self,
        target: &TargetName,
        stands_for: &[&TargetName],
        check: &CheckName,
        result: &CheckResult,
    ) -> Option<Cover> {
        let known = self.here(target, stands_for, check, result);
        let mut covering = BTreeMap::new();
        let red: Vec<_> =
            result.attempts.iter().filter(|attempt| attempt.outcome != Outcome::Passed).collect();
        for attempt in &red {
            for said in covered(attempt, &known)? {
                covering.insert(said.seq, said);
            }
        }
        let until = covering.values().map(|said| said.what.until).min()?;
        let mut tickets: Vec<_> = covering.values().map(|s| s.what.ticket.clone()).collect();
        tickets.sort();
        tickets.dedup();
        let by: BTreeSet<_> = covering.values().map(|said| said.what.by.clone()).collect();
        Some(Cover { tickets, by: by.into_iter().collect(), until })
    }
}

type Known<'a> = &'a Said<KnownFailure>;

/// The known failures that an attempt consists of; `None` when there is more to it.
fn covered<'a>(attempt: &Attempt, known: &[Known<'a>]) -> Option<Vec<Known<'a>>> {
    if attempt.outcome != Outcome::Failed {
        return None;
    }
    match &attempt.cases {
        Some(cases) if !cases.failed.is_empty() => {
            cases_covered(cases, attempt.page.as_deref(), known)
        }
        Some(cases) if cases.more_failed > 0 || !cases.missing.is_empty() => None,
        Some(_) | None => {
            let whole = |k: &KnownFailure| k.test.is_none() && k.look.is_none();
            longest(known, |k| whole(k) && same(&k.signature, &attempt.finding))
                .map(|said| vec![said])
        }
    }
}

/// A known failure is one test that fails in the same way, or whatever the picture of a page says: it
/// covers nothing that is wrong beside.
fn cases_covered<'a>(
    cases: &Cases,
    page: Option<&PageSummary>,
    known: &[Known<'a>],
) -> Option<Vec<Known<'a>>> {
    if cases.more_failed > 0 || !cases.missing.is_empty() || !cases.wrong.is_empty() {
        return None;
    }
    cases.failed.iter().map(|case| case_covered(case, page, known)).collect()
}

fn case_covered<'a>(
    case: &CaseFailure,
    page: Option<&PageSummary>,
    known: &[Known<'a>],
) -> Option<Known<'a>> {
    let of_look = page.is_some_and(|page| page.is_of_look(&case.test));
    longest(known, |k| {
        let named = k.test.as_deref() == Some(case.test.as_str());
        match k.look {
            Some(_) => of_look,
            // What a picture says is never the same twice, whatever its words are.
            None => named && !of_look && same(&k.signature, &case.signature),
        }
    })
}

fn longest<'a>(known: &[Known<'a>], fits: impl Fn(&KnownFailure) -> bool) -> Option<Known<'a>> {
    known.iter().copied().filter(|s| fits(&s.what)).max_by_key(|s| (s.what.until, s.seq))
}

fn same(signature: &str, found: &str) -> bool {
    signature == found
        || signature_of(signature) == signature_of(found)
        || (is_without_numbers(signature) && numberless(signature) == numberless(found))
}

/// Signatures of failures of tests once had no number in them; what was put off by one of those is put
/// off still, whatever numbers its message has.
fn is_without_numbers(signature: &str) -> bool {
    signature.contains("<n>") && !signature.bytes().any(|byte| byte.is_ascii_digit())
}

fn numberless(signature: &str) -> std::borrow::Cow<'_, str> {
    static NUMBERS: LazyLock<Regex> = LazyLock::new(|| {
        let one = r"(?:<n>|[0-9]+)";
        Regex::new(&format!("-?{one}(?:[.,:_]{one})*")).expect("the pattern is a constant")
    });
    NUMBERS.replace_all(signature, "<n>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_off_without_numbers_is_put_off_still_and_new_ones_hold_to_them() {
        for (known, found, wanted) in [
            ("expected <n> got <n>", "expected 200 got 500", true),
            ("expected <n> got <n>", "expected 200 got <n>", true),
            ("took <n> of x", "took 1.5 of x", true),
            ("expected 200 got 302", "expected 200 got 500", false),
            ("order <n> got 404", "order <n> got 500", false),
            ("expected <n>", "found 3", false),
        ] {
            assert_eq!(same(known, found), wanted, "{known} | {found}");
        }
    }
}

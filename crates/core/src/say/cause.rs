//! Why a check is red, as control runs found out.

use crate::ids::TargetId;
use crate::record::{Against, Cause, Unclear};

use super::Reader;
use super::text::{count, shorten};

/// The longest finding that is repeated.
const LONGEST_FINDING: usize = 80;

/// What was found with its cause: `regression: the finding (what it rests on)`. What is new beside the
/// last good version is said in place of the finding, which begins with what is as old.
#[must_use]
pub fn with_cause(finding: &str, cause: &Cause, reader: &Reader) -> String {
    let (word, because) = (cause.word(), because(cause, reader));
    match cause {
        Cause::Regression { against: Against::OtherFailure { new, .. } } if !new.is_empty() => {
            let first = shorten(&new[0], 2 * LONGEST_FINDING);
            let more = match new.len() {
                1 => String::new(),
                many => format!(" and {} more", many - 1),
            };
            format!("{word}: new is {first}{more} ({because})")
        }
        Cause::Regression { .. }
        | Cause::Unclear { .. }
        | Cause::Environment { .. }
        | Cause::Unreachable { .. }
        | Cause::Redefined
        | Cause::Flaky { .. }
        | Cause::RedBefore { .. } => format!("{word}: {finding} ({because})"),
    }
}

/// What a cause rests on, as a clause: `green on production/nl-k8s with 1.22 at 09:12`.
#[must_use]
pub fn because(cause: &Cause, reader: &Reader) -> String {
    match cause {
        Cause::Regression { against: Against::Green { target, version, at } } => {
            format!("green on {} with {version} at {}", place(target), reader.clock(*at))
        }
        Cause::Regression { against: Against::OtherFailure { target, version, finding, .. } } => {
            let finding = shorten(finding, LONGEST_FINDING);
            format!("{} with {version} fails otherwise: {finding}", place(target))
        }
        Cause::Unclear { reason } => unclear(reason, reader),
        Cause::Environment { target, version, green_at } => {
            let (place, at) = (place(target), reader.clock(*green_at));
            format!("{place} with {version} is red now, and was green at {at}")
        }
        Cause::Unreachable { target, why } => {
            let why = shorten(why, LONGEST_FINDING);
            format!("{} does not say which version it runs: {why}", place(target))
        }
        Cause::Redefined => "the check was changed; as it was before, it is green".to_owned(),
        Cause::Flaky { red, of, turns: 0 | 1 } => format!("{red} of {of} runs were red"),
        Cause::Flaky { red, of, turns } => format!(
            "{red} of {of} runs were red, and it turned {turns} times lately with one version"
        ),
        Cause::RedBefore { target, since, releases } => {
            let releases = count(*releases as usize, "earlier release");
            format!("on {} since {}, {releases}", place(target), reader.day(*since))
        }
    }
}

fn unclear(reason: &Unclear, reader: &Reader) -> String {
    match reason {
        Unclear::NothingToCompare => {
            "no target runs another version that was verified good".to_owned()
        }
        Unclear::NoMoreRuns => "its control-runs are too few to compare".to_owned(),
        Unclear::GreenBefore { target, version, green_at } => {
            let (place, at) = (place(target), reader.clock(*green_at));
            format!("green on {place} with {version} at {at}: it does not last, or {place} changed")
        }
        Unclear::NotSafeThere { target } => {
            format!(
                "not compared with {}: the check is not marked safe-on-production",
                place(target)
            )
        }
        Unclear::NotComparable { target, finding } => {
            format!(
                "not to be compared with {}: {}",
                place(target),
                shorten(finding, LONGEST_FINDING)
            )
        }
    }
}

fn place(target: &TargetId) -> String {
    format!("{}/{}", target.environment, target.target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_beside_the_last_good_version_is_said_first() {
        let reader = Reader::utc(crate::Timestamp::UNIX_EPOCH);
        let target: TargetId = "shop/production/nl-vm".parse().expect("a target");
        let cause = |new: &[&str]| Cause::Regression {
            against: Against::OtherFailure {
                target: target.clone(),
                version: "1.22".parse().expect("a version"),
                finding: "1 of 9 tests failed: a.old".to_owned(),
                new: new.iter().map(|one| (*one).to_owned()).collect(),
            },
        };
        let said = |new: &[&str]| with_cause("2 of 9 tests failed: a.old", &cause(new), &reader);
        assert!(
            said(&["b.new: null", "c"]).starts_with("regression: new is b.new: null and 1 more (")
        );
        assert!(said(&[]).starts_with("regression: 2 of 9 tests failed: a.old ("));
    }
}

//! Why a check is red, as control runs found out.

use crate::ids::TargetId;
use crate::record::{Against, Cause, Unclear};

use super::Reader;
use super::text::{count, shorten};

/// The longest finding that is repeated.
const LONGEST_FINDING: usize = 80;

/// What a cause rests on, as a clause: `green on production/nl-k8s with 1.22 at 09:12`.
#[must_use]
pub fn because(cause: &Cause, reader: &Reader) -> String {
    match cause {
        Cause::Regression { against: Against::Green { target, version, at } } => {
            format!("green on {} with {version} at {}", place(target), reader.clock(*at))
        }
        Cause::Regression { against: Against::OtherFailure { target, version, finding } } => {
            let finding = shorten(finding, LONGEST_FINDING);
            format!("{} with {version} fails otherwise: {finding}", place(target))
        }
        Cause::Unclear { reason } => unclear(reason),
        Cause::Environment { target, version, green_at } => {
            let (place, at) = (place(target), reader.clock(*green_at));
            format!("{place} with {version} is red now too, and was green at {at}")
        }
        Cause::Unreachable { target, why } => {
            let why = shorten(why, LONGEST_FINDING);
            format!("{} does not say which version it runs: {why}", place(target))
        }
        Cause::Redefined => "the check was changed; as it was before, it is green".to_owned(),
        Cause::Flaky { red, of } => format!("{red} of {of} runs were red"),
        Cause::RedBefore { target, since, releases } => {
            let releases = count(*releases as usize, "earlier release");
            format!("on {} since {}, {releases}", place(target), reader.day(*since))
        }
    }
}

fn unclear(reason: &Unclear) -> String {
    match reason {
        Unclear::NothingToCompare => {
            "no target runs another version that was verified good".to_owned()
        }
        Unclear::NoMoreRuns => "its control-runs are too few to compare".to_owned(),
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

//! Why a requirement stands as it does: one sentence for each reason.

use crate::catalog::{ChangeClass, Per, RuleName, Tier};
use crate::ids::{CheckName, TargetId};
use crate::record::{Aspect, BackCause, Cause, Lapsed, ProofOutcome, Requirement, Why};

use super::cause::with_cause;
use super::text::{count, list, plural, safe, shorten};
use super::{Reader, observed};

/// The longest finding that is repeated in a sentence; the whole is in the evidence.
const LONGEST_FINDING: usize = 200;

/// Why a requirement stands as it does, in one sentence.
#[must_use]
pub fn why(requirement: &Requirement, reader: &Reader) -> String {
    let plain = plain(requirement, reader);
    let said = match cause(requirement) {
        Some(cause) => with_cause(&plain, cause, reader),
        None => plain,
    };
    match &requirement.lapsed {
        Some(lapsed) => format!("{said}; {}", ended(lapsed, reader)),
        None => said,
    }
}

/// Why it is red; nothing where a person answers for it instead.
pub(super) fn cause(requirement: &Requirement) -> Option<&Cause> {
    requirement.cause.as_deref().filter(|_| requirement.without.is_none())
}

/// A waiver that is over, so that nobody takes the requirement for a new one.
fn ended(lapsed: &Lapsed, reader: &Reader) -> String {
    let Lapsed { by, reason, until } = lapsed;
    format!("a waiver by {by} ended {} (was: {})", reader.distance(*until), found(reason))
}

/// The sentence without what control runs found out.
pub(super) fn plain(requirement: &Requirement, reader: &Reader) -> String {
    sentence(&requirement.why, requirement.target.as_ref(), reader)
}

/// The sentence of a reason, seen from `seen_from`, whose name is then not repeated.
#[expect(clippy::too_many_lines, reason = "one short arm for each reason, and no wildcard")]
pub(super) fn sentence(why: &Why, seen_from: Option<&TargetId>, reader: &Reader) -> String {
    let at = |moment| reader.clock(moment);
    let on = |target: &TargetId| match seen_from {
        Some(seen) if seen == target => "there".to_owned(),
        Some(_) | None => format!("on {}/{}", target.environment, target.target),
    };
    match why {
        Why::ReleaseUnknown => "no such release was added".to_owned(),
        Why::ReleaseHasNoArtifacts => "its artifacts were never named".to_owned(),
        Why::ReleaseNamed { digest } => format!("named, its artifacts are {}", digest.short()),

        Why::NoStandIn { from, .. } => format!("no {from} target stands for it"),
        Why::NothingExpected { stand_in } => {
            format!("no check looks at {}/{}", stand_in.environment, stand_in.target)
        }
        Why::NoTargets => "it has no targets, so nothing can be checked for it".to_owned(),
        Why::StoodFor { by, checks } => {
            let names: Vec<_> = by.iter().map(|target| &target.target).collect();
            let stand = if by.len() == 1 { "stands" } else { "stand" };
            format!("{} {stand} for it, {}", list(&names, 3), count(*checks as usize, "check"))
        }

        Why::NeverDeployed { on: target } => format!("it was never deployed {}", on(target)),
        Why::OtherDeployed { on: target, deployed } => {
            format!("{deployed} is deployed {}, not this release", on(target))
        }
        Why::DeploymentFailed { on: target, finding } => {
            format!("its deployment {} failed: {}", on(target), found(finding))
        }
        Why::Deploying { on: target } => format!("it is being deployed {}", on(target)),
        Why::DeployInterrupted { on: target } => format!(
            "its deployment {} was interrupted: the process that drove it is gone",
            on(target)
        ),
        Why::NoResult => "it was never run for this deployment".to_owned(),
        Why::NotReported { from } => match from {
            Some(from) => {
                format!("not reported for this deployment yet; it comes from {}", safe(from))
            }
            None => "not reported for this deployment yet".to_owned(),
        },
        Why::CheckRunning { since } => format!("it runs since {}", at(*since)),
        Why::CheckPassed { at: moment, finding } => {
            format!("{}, at {}", found_or(finding, "passed"), at(*moment))
        }
        Why::CheckFailed { finding, failed_tests, more } => {
            format!("{}{}", found(finding), tests(failed_tests, *more))
        }
        Why::CheckErrored { finding } => format!("{} (ours, not the release's)", found(finding)),
        Why::CheckNotRun { finding } => found(finding),
        Why::CheckFlaky { finding, attempts } => {
            format!("red, then green on try {attempts}: {}", found(finding))
        }
        Why::CheckChanged { at: moment } => {
            format!("the check was changed after it ran at {}", at(*moment))
        }
        Why::DeployedAgain { deployed_at, .. } => {
            format!("deployed again at {}, after the check", at(*deployed_at))
        }
        Why::TooOld { at: moment, max_age } => {
            format!("from {}, older than {}", at(*moment), max_age.roughly())
        }
        Why::FromTheFuture { at: moment } => {
            format!("dated {}, which is still to come: a clock is wrong", at(*moment))
        }
        Why::ObservedOther { expected, observed: seen, when } => {
            format!("{} {} while {expected} was deployed", observed(seen), moment(*when))
        }
        Why::NotObserved { reason, when } => {
            format!("which version ran {} is not known: {}", unseen(*when), found(reason))
        }

        Why::NoVerifiedGood => "no version was ever verified good there".to_owned(),
        Why::WayBackSame { version } => {
            format!("{version} is the only version that was verified good there")
        }
        Why::WayBackUnnamed { version } => {
            format!("the artifacts of {version}, the way back, were never named")
        }
        Why::WayBackMissing { version, outcome } => {
            format!("the way back, {version}: {}", proof(outcome))
        }
        Why::WayBackUnproven { version } => {
            format!("nobody has proven that the artifacts of {version} are there")
        }
        Why::AlreadyThere { version, verified_at } => {
            format!("{version} runs there already, verified good {}", reader.day(*verified_at))
        }
        Why::WayBackReady { version, verified_at, how } => {
            format!("{version}, verified good {}, {}", reader.day(*verified_at), found(how))
        }
        Why::Irreversible { accepted: false } => "the change cannot be undone".to_owned(),
        Why::Irreversible { accepted: true } => {
            "the change cannot be undone, and that was accepted".to_owned()
        }
        Why::Reversible => "the change says it can be undone".to_owned(),
        Why::NotRehearsed { platform, within } => {
            format!("the way back was never tried on {platform} (within {})", within.roughly())
        }
        Why::RehearsalOld { platform, at: moment, within } => format!(
            "last tried on {platform} {}, longer ago than {}",
            reader.day(*moment),
            within.roughly()
        ),
        Why::RehearsalFailed { platform, at: moment, finding } => {
            format!("trying it on {platform} failed {}: {}", reader.day(*moment), found(finding))
        }
        Why::Rehearsed { platform, at: moment } => {
            format!("tried on {platform} {}", reader.day(*moment))
        }

        Why::NotSoaking => "it does not run there yet".to_owned(),
        Why::Soaking { soaked, of, since } => {
            format!("{} of {} since {}", soaked.roughly(), of.roughly(), at(*since))
        }
        Why::Soaked { soaked, of } => format!("{} of {}", soaked.roughly(), of.roughly()),

        Why::Frozen { window, until: Some(until), zone, .. } => {
            let end = reader.in_zone(zone).clock(*until);
            format!("{window}, until {end}, {}", reader.distance(*until))
        }
        Why::Frozen { window, until: None, .. } => format!("{window}, no end is in sight"),
        Why::FrozenByPerson { by, reason, until, .. } => {
            let by = by.as_ref().map_or("a person", |person| person.as_str());
            let end = reader.clock(*until);
            format!("by {by} until {end}, {}: {}", reader.distance(*until), found(reason))
        }
        Why::OverrideNotHeld { window, until, zone, override_by, by } => {
            let end = until.map_or_else(
                || "no end is in sight".to_owned(),
                |until| format!("until {}", reader.in_zone(zone).clock(until)),
            );
            let who = if override_by.is_empty() {
                "nobody".to_owned()
            } else {
                format!("only {}", list(override_by, 3))
            };
            format!("{window}, {end}; {by} waived it, but {who} may")
        }
        Why::WindowUnreadable { window, reason } => {
            format!("when {window} is on can not be told: {}", found(reason))
        }
        Why::NotFrozen { window, next: Some(next) } => {
            format!("{window} is off until {}", at(*next))
        }
        Why::NotFrozen { window, next: None } => format!("{window} is off for good"),
        Why::Held { by, reason, since } => {
            format!("by {by} since {}: {}", at(*since), found(reason))
        }
        Why::NotHeld => "nobody holds it".to_owned(),

        Why::NotSigned { role, have, of, per, .. } => {
            format!("{have} of {of} signed as {role}{}", each(*per))
        }
        Why::Signed { by, role, .. } => format!("signed by {} as {role}", list(by, 3)),
        Why::SignedUnopened { by, at: moment, targets, .. } => {
            let names: Vec<_> = targets.iter().map(|target| &target.target).collect();
            let names = list(&names, 4);
            format!("{by} signed at {} without having opened {names}", at(*moment))
        }
        Why::SignedBeforeDeployment { by, at: moment, deployed_at } => format!(
            "{by} signed at {}, before what runs now was deployed at {}",
            at(*moment),
            at(*deployed_at)
        ),

        Why::ConditionTrue { expression } => format!("`{}` is true", shorten(expression, 80)),
        Why::ConditionFalse { message: Some(message), .. } => found(message),
        Why::ConditionFalse { expression, message: None } => {
            format!("`{}` is false", shorten(expression, 80))
        }
        Why::ConditionBroken { expression, error } => {
            format!("`{}` can not be answered: {}", shorten(expression, 80), found(error))
        }

        Why::NoFollowUps => "nothing was left open".to_owned(),
        Why::FollowUpMet { of, rule, target, check, at: moment, .. } => {
            let what = passed_over(*rule, target.as_ref(), check.as_ref());
            format!("{what} of {of} was made up for at {}", at(*moment))
        }
        Why::FollowUpOpen { of, rule, target, check, since, .. } => {
            let what = passed_over(*rule, target.as_ref(), check.as_ref());
            format!("{what} of {of} was passed over at {}", at(*since))
        }

        Why::NeverWentBack => "it never went back from there".to_owned(),
        Why::WentBack { promotion, at: moment, cause, reason, same_as } => {
            let (when, reason) = (at(*moment), found(reason));
            let who = match same_as {
                Some(other) => format!("it has the same content as {other}, which"),
                None => "it".to_owned(),
            };
            match (cause, same_as) {
                (BackCause::Failed, _) => {
                    format!("{who} failed there at {when} ({promotion}: {reason})")
                }
                (BackCause::Errored, _) => {
                    format!("{who} went back at {when} for a fault of ours ({promotion}: {reason})")
                }
                (BackCause::Asked, None) => {
                    format!("a person took it back at {when} ({promotion}: {reason})")
                }
                (BackCause::Asked, Some(_)) => {
                    format!("{who} a person took back at {when} ({promotion}: {reason})")
                }
            }
        }

        Why::OtherTier { tier } => format!("not asked of tier {}", tier_word(*tier)),
        Why::OtherChange { change } => format!("not asked of a {} change", change_word(*change)),
        Why::WaivedBy { by, reason, until } => {
            format!("{by} until {}: {}", at(*until), found(reason))
        }
        Why::KnownAs { tickets, by, until } => {
            let tickets: Vec<_> = tickets.iter().map(|ticket| safe(ticket)).collect();
            let by = match by.as_slice() {
                [] => String::new(),
                all => format!(" by {}", list(all, 3)),
            };
            format!("known as {}{by} until {}", list(&tickets, 3), at(*until))
        }
    }
}

fn passed_over(rule: RuleName, target: Option<&TargetId>, check: Option<&CheckName>) -> String {
    let what = check.map_or_else(|| rule.to_string(), ToString::to_string);
    match target {
        Some(target) => format!("{what} on {}/{}", target.environment, target.target),
        None => what,
    }
}

fn found(text: &str) -> String {
    found_or(text, "no reason was given")
}

fn found_or(text: &str, otherwise: &str) -> String {
    if text.trim().is_empty() { otherwise.to_owned() } else { shorten(text, LONGEST_FINDING) }
}

fn tests(failed: &[String], more: u32) -> String {
    let total = failed.len() + more as usize;
    if total == 0 {
        return String::new();
    }
    let shown: Vec<_> = failed.iter().take(2).map(|test| shorten(test, 60)).collect();
    let rest = match total - shown.len() {
        0 => String::new(),
        rest => format!(" and {rest} more"),
    };
    format!("; {} red: {}{rest}", plural(total, "test"), shown.join(", "))
}

const fn moment(when: Aspect) -> &'static str {
    match when {
        Aspect::Before => "answered before the check",
        Aspect::After => "answered after the check",
        Aspect::Now => "answers now",
    }
}

const fn unseen(when: Aspect) -> &'static str {
    match when {
        Aspect::Before => "before the check",
        Aspect::After => "after the check",
        Aspect::Now => "just now",
    }
}

pub(super) fn proof(outcome: &ProofOutcome) -> String {
    match outcome {
        ProofOutcome::Present { how } => found(how),
        ProofOutcome::Missing { what, digest: Some(digest) } => {
            format!("{} is missing ({})", found(what), digest.short())
        }
        ProofOutcome::Missing { what, digest: None } => format!("{} is missing", found(what)),
        ProofOutcome::Unknown { why } => format!("it could not be looked for: {}", found(why)),
    }
}

const fn each(per: Per) -> &'static str {
    match per {
        Per::Release => "",
        Per::Site => " for this site",
        Per::Target => " for this target",
    }
}

/// The word of a tier.
#[must_use]
pub const fn tier_word(tier: Tier) -> &'static str {
    match tier {
        Tier::Critical => "critical",
        Tier::Standard => "standard",
        Tier::Leaf => "leaf",
    }
}

/// The word of a change class.
#[must_use]
pub const fn change_word(change: ChangeClass) -> &'static str {
    match change {
        ChangeClass::Major => "major",
        ChangeClass::Minor => "minor",
        ChangeClass::Patch => "patch",
    }
}

#[cfg(test)]
#[path = "why_tests.rs"]
mod tests;

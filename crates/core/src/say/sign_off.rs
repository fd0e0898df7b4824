//! Signing off, in words.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Per, RuleName};
use crate::ids::{EnvironmentName, PersonName, ReleaseId, RoleName};
use crate::record::SignOff;

use super::Reader;
use super::text::{count, list, shorten};

/// How far signing is: `1 of 3 sites of planet4@1.23 is signed.`
#[must_use]
pub fn sign_off_answer(release: &ReleaseId, (signed, of): (usize, usize), per: Per) -> String {
    let what = match per {
        Per::Release => {
            return match signed {
                0 => format!("{release} is not signed yet."),
                _ => format!("{release} is signed."),
            };
        }
        Per::Site => count(of, "site"),
        Per::Target => count(of, "target"),
    };
    let is = if signed == 1 { "is" } else { "are" };
    match signed {
        0 => format!("None of {what} of {release} is signed."),
        n if n == of => format!("All {what} of {release} {is} signed."),
        n => format!("{n} of {what} of {release} {is} signed."),
    }
}

/// What the gate asks for: `1 of editors for each site, after looking at what stands for it.`
#[must_use]
pub fn sign_off_rule(asked: &[(&BTreeMap<RoleName, u32>, Per)]) -> String {
    let parts: Vec<_> = asked
        .iter()
        .map(|(roles, per)| {
            let roles: Vec<_> = roles.iter().map(|(role, n)| format!("{n} of {role}")).collect();
            let per = match per {
                Per::Release => "once for the release",
                Per::Site => "for each site",
                Per::Target => "for each target",
            };
            format!("{} {per}", list(&roles, 6))
        })
        .collect();
    match parts.is_empty() {
        true => "No signature is asked for.".to_owned(),
        false => format!("Asked for: {}, after having looked at it.", parts.join("; ")),
    }
}

/// Somebody may not sign, and who may.
#[must_use]
pub fn holds_no_role(person: Option<&PersonName>, asked: &[&RoleName]) -> String {
    let person = person.map_or("you", |person| person.as_str());
    match asked.is_empty() {
        true => format!("{person} holds no role, so nothing can be signed as one."),
        false => format!("{person} does not hold the role that is asked for: {}.", list(asked, 4)),
    }
}

/// Who holds roles: `testers (anna, ci), editors (nobody holds it)`.
#[must_use]
pub fn holders<'a>(
    roles: impl Iterator<Item = (&'a RoleName, Option<&'a BTreeSet<PersonName>>)>,
) -> String {
    let holders = |people: Option<&BTreeSet<PersonName>>| match people {
        Some(people) if !people.is_empty() => list(&people.iter().collect::<Vec<_>>(), 6),
        Some(_) | None => "nobody holds it".to_owned(),
    };
    let all: Vec<_> = roles.map(|(role, people)| format!("{role} ({})", holders(people))).collect();
    all.join(", ")
}

/// A signature: `signed by ada as editors at 13:05 UTC: looks fine`.
#[must_use]
pub fn signature(sign_off: &SignOff, reader: &Reader) -> String {
    let note = match sign_off.note.trim() {
        "" => String::new(),
        note => format!(": “{}”", shorten(note, 300)),
    };
    let opened = match sign_off.opened.as_slice() {
        [] => String::new(),
        opened => format!(", having opened {}", list(opened, 6)),
    };
    format!(
        "signed by {} as {} at {}{opened}{note}",
        sign_off.by,
        sign_off.role,
        reader.clock(sign_off.at)
    )
}

/// Waive it?
#[must_use]
pub fn confirm_waiver(rule: RuleName, release: &ReleaseId, to: &EnvironmentName) -> String {
    format!("Waive {rule} for {release} to {to}?")
}

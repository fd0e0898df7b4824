//! Which pictures there are to be opened before somebody signs, and who has opened them.

use std::collections::BTreeSet;

use crate::catalog::Service;
use crate::ids::{EnvironmentName, PersonName, ReleaseId, TargetName, Version};
use crate::ledger::{ServiceState, TargetState};

use super::rules::deployed_at;

/// What a person has seen of a release where it is checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looks {
    /// Targets that show a picture, and the person has opened it since the release came there.
    pub opened: Vec<TargetName>,
    /// Targets that show a picture that the person has not opened.
    pub not_opened: Vec<TargetName>,
}

/// What `by` has opened of the pictures of `release` in the environment before `to`.
#[must_use]
pub fn looks(
    service: &Service,
    state: &ServiceState,
    release: &ReleaseId,
    to: &EnvironmentName,
    by: &PersonName,
) -> Looks {
    let mut looks = Looks::default();
    let before = service.environment(to).and_then(|environment| environment.after.as_ref());
    let Some(lane) = before.and_then(|before| state.lanes.get(before)) else { return looks };
    let mine =
        state.people.opened.iter().filter(|one| {
            one.release == *release && Some(&one.environment) == before && one.by == *by
        });
    let mine: Vec<_> = mine.collect();
    for (name, target) in &lane.targets {
        if !shows_picture(target, &release.version) {
            continue;
        }
        let since = deployed_at(target, &release.version);
        let seen = since.is_some_and(|since| {
            mine.iter().any(|one| one.at >= since && one.targets.contains(name))
        });
        if seen { &mut looks.opened } else { &mut looks.not_opened }.push(name.clone());
    }
    looks
}

/// Whether a page check kept a picture of this version on this target.
pub(super) fn shows_picture(target: &TargetState, version: &Version) -> bool {
    target.results.values().any(|run| {
        let deciding = run.result.attempts.last().and_then(|attempt| attempt.page.as_deref());
        run.result.version == *version && deciding.is_some_and(|page| !page.pictures.is_empty())
    })
}

/// Of these targets those that show a picture of the version and are not among the opened ones.
pub(super) fn unopened<'a>(
    targets: impl Iterator<Item = (&'a TargetName, Option<&'a TargetState>)>,
    version: &Version,
    opened: &[TargetName],
) -> BTreeSet<&'a TargetName> {
    targets
        .filter(|(_, target)| target.is_some_and(|target| shows_picture(target, version)))
        .map(|(name, _)| name)
        .filter(|name| !opened.contains(name))
        .collect()
}

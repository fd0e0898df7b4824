//! The targets of a service: its sites by its platforms, in each environment.

use std::collections::BTreeSet;

use plimsoll_core::catalog::{Environment, Service, Target};
use plimsoll_core::ids::{PlatformName, SiteName};
use plimsoll_core::ledger::ServiceState;
use plimsoll_core::record::State;
use plimsoll_core::say;

use crate::pages::link;
use crate::pages::parts::{Badge, Link, Look};

/// One environment.
pub(in crate::pages) struct Fleet {
    pub environment: String,
    pub platforms: Vec<PlatformName>,
    pub sites: Vec<(SiteName, Vec<Place>)>,
}

/// One site on one platform.
pub(in crate::pages) struct Place {
    pub look: Look,
    pub is_well: bool,
    /// Nothing here stands for a target further on.
    pub is_missing: bool,
    pub targets: Vec<(Link, Badge, String)>,
}

/// The targets of a service, environment by environment.
pub(in crate::pages) fn of(service: &Service, state: &ServiceState) -> Vec<Fleet> {
    service.environments.iter().map(|environment| one(service, environment, state)).collect()
}

fn one(service: &Service, environment: &Environment, state: &ServiceState) -> Fleet {
    let next: Vec<&Environment> = service
        .environments
        .iter()
        .filter(|later| later.after.as_ref() == Some(&environment.name))
        .collect();
    let ahead = || next.iter().flat_map(|later| later.targets.values());
    let here = || environment.targets.values();
    let sites: BTreeSet<&SiteName> = here().chain(ahead()).map(|target| &target.site).collect();
    let platforms: BTreeSet<&PlatformName> =
        here().chain(ahead()).map(|target| &target.platform).collect();
    let is = |target: &Target, site: &SiteName, platform: &PlatformName| {
        target.site == *site && target.platform == *platform
    };
    let place = |site: &SiteName, platform: &PlatformName| {
        let targets: Vec<_> = environment
            .targets
            .iter()
            .filter(|(_, target)| is(target, site, platform))
            .map(|(name, _)| {
                let id = service.lane(&environment.name).target(name);
                let (state, words, detail) = say::target_cell(state.target(&id));
                (state, (Link::new(link::target(&id), words), badge(state, &detail), detail))
            })
            .collect();
        let worst = targets.iter().map(|(state, _)| *state).min();
        let is_missing = worst.is_none() && ahead().any(|target| is(target, site, platform));
        Place {
            look: Look::of(worst.unwrap_or(State::Uncovered)),
            is_well: worst == Some(State::Satisfied) || (worst.is_none() && !is_missing),
            is_missing,
            targets: targets.into_iter().map(|(_, shown)| shown).collect(),
        }
    };
    let sites = sites.iter().map(|site| {
        let places = platforms.iter().map(|platform| place(site, platform)).collect();
        ((*site).clone(), places)
    });
    Fleet {
        environment: environment.name.to_string(),
        sites: sites.collect(),
        platforms: platforms.iter().map(|platform| (*platform).clone()).collect(),
    }
}

fn badge(state: State, detail: &str) -> Badge {
    match state {
        State::Satisfied => Badge::says(state, "verified"),
        State::WrongVersion => Badge::says(state, "drifted"),
        State::NotRun if detail.is_empty() => Badge::says(state, "never deployed"),
        State::NotRun => Badge::says(state, "not verified"),
        State::Running => Badge::says(state, "being deployed"),
        _ => Badge::of(state),
    }
}

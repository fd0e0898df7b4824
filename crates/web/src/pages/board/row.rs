//! One service: what it runs in each environment, and what waits.

use plimsoll_core::catalog::{Service, Tier};
use plimsoll_core::ids::{EnvironmentName, ServiceName};
use plimsoll_core::say::{self, BoardRow, LaneLook, Reader, Seen, Standing};

use crate::pages::link;
use crate::pages::parts::{Badge, Link, Look, Moment};

use super::fleet::{self, Fleet};

/// More targets than these are looked at on the service's own page.
const MOST_TARGETS: usize = 60;

/// What a service runs in one environment.
pub(super) struct Cell {
    /// The versions, each with its page.
    pub versions: Vec<Link>,
    pub badge: Badge,
    pub since: Option<Moment>,
}

/// One service.
pub(super) struct ServiceRow {
    pub name: ServiceName,
    pub tier: Tier,
    pub targets: usize,
    pub environments: Vec<(EnvironmentName, Cell)>,
    /// What waits, worst first: a link, and why.
    pub why: Vec<(Option<Link>, String)>,
    pub look: Option<Look>,
    pub standings: Vec<Standing>,
    pub is_verified: bool,
    pub is_ahead: bool,
    pub is_known: bool,
    /// The same version everywhere, and well.
    pub is_same: bool,
    pub fleet: Vec<Fleet>,
    /// Whether there are more targets than are shown here.
    pub is_large: bool,
    /// Everything that a search finds it by, in small letters.
    pub search: String,
}

impl ServiceRow {
    /// The cell of an environment, if the service has it.
    pub(super) fn cell(&self, environment: &EnvironmentName) -> Option<&Cell> {
        self.environments.iter().find(|(name, _)| name == environment).map(|(_, cell)| cell)
    }

    /// Worst first, then by name.
    pub(super) fn order(&self) -> impl Ord + '_ {
        let worst = self.standings.iter().min().copied();
        (worst.is_none(), worst, self.name.as_str())
    }
}

/// The row of a service, with its targets where they differ or where that is asked for.
pub(super) fn of(seen: &Seen<'_>, unwell: &[BoardRow], open: bool, reader: &Reader) -> ServiceRow {
    let (service, state) = (seen.service, seen.state);
    let looks: Vec<LaneLook> = service
        .environments
        .iter()
        .map(|environment| say::lane_look(environment, state.lanes.get(&environment.name), reader))
        .collect();
    let targets: usize = service.environments.iter().map(|e| e.targets.len()).sum();
    let ahead = ahead(seen, &looks);
    let mut why: Vec<(Option<Link>, String)> = unwell.iter().map(reason).collect();
    if unwell.is_empty() {
        why.extend(ahead.iter().map(|(link, words)| (Some(link.clone()), words.clone())));
    }
    let is_verified = looks.iter().all(|look| look.is_well);
    let mut versions: Vec<_> = looks.iter().flat_map(|look| &look.versions).collect();
    versions.dedup();
    let is_same = is_verified && versions.len() == 1 && unwell.is_empty() && !open;
    // Where every target never saw a deployment there is nothing to compare.
    let differs = looks.iter().any(|look| look.differs && !look.versions.is_empty());
    let wanted = open || (differs && targets > service.environments.len());
    let is_large = wanted && targets > MOST_TARGETS;
    let cells = looks
        .iter()
        .zip(&service.environments)
        .map(|(look, environment)| (environment.name.clone(), cell(service, look, reader)));
    ServiceRow {
        name: service.name.clone(),
        tier: service.tier,
        targets,
        environments: cells.collect(),
        why,
        look: unwell.first().map(|row| Look::of_mark(row.standing.mark())),
        standings: unwell.iter().map(|row| row.standing).collect(),
        is_verified,
        is_ahead: !ahead.is_empty(),
        is_known: looks.iter().any(|look| !look.versions.is_empty()),
        is_same,
        fleet: if wanted && !is_large { fleet::of(service, state) } else { Vec::new() },
        is_large,
        search: search(service, &looks),
    }
}

fn cell(service: &Service, look: &LaneLook, reader: &Reader) -> Cell {
    let versions = look.versions.iter().take(3).map(|version| {
        Link::new(format!("/releases/{}@{version}", service.name), version.to_string())
    });
    Cell {
        versions: versions.collect(),
        badge: Badge::marked(look.mark, &*look.word),
        since: look.since.map(|since| Moment::age(since, reader)),
    }
}

fn reason(row: &BoardRow) -> (Option<Link>, String) {
    let words = match row.standing {
        Standing::Held => format!("{}, {}", row.standing.word(), row.version),
        standing => format!("{} {}", row.version, standing.word()),
    };
    let link = link::of_command(&row.command).map(|href| Link::new(href, words.clone()));
    match link {
        Some(link) => (Some(link), row.sentence.clone()),
        None => (None, format!("{words}: {}", row.sentence)),
    }
}

/// What an environment has that the next one has not.
fn ahead(seen: &Seen<'_>, looks: &[LaneLook]) -> Vec<(Link, String)> {
    let service = seen.service;
    let place = |name: &EnvironmentName| service.environments.iter().position(|e| e.name == *name);
    let mut found = Vec::new();
    for (at, environment) in service.environments.iter().enumerate() {
        let Some(before) = environment.after.as_ref().and_then(place) else { continue };
        let Some(version) = say::newer_before((&looks[before], &looks[at]), seen.state) else {
            continue;
        };
        let Ok(release) = format!("{}@{version}", service.name).parse() else { continue };
        let href = link::gate(&release, &environment.name);
        let words = say::waits_ahead(&release, &service.environments[before], &looks[before]);
        found.push((Link::new(href, format!("{version} to {}?", environment.name)), words));
    }
    found
}

fn search(service: &Service, looks: &[LaneLook]) -> String {
    let mut text = service.name.as_str().to_lowercase();
    let mut add = |words: &str| {
        text.push(' ');
        text.push_str(&words.to_lowercase());
    };
    for (environment, look) in service.environments.iter().zip(looks) {
        look.versions.iter().for_each(|version| add(version.as_str()));
        for (name, target) in &environment.targets {
            add(name.as_str());
            add(target.site.as_str());
            target.url.iter().for_each(|url| add(url));
        }
    }
    text
}

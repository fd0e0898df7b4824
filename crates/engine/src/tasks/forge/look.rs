//! Which commits are of interest, and how each stands.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use plimsoll_core::Timestamp;
use plimsoll_core::catalog::{BranchRef, Catalog, Forge, RepositoryName, gated_environments};
use plimsoll_core::ids::{EnvironmentName, ForgeName, Seq, ServiceName};
use plimsoll_core::push::{Changed, Named, PushAnswer, PushQuestion, Stands, Step, Touched};
use plimsoll_core::record::ArtifactKind;
use plimsoll_core::units::Period;

use crate::desk::{Desk, DeskError};

/// For how long a commit is of interest after it was heard of or named as a release.
const OF_INTEREST: Period = Period::from_hours(7 * 24);

/// How many commits of a repository are looked at: each question asks every target what runs there.
const MOST_COMMITS: usize = 40;

/// How soon it is looked again after something of the service has changed: while checks come in
/// something changes all the time.
const SETTLES: Period = Period::from_secs(2);

/// How long a look is believed while nothing is known to have changed. What runs where is not in the
/// ledger before somebody looks.
const BELIEVED: Period = Period::from_mins(5);

/// A commit at a gate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub forge: ForgeName,
    pub repository: RepositoryName,
    pub commit: String,
    pub environment: EnvironmentName,
}

/// How it stood when it was looked at.
pub(super) struct Looked {
    pub answer: Arc<PushAnswer>,
    at: Timestamp,
    /// The last events of the services then.
    seqs: Vec<Seq>,
    /// When the answer may be another by itself.
    until: Option<Timestamp>,
}

/// The commits that are of interest, at each gate that there is for them.
pub(super) async fn places(
    desk: &Desk,
    name: &ForgeName,
    forge: &Forge,
) -> Result<BTreeSet<Place>, DeskError> {
    let mut places = BTreeSet::new();
    for (repository, services) in &forge.repositories {
        let commits = commits(desk, name, (repository, services)).await?;
        for environment in gated_environments(desk.catalog(), services) {
            for commit in &commits {
                places.insert(Place {
                    forge: name.clone(),
                    repository: repository.clone(),
                    commit: commit.clone(),
                    environment: environment.clone(),
                });
            }
        }
    }
    Ok(places)
}

/// The newest commits of a repository, by when they were heard of or named as a release.
async fn commits(
    desk: &Desk,
    name: &ForgeName,
    (repository, services): (&RepositoryName, &BTreeSet<ServiceName>),
) -> Result<Vec<String>, DeskError> {
    let mut newest: BTreeMap<String, Timestamp> = BTreeMap::new();
    let mut note = |commit: &String, at: Timestamp| {
        let known = newest.entry(commit.clone()).or_insert(at);
        *known = at.max(*known);
    };
    let state = desk.forge_state(name).await?;
    let heard = state.heard.iter().filter(|one| one.repository == *repository);
    heard.for_each(|one| note(&one.commit, one.at));
    for service in services {
        let state = desk.load(service).await?;
        for release in state.releases.values() {
            for artifact in &release.artifacts {
                if let ArtifactKind::Git { commit } = &artifact.kind {
                    note(commit, release.added_at);
                }
            }
        }
    }
    let since = OF_INTEREST.before(desk.now());
    let mut recent: Vec<_> = newest.into_iter().filter(|(_, at)| *at >= since).collect();
    recent.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
    recent.truncate(MOST_COMMITS);
    Ok(recent.into_iter().map(|(commit, _)| commit).collect())
}

/// How a commit stands: as it did when nothing can have changed since, else as it does now.
pub(super) async fn look(
    desk: &Desk,
    forge: &Forge,
    place: &Place,
    before: Option<Looked>,
) -> Result<Looked, DeskError> {
    let mut seqs = Vec::new();
    for service in services(forge, place) {
        seqs.push(desk.load(service).await?.seq);
    }
    let now = desk.now();
    if let Some(before) = before {
        let settled = before.seqs == seqs || now < SETTLES.after(before.at);
        let holds = before.until.is_none_or(|until| now < until);
        if settled && holds && now < BELIEVED.after(before.at) {
            return Ok(before);
        }
    }
    let answer = Arc::new(ask(desk, forge, place).await?);
    let until = changes_at(&answer, now);
    Ok(Looked { answer, at: now, seqs, until })
}

/// Asks the gates, as a push of this commit would. Without the repository it is not known which of
/// its services the commit changes, so it counts as a change of each.
pub(super) async fn ask(
    desk: &Desk,
    forge: &Forge,
    place: &Place,
) -> Result<PushAnswer, DeskError> {
    let services = services(forge, place);
    let touched = |name: &ServiceName| (name.clone(), Touched::default());
    let question = PushQuestion {
        branch: branch(desk.catalog(), &place.environment)?,
        environment: place.environment.clone(),
        step: Step::Forward,
        commit: Some(place.commit.clone()),
        same_content: std::iter::once(place.commit.clone()).collect(),
        changed: Changed { services: services.iter().map(touched).collect(), ..Changed::default() },
        // What rides along is for the one who pushes to name.
        named: Named { also: services.clone(), ..Named::default() },
    };
    desk.ask_push(question).await
}

fn services<'a>(forge: &'a Forge, place: &Place) -> &'a BTreeSet<ServiceName> {
    static NONE: BTreeSet<ServiceName> = BTreeSet::new();
    forge.repositories.get(&place.repository).unwrap_or(&NONE)
}

/// The branch that is deployed there; where none is protected, one of the environment's name.
fn branch(catalog: &Catalog, environment: &EnvironmentName) -> Result<BranchRef, DeskError> {
    let known = catalog.branches.iter().find(|(_, to)| *to == environment);
    match known {
        Some((branch, _)) => Ok(branch.clone()),
        None => environment
            .as_str()
            .parse()
            .or_else(|_| "main".parse())
            .map_err(|_| DeskError::Refused(format!("{environment} is no branch"))),
    }
}

/// The first moment at which time alone may change the answer.
fn changes_at(answer: &PushAnswer, now: Timestamp) -> Option<Timestamp> {
    let decisions = answer.asked.iter().filter_map(|one| match &one.stands {
        Stands::NoRelease => None,
        Stands::Decided { decision, .. } | Stands::Forced { decision, .. } => Some(decision),
    });
    decisions
        .flat_map(|decision| {
            let windows = decision.freezes.iter().filter_map(|freeze| freeze.changes_at);
            windows.chain(decision.good_until)
        })
        .filter(|at| *at > now)
        .min()
}

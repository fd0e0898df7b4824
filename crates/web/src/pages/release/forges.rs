//! What forges were told of the commits that a release is made of.

use plimsoll_core::catalog::RepositoryName;
use plimsoll_core::ids::ServiceName;
use plimsoll_core::record::{ArtifactKind, Release};
use plimsoll_core::say::{self, ForgeLine, Reader};
use plimsoll_engine::desk::Desk;

use crate::caller::Caller;
use crate::pages::parts::Badge;
use crate::problem::Problem;

/// One thing that a forge was told, or was to be told.
pub(super) struct Posting {
    pub badge: Badge,
    pub of: String,
    pub about: String,
    pub words: String,
    pub remedy: Option<&'static str>,
}

/// What every forge was told of the release; nothing where no forge has a repository of its service, or
/// where it is made of no commit. A status tells of every service of its repository, so one is shown
/// only to who may look at all of them.
pub(super) async fn postings(
    desk: &Desk,
    caller: &Caller,
    release: &Release,
    reader: &Reader,
) -> Result<Option<Vec<Posting>>, Problem> {
    let commits: Vec<&str> = commits(release).collect();
    let mut found = None;
    for (name, forge) in &desk.catalog().forges {
        let is_shown = |services: &std::collections::BTreeSet<ServiceName>| {
            services.contains(&release.id.service) && services.iter().all(|one| caller.sees(one))
        };
        let is_meant = |repository: &RepositoryName, commit: &str| {
            let known = forge.repository(repository.as_str());
            known.is_some_and(|(_, services)| is_shown(services)) && commits.contains(&commit)
        };
        if commits.is_empty() || !forge.repositories.values().any(is_shown) {
            continue;
        }
        let state = desk.forge_state(name).await?;
        let lines = say::forge_lines(name, &state, is_meant, reader);
        found.get_or_insert_with(Vec::new).extend(lines.into_iter().map(Posting::from));
    }
    Ok(found)
}

fn commits(release: &Release) -> impl Iterator<Item = &str> {
    release.artifacts.iter().filter_map(|artifact| match &artifact.kind {
        ArtifactKind::Git { commit } => Some(commit.as_str()),
        ArtifactKind::File | ArtifactKind::Directory | ArtifactKind::Named => None,
    })
}

impl From<ForgeLine> for Posting {
    fn from(line: ForgeLine) -> Self {
        Self {
            badge: Badge::marked(line.mark, line.word),
            of: line.of,
            about: line.about,
            words: line.words,
            remedy: line.fault.map(say::forge_remedy),
        }
    }
}

//! The `twins` check: has every change of the release its equal in the twin?
//!
//! | what is found | what it comes to |
//! |---|---|
//! | a change without its twin, or with another one; a part that cannot be read any more | failed |
//! | no commit to compare, no such commit here, git fails | errored |

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use jiff::tz::TimeZone;
use plimsoll_analyze::twins::{diff, merge};
use plimsoll_core::Timestamp;
use plimsoll_core::catalog::{TwinsBase, TwinsCheck};
use plimsoll_core::ids::ArtifactName;
use plimsoll_core::record::{
    ArtifactKind, Attempt, Outcome, Release, TwinAnswer, TwinChange, TwinState,
};
use plimsoll_core::say;
use plimsoll_engine::ports::{Attempted, CheckJob};
use serde::Serialize;

use crate::ground::Ground;
use crate::twins::Commits;

/// What is kept as the output of the check.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Evidence<'a> {
    base: &'a str,
    head: &'a str,
    answers: &'a [TwinAnswer],
}

/// One attempt of a `twins` check.
pub async fn run(job: &CheckJob, check: &TwinsCheck, ground: &Ground) -> Attempted {
    let began = Instant::now();
    let compared = match commits(job, check) {
        Ok((range, right_range)) => {
            let (check, root) = (check.clone(), ground.root.clone());
            let comparing = move || compare(&check, &root, &range, right_range.as_deref());
            tokio::task::spawn_blocking(comparing)
                .await
                .unwrap_or_else(|error| Err(error.to_string()))
        }
        Err(why) => Err(why),
    };
    let (outcome, finding, output) = match compared {
        Ok(Compared { base, head, answers, pairs }) => {
            let evidence = Evidence { base: &base, head: &head, answers: &answers };
            let output = serde_json::to_vec_pretty(&evidence).unwrap_or_default();
            let (outcome, finding) = judged(&answers, pairs);
            (outcome, finding, output)
        }
        Err(why) => (Outcome::Errored, why, Vec::new()),
    };
    let redactor = ground.secrets.redactor();
    let attempt = Attempt::new(outcome, redactor.text(&finding), began.elapsed());
    Attempted { attempt, output: redactor.bytes(&output), pictures: Vec::new() }
}

struct Compared {
    base: String,
    head: String,
    answers: Vec<TwinAnswer>,
    pairs: usize,
}

/// `BASE..HEAD` of the repository, and of the other ones.
fn commits(job: &CheckJob, check: &TwinsCheck) -> Result<(String, Option<String>), String> {
    let Some(candidate) = &job.beside.candidate else {
        return Err(format!("nobody has named what {} is made of", job.version));
    };
    let head = commit(candidate, check.artifact.as_ref())?;
    let base = |artifact: Option<&ArtifactName>| match (&check.base, &job.beside.good) {
        (TwinsBase::Revision(revision), _) => Ok(revision.clone()),
        (TwinsBase::LastVerifiedGood, Some(good)) => commit(good, artifact).map(str::to_owned),
        (TwinsBase::LastVerifiedGood, None) => {
            Err("no release was verified good yet where this one is going; until then say \
                 base: REVISION"
                .to_owned())
        }
    };
    let range = format!("{}..{head}", base(check.artifact.as_ref())?);
    let right = match &check.right_artifact {
        Some(name) => {
            let head = commit(candidate, Some(name))?;
            Some(format!("{}..{head}", base(Some(name))?))
        }
        None => None,
    };
    Ok((range, right))
}

/// The commit that a release names.
fn commit<'a>(release: &'a Release, name: Option<&ArtifactName>) -> Result<&'a str, String> {
    let commits = release.artifacts.iter().filter_map(|artifact| match &artifact.kind {
        ArtifactKind::Git { commit } => Some((&artifact.name, commit.as_str())),
        ArtifactKind::File | ArtifactKind::Directory | ArtifactKind::Named => None,
    });
    let mut commits: Vec<_> =
        commits.filter(|(artifact, _)| name.is_none_or(|name| name == *artifact)).collect();
    match (commits.pop(), commits.is_empty(), name) {
        (Some((_, commit)), true, _) => Ok(commit),
        (Some(_), false, _) => {
            Err(format!("{} names several commits; say which with artifact:", release.id))
        }
        (None, _, Some(name)) => Err(format!("{} names no commit as {name}", release.id)),
        (None, _, None) => {
            Err(format!("{} names no commit: add one with plimsoll release add --git", release.id))
        }
    }
}

fn compare(
    check: &TwinsCheck,
    root: &Path,
    range: &str,
    right_range: Option<&str>,
) -> Result<Compared, String> {
    let open = |folder: &str, range: &str| {
        Commits::open(&root.join(folder), range).map_err(|error| error.to_string())
    };
    let mut left = open(&check.repository, range)?;
    let mut others: BTreeMap<&str, Commits> = BTreeMap::new();
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let mut answers = Vec::new();
    for pair in &check.pairs {
        let left_file = left.file(&pair.left.file).map_err(|error| error.to_string())?;
        let right = match &pair.right_in {
            None => &mut left,
            Some(folder) => {
                let Some(range) = right_range else {
                    return Err(format!(
                        "the twin of {} is in {folder}: say with right-artifact: which artifact \
                         of the release is its commit",
                        pair.left
                    ));
                };
                if !others.contains_key(folder.as_str()) {
                    others.insert(folder, open(folder, range)?);
                }
                others.get_mut(folder.as_str()).expect("it has just been put there")
            }
        };
        let right_file = right.file(&pair.right.file).map_err(|error| error.to_string())?;
        answers.extend(diff(pair, &left_file, &right_file, today));
    }
    let range = left.range();
    let (base, head) = (range.base.clone(), range.head.clone());
    Ok(Compared { base, head, answers: merge(answers), pairs: check.pairs.len() })
}

/// The outcome, and the first thing that is wrong in words.
fn judged(answers: &[TwinAnswer], pairs: usize) -> (Outcome, String) {
    let brief = say::twins_brief(answers, pairs);
    let brief = brief.trim_end_matches('.');
    let Some(first) = answers.iter().find(|answer| !answer.state.passes()) else {
        return (Outcome::Passed, brief.to_owned());
    };
    let what = match (first.state, &first.change) {
        (TwinState::Unparsable, TwinChange::Unreadable { item }) => item.clone(),
        (_, change) => say::twin_change(change),
    };
    (Outcome::Failed, format!("{brief}: {} {} ({what})", first.state.word(), first.place))
}

//! From lines to questions: what the repository itself says of a push.

use std::collections::BTreeSet;

use plimsoll_adapters::git::{GitError, Repository};
use plimsoll_core::push::{Changed, Changes, Links, Named, PushQuestion, PushTerms, Step};
use plimsoll_core::say;

use crate::error::CliError;

use super::asker::Asker;
use super::lines::Line;

/// What the repository says of a push to one branch.
pub(super) struct Gathered {
    pub question: PushQuestion,
    /// A merge commit may be the same content as what was merged.
    is_merge: bool,
}

/// Looks at what a line changes. A branch that begins has everything in it changed: what it is
/// deployed over is not known here.
pub(super) fn gather(
    repository: &Repository,
    terms: &PushTerms,
    line: Line,
    named: &Named,
) -> Result<Gathered, CliError> {
    let mut changed = Changed::default();
    let mut is_merge = false;
    let mut step = Step::Deleted;
    if let Some(new) = &line.new {
        let commit = repository.commit_parents(new).map_err(|error| no_commit(&line, &error))?;
        is_merge = commit.parents.len() > 1;
        step = match &line.old {
            None => Step::Created,
            Some(old) if is_ancestor(repository, old, new)? => Step::Forward,
            Some(_) => Step::Forced,
        };
        let mut changes = Changes::of(terms);
        let links = Links::of(repository.links(new).map_err(|error| of_git(&error))?);
        let mut count = |path: &str| {
            changes.add(path);
            links.also_at(path).iter().for_each(|place| changes.add_through_link(place));
        };
        repository
            .changed_paths(line.old.as_deref(), new, &mut count)
            .map_err(|error| of_git(&error))?;
        changed = changes.end();
    }
    let question = PushQuestion {
        branch: line.branch,
        environment: line.environment,
        step,
        same_content: line.new.iter().cloned().collect(),
        commit: line.new,
        changed,
        named: named.clone(),
    };
    Ok(Gathered { question, is_merge })
}

fn is_ancestor(repository: &Repository, old: &str, new: &str) -> Result<bool, CliError> {
    repository.is_ancestor(old, new).map_err(|error| of_git(&error))
}

/// Adds the commits whose release counts for a merge commit: those with the identical tree. A merge
/// of what was tested is what was tested; any other commit of the same files is not looked for.
pub(super) async fn with_same_content(
    asker: &Asker<'_>,
    repository: &Repository,
    gathered: Gathered,
) -> Result<PushQuestion, CliError> {
    let Gathered { mut question, is_merge } = gathered;
    let Some(commit) = question.commit.as_ref().filter(|_| is_merge) else { return Ok(question) };
    let services: BTreeSet<_> = question.changed.services.keys().collect();
    let released = asker.commits(services.into_iter()).await?;
    let same = repository.with_same_tree(commit, &released).map_err(|error| of_git(&error))?;
    question.same_content.extend(same);
    Ok(question)
}

/// A branch that would become something else than a commit: a tag that was pushed as it is. Git refuses
/// that too, later and in other words.
fn no_commit(line: &Line, error: &GitError) -> CliError {
    let GitError::NoCommit { id, kind } = error else { return of_git(error) };
    let (branch, id) = (&line.branch, say::short_commit(id));
    let to = branch.as_str();
    CliError::refused(
        format!("the {kind} {id} is no commit, and {branch} can only become one"),
        format!("push the commit that it stands for:  git push origin \"{id}^{{commit}}:{to}\""),
    )
}

/// What git says, for the one who pushes.
pub(super) fn of_git(error: &GitError) -> CliError {
    let hint = match error {
        GitError::NotStarted(_) => "install git where the repository is",
        GitError::NoRepository { .. } => "plimsoll hook pre-receive  is for git to call",
        GitError::NoRange(_)
        | GitError::NoRevision { .. }
        | GitError::NoCommit { .. }
        | GitError::Failed { .. }
        | GitError::TimedOut(_) => "git fsck  looks at the repository",
    };
    CliError::Unavailable { message: error.to_string(), hint: hint.to_owned() }
}

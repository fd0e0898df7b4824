//! Commits, by their full object id.

use std::path::Path;

use plimsoll_core::record::Ending;
use plimsoll_core::units::Period;

use super::ArtifactError;
use crate::process::{self, Command, Ran};
use crate::secrets::Redactor;

/// Git answers from its own disk; a minute means that it does not.
const WITHIN: Period = Period::from_secs(60);

async fn git(repository: &Path, args: &[&str]) -> Ran {
    let mut argv = vec!["git"];
    argv.extend_from_slice(args);
    let mut command = Command::own(&argv, repository, WITHIN).apart();
    command.env.insert("GIT_TERMINAL_PROMPT".into(), "0".into());
    process::run(command).await
}

/// The full object id of the commit that a revision names now.
///
/// # Errors
/// [`ArtifactError::NoCommit`] with what git says.
pub async fn git_commit(repository: &Path, revision: &str) -> Result<String, ArtifactError> {
    let fail = |why: String| ArtifactError::NoCommit {
        repository: repository.display().to_string(),
        revision: revision.escape_debug().to_string(),
        why,
    };
    if revision.is_empty() || revision.starts_with('-') || revision.contains(char::is_control) {
        return Err(fail("that is no revision".into()));
    }
    if !repository.is_dir() {
        return Err(fail("there is no such directory; name a local clone".into()));
    }
    let found = rev_parse(repository, revision).await.map_err(fail)?;
    let id = found.ok_or_else(|| fail("git does not know it".into()))?;
    // Of a branch and a tag with one name git takes the tag, which anybody may have pushed.
    match rev_parse(repository, &format!("refs/heads/{revision}")).await.map_err(fail)? {
        Some(branch) if branch != id => Err(fail(format!(
            "a branch and something else have that name; write refs/heads/{revision} or refs/tags/{revision}"
        ))),
        Some(_) | None => Ok(id),
    }
}

/// The commit of a revision, if git knows it.
async fn rev_parse(repository: &Path, revision: &str) -> Result<Option<String>, String> {
    let wanted = format!("{revision}^{{commit}}");
    let ran = git(repository, &["rev-parse", "--verify", "--quiet", &wanted]).await;
    let id = String::from_utf8_lossy(&ran.stdout.clean(&Redactor::none())).trim().to_owned();
    let full = matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    match ran.ending {
        Ending::Exit(0) if full => Ok(Some(id)),
        Ending::Exit(1) => Ok(None),
        Ending::Exit(_) | Ending::Signal(_) | Ending::TimedOut | Ending::NotStarted => {
            Err(ran.sentence(&ran.output.clean(&Redactor::none())))
        }
    }
}

/// Whether the repository has the commit, with everything that git needs to know it is one.
///
/// # Errors
/// A sentence when it could not be found out.
pub async fn commit_is_there(repository: &Path, commit: &str) -> Result<bool, String> {
    if !repository.is_dir() {
        return Err(format!("the repository {} is not there", repository.display()));
    }
    let inside = git(repository, &["rev-parse", "--git-dir"]).await;
    if inside.ending != Ending::Exit(0) {
        return Err(inside.sentence(&inside.output.clean(&Redactor::none())));
    }
    let ran = git(repository, &["cat-file", "-e", &format!("{commit}^{{commit}}")]).await;
    match ran.ending {
        Ending::Exit(0) => Ok(true),
        Ending::Exit(_) => Ok(false),
        Ending::Signal(_) | Ending::TimedOut | Ending::NotStarted => {
            Err(ran.sentence(&ran.output.clean(&Redactor::none())))
        }
    }
}

//! What was said to a push.

use crate::catalog::BranchRef;
use crate::ids::{EnvironmentName, PersonName, ServiceName};
use crate::push::{AskedService, PushAnswer, PushQuestion, Stands, Step, Touched};

use super::text::{count, list, safe};

/// How much of a commit's id is shown.
const SHORT: usize = 12;

/// So many names of services before the rest is counted.
const MOST_NAMES: usize = 8;

/// The first characters of a commit's id, enough to name it in a repository.
#[must_use]
pub fn short_commit(commit: &str) -> String {
    commit.chars().take(SHORT).collect()
}

/// The answer in one sentence.
#[must_use]
pub fn push_summary(answers: &[PushAnswer]) -> String {
    let refused: Vec<_> = answers.iter().filter(|answer| !answer.is_allowed()).collect();
    match (refused.as_slice(), answers) {
        ([], answers) => entered(answers),
        ([one], [_]) => format!("Refused: {}.", not_entered(one)),
        (several, answers) => {
            let branches: Vec<_> = several.iter().map(|one| &one.question.branch).collect();
            let (some, all) = (list(&branches, MOST_NAMES), answers.len());
            format!("Refused: of {all} branches not {some}, so nothing of this push enters.")
        }
    }
}

fn entered(answers: &[PushAnswer]) -> String {
    let branches: Vec<_> = answers.iter().map(|one| &one.question.branch).collect();
    let branches = list(&branches, MOST_NAMES);
    let asked = || answers.iter().flat_map(|one| &one.asked);
    if asked().any(|one| matches!(one.stands, Stands::Forced { .. })) {
        return format!("Forced: the push enters {branches} although the gate refuses it.");
    }
    let only_gone = answers.iter().all(|one| one.question.step == Step::Deleted);
    if only_gone {
        return format!("Allowed: {branches} is deleted, as was named.");
    }
    match asked().next() {
        Some(_) => format!("Allowed: the push may enter {branches}."),
        None => format!("Allowed: nothing with a gate changes on {branches}."),
    }
}

fn not_entered(answer: &PushAnswer) -> String {
    let branch = &answer.question.branch;
    match answer.question.step {
        Step::Deleted => format!("{branch} is protected and would be deleted"),
        Step::Forced if answer.is_unmeant() => {
            format!("{branch} is protected and would lose commits")
        }
        Step::Created | Step::Forward | Step::Forced => {
            let commit = answer.question.commit.as_deref().unwrap_or_default();
            format!("{} may not enter {branch}", short_commit(commit))
        }
    }
}

/// Files by name, as many as are known, and how many there are: `2 files: a, b`.
#[must_use]
pub fn touched(touched: &Touched) -> String {
    let files = usize::try_from(touched.files).unwrap_or(usize::MAX);
    let shown: Vec<_> = touched.first.iter().map(|path| safe(path).into_owned()).collect();
    let more = files.saturating_sub(shown.len());
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}: {}{rest}", count(files, "file"), shown.join(", "))
}

/// How a changed service stands, in a few words, without the gate's reasons.
#[must_use]
pub fn stands(answer: &PushAnswer, asked: &AskedService) -> String {
    let to = &answer.question.environment;
    match &asked.stands {
        Stands::NoRelease => "no release is made of this commit, so nothing is known of it".into(),
        Stands::Decided { decision, id, others } => {
            let release = &decision.release;
            let also = match others.as_slice() {
                [] => String::new(),
                others => format!("; so is {}, which is no better", list(others, 3)),
            };
            if asked.stands.lets_pass() {
                format!("{release} is made of it, and may enter {to}: {id}")
            } else {
                format!("{release} is made of it{also}, and may not enter {to}: {id}")
            }
        }
        Stands::Forced { decision, id, left_open, .. } => {
            let left = count(*left_open, "requirement");
            format!("{} is forced into {to} against {id}; {left} left open", decision.release)
        }
    }
}

/// What to do before the commit can enter, as commands in their order.
#[must_use]
pub fn to_be_released(
    answer: &PushAnswer,
    service: &ServiceName,
    before: &EnvironmentName,
) -> Vec<String> {
    let commit = answer.question.commit.as_deref().map(short_commit).unwrap_or_default();
    vec![
        format!("plimsoll release add {service}@VERSION code=git:.@{commit}"),
        format!("plimsoll deploy {service}@VERSION --to {before}"),
        format!("plimsoll verify {service}@VERSION --on {before}"),
    ]
}

/// Where a push goes, as git is told: `origin 4f1c2ab9d0e1:production`.
#[must_use]
pub fn push_place(question: &PushQuestion) -> String {
    let branch = question.branch.short();
    let from = question.commit.as_deref().map(short_commit).unwrap_or_default();
    // A name that is not there yet is not guessed by git where a bare id is pushed to it.
    let to = match question.step {
        Step::Created => question.branch.as_str(),
        Step::Forward | Step::Forced | Step::Deleted => branch,
    };
    let force = if question.step == Step::Forced { "+" } else { "" };
    format!("origin {force}{from}:{to}")
}

/// What has to be named before the push can enter, as push options.
#[must_use]
pub fn to_be_named(answer: &PushAnswer) -> Vec<String> {
    let branch = answer.question.branch.short();
    let mut options = Vec::new();
    if answer.is_unmeant() {
        let key = if answer.question.step == Step::Deleted { "delete" } else { "force" };
        options.push(format!("{key}={branch}"));
    }
    if !answer.riding.unnamed.is_empty() {
        let names: Vec<_> = answer.riding.gated.iter().map(ServiceName::as_str).collect();
        options.push(format!("also={}", names.join(",")));
    }
    options
}

/// Why a release was named that nobody had named: its commit was forced into a branch, by who is told
/// to have pushed it.
#[must_use]
pub fn forced_release(branch: &BranchRef, by: &PersonName, told_by: &PersonName) -> String {
    let forced = format!("named because it was forced into {branch}");
    if by == told_by { forced } else { format!("{forced} by {by}, as {told_by} tells") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_pushed_is_told_by_another_or_known() {
        let branch = "production".parse().expect("a branch");
        let (ada, host) = ("ada".parse().expect("a name"), "githost".parse().expect("a name"));
        let known = forced_release(&branch, &ada, &ada);
        assert_eq!(known, "named because it was forced into production");
        assert_eq!(
            forced_release(&branch, &ada, &host),
            format!("{known} by ada, as githost tells")
        );
    }
}

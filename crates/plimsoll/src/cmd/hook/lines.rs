//! What git gives to a pre-receive hook: `OLD NEW REF` lines, and push options.

use std::collections::BTreeMap;
use std::io::{BufRead, Read as _};

use plimsoll_core::catalog::BranchRef;
use plimsoll_core::ids::EnvironmentName;

use crate::error::CliError;

/// The longest line that is read; git's own names are shorter.
const LONGEST: u64 = 64 * 1024;

/// Links from ref to ref that are followed.
const MOST_LINKS: usize = 8;

/// A push to a protected branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub branch: BranchRef,
    pub environment: EnvironmentName,
    /// Where it was; nothing when it begins.
    pub old: Option<String>,
    /// Where it goes; nothing when it ends.
    pub new: Option<String>,
}

/// The lines about protected branches. `links` gives refs that stand for others, and is asked only
/// where there are refs that are not protected themselves.
pub(super) fn protected(
    mut input: impl BufRead,
    branches: &BTreeMap<BranchRef, EnvironmentName>,
    links: impl FnOnce() -> Result<BTreeMap<String, String>, CliError>,
) -> Result<Vec<Line>, CliError> {
    let by_ref: BTreeMap<&str, (&BranchRef, &EnvironmentName)> =
        branches.iter().map(|entry| (entry.0.as_str(), entry)).collect();
    let mut links = Some(links);
    let mut known_links = BTreeMap::new();
    let mut found = Vec::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.by_ref().take(LONGEST).read_until(b'\n', &mut line)? == 0 {
            return Ok(found);
        }
        let (old, new, name) = split(&line)?;
        let mut meant = by_ref.get(&*name);
        if meant.is_none() && !branches.is_empty() {
            if let Some(links) = links.take() {
                known_links = links()?;
            }
            meant = followed(&name, &known_links).and_then(|name| by_ref.get(name));
        }
        let Some((branch, environment)) = meant else { continue };
        let (branch, environment) = ((*branch).clone(), (*environment).clone());
        found.push(Line { branch, environment, old, new });
    }
}

/// Where a ref leads to, if it stands for another.
fn followed<'a>(name: &str, links: &'a BTreeMap<String, String>) -> Option<&'a str> {
    let mut at = links.get(name)?;
    for _ in 0..MOST_LINKS {
        let Some(next) = links.get(at) else { break };
        at = next;
    }
    Some(at)
}

fn split(line: &[u8]) -> Result<(Option<String>, Option<String>, String), CliError> {
    let unread = || {
        CliError::refused(
            "what git says of this push cannot be read",
            "plimsoll hook pre-receive  is for git to call: lines of OLD NEW REF",
        )
    };
    let line = line.strip_suffix(b"\n").ok_or_else(unread)?;
    let text = String::from_utf8_lossy(line);
    let mut parts = text.splitn(3, ' ');
    let mut next = || parts.next().filter(|part| !part.is_empty()).ok_or_else(unread);
    let (old, new, name) = (next()?, next()?, next()?);
    let id = |text: &str| {
        if !plimsoll_adapters::git::is_object_id(text) {
            return Err(unread());
        }
        Ok((!text.bytes().all(|byte| byte == b'0')).then(|| text.to_owned()))
    };
    let (old, new) = (id(old)?, id(new)?);
    if old.is_none() && new.is_none() {
        return Err(unread());
    }
    Ok((old, new, name.to_owned()))
}

/// The push options, as git gives them.
pub(super) fn push_options(get: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let count =
        get("GIT_PUSH_OPTION_COUNT").and_then(|count| count.parse().ok()).unwrap_or(0_usize);
    // Git itself sends each of them in a line of at most 64 KiB, and no person writes a thousand.
    let named = (0..count.min(1_000)).filter_map(|at| get(&format!("GIT_PUSH_OPTION_{at}")));
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "1111111111111111111111111111111111111111";
    const B: &str = "2222222222222222222222222222222222222222";
    const NONE: &str = "0000000000000000000000000000000000000000";

    fn branches() -> BTreeMap<BranchRef, EnvironmentName> {
        let name = |text: &str| text.parse().expect("a name");
        BTreeMap::from([("production".parse().expect("a branch"), name("production"))])
    }

    fn read(text: &[u8], links: &[(&str, &str)]) -> Result<Vec<Line>, CliError> {
        let links = links.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
        protected(text, &branches(), || Ok(links))
    }

    #[test]
    fn only_protected_branches_are_looked_at() {
        let text = format!(
            "{A} {B} refs/heads/topic\n{NONE} {B} refs/tags/production\n{A} {B} refs/heads/production\n{A} {NONE} refs/heads/production x\n"
        );
        let lines = read(text.as_bytes(), &[]).expect("it can be read");
        let [line] = lines.as_slice() else { panic!("{lines:?}") };
        assert_eq!((line.old.as_deref(), line.new.as_deref()), (Some(A), Some(B)));
        assert!(read(b"", &[]).expect("an empty push").is_empty());
        let gone = format!("{A} {NONE} refs/heads/production\n");
        assert_eq!(read(gone.as_bytes(), &[]).expect("it can be read")[0].new, None);
    }

    #[test]
    fn a_ref_that_stands_for_a_protected_branch_is_that_branch() {
        let text = format!("{A} {B} refs/heads/live\n");
        let links =
            [("refs/heads/live", "refs/heads/now"), ("refs/heads/now", "refs/heads/production")];
        let lines = read(text.as_bytes(), &links).expect("it can be read");
        assert_eq!(lines[0].branch.short(), "production");
        let circle = [("refs/heads/live", "refs/heads/now"), ("refs/heads/now", "refs/heads/live")];
        assert!(read(text.as_bytes(), &circle).expect("it ends").is_empty());
    }

    #[test]
    fn names_that_are_no_utf_8_are_other_branches() {
        let mut text = format!("{A} {B} refs/heads/").into_bytes();
        text.extend(b"produ\xffction\n");
        assert!(read(&text, &[]).expect("it can be read").is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_refused_and_not_passed_over() {
        for text in [
            "x\n",
            &format!("{A} {B}\n"),
            &format!("{A} {B} \n"),
            &format!("{A} {B} refs/heads/production"),
            &format!("-x {B} refs/heads/production\n"),
            &format!("{NONE} {NONE} refs/heads/production\n"),
            &format!("{A} {B} {}\n", "x".repeat(70_000)),
        ] {
            assert!(read(text.as_bytes(), &[]).is_err(), "{text:.60}");
        }
    }

    #[test]
    fn push_options_are_those_that_git_counts() {
        let all = [
            ("GIT_PUSH_OPTION_COUNT", "2"),
            ("GIT_PUSH_OPTION_0", "also=a"),
            ("GIT_PUSH_OPTION_1", "ci.skip"),
            ("GIT_PUSH_OPTION_2", "also=left-over"),
        ];
        let get = |key: &str| {
            all.iter().find(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned())
        };
        assert_eq!(push_options(get), ["also=a", "ci.skip"]);
        assert!(push_options(|_| None).is_empty());
    }
}

//! The history as a stream.

use std::io::{BufRead, BufReader};
use std::sync::LazyLock;

use plimsoll_analyze::twins::{Commit, FileChange};
use regex::Regex;

use super::run::{command, end, last_words, start};
use super::{GitError, Repository};

/// The commits that are read, at most.
const MOST_COMMITS: &str = "--max-count=500000";

const FORMAT: &str =
    "--format=tformat:%x01%H%x02%ct%x02%s%x02%(trailers:key=Change-Id,valueonly,separator=%x2C)";

/// A ticket at the head of a subject: `PLANET-2346`.
static TICKET: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b[A-Z][A-Z0-9]+-[0-9]+\b").expect("it is written above"));

/// Gives every commit of the folder's current branch, newest first, without merges, to `each`.
/// `since` is a moment as git understands it.
///
/// # Errors
/// Git fails; what was given until then is not to be used.
pub fn read_history(
    repository: &Repository,
    since: Option<&str>,
    each: &mut dyn FnMut(Commit),
) -> Result<(), GitError> {
    let since = since.map(|since| format!("--since={since}"));
    let mut args = vec![
        "log",
        "--no-merges",
        "--raw",
        "-z",
        "--no-renames",
        "--no-abbrev",
        "--root",
        "--no-ext-diff",
        "--no-textconv",
        "--no-color",
        "--no-mailmap",
        MOST_COMMITS,
        FORMAT,
    ];
    args.extend(since.as_deref());
    args.extend(["--end-of-options", "HEAD"]);
    let mut child = start(command(&repository.dir, &args))?;
    let words = last_words(&mut child);
    let read = match child.stdout.take() {
        Some(stdout) => read_log(BufReader::with_capacity(1 << 18, stdout), each),
        None => Ok(()),
    };
    if let Err(error) = read {
        end(&mut child);
        return Err(GitError::Failed { what: "log", why: error.to_string() });
    }
    let status = child.wait().map_err(|error| GitError::NotStarted(error.to_string()))?;
    if status.success() { Ok(()) } else { Err(GitError::Failed { what: "log", why: words() }) }
}

fn read_log(mut log: impl BufRead, each: &mut dyn FnMut(Commit)) -> std::io::Result<()> {
    let mut open: Option<Commit> = None;
    let mut entry: Option<(Option<String>, Option<String>)> = None;
    let mut record = Vec::new();
    while log.read_until(0, &mut record)? > 0 {
        if record.last() == Some(&0) {
            record.pop();
        }
        let bytes = record.strip_prefix(b"\n").unwrap_or(&record);
        if let Some((old, new)) = entry.take() {
            // A name that is no UTF-8 cannot stand in a configuration.
            if let (Some(commit), Ok(path)) = (&mut open, std::str::from_utf8(bytes)) {
                commit.files.push(FileChange { path: path.to_owned(), old, new });
            }
        } else if let Some(header) = bytes.strip_prefix(b"\x01") {
            if let Some(commit) = open.replace(read_header(&String::from_utf8_lossy(header))) {
                each(commit);
            }
        } else if bytes.first() == Some(&b':') {
            entry = Some(read_entry(&String::from_utf8_lossy(bytes)));
        }
        record.clear();
    }
    open.into_iter().for_each(each);
    Ok(())
}

fn read_header(text: &str) -> Commit {
    let mut fields = text.splitn(4, '\u{2}');
    let mut next = || fields.next().unwrap_or_default().trim().to_owned();
    let (id, at, subject, change) = (next(), next(), next(), next());
    let ticket = || TICKET.find(&subject).map(|found| found.as_str().to_owned());
    let change = if change.is_empty() { ticket() } else { Some(change) };
    Commit { id, at: at.parse().unwrap_or(0), subject, change, files: Vec::new() }
}

/// `:100644 100644 OLD NEW M`: what is no file on a side is nothing.
fn read_entry(text: &str) -> (Option<String>, Option<String>) {
    let fields: Vec<&str> = text.trim_start_matches(':').split(' ').collect();
    let [old_mode, new_mode, old, new, ..] = fields.as_slice() else { return (None, None) };
    let id = |mode: &str, id: &str| mode.starts_with("100").then(|| id.to_owned());
    (id(old_mode, old), id(new_mode, new))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_read_whatever_is_in_names() {
        let log = b"\x01aaaa\x022000\x02PLANET-7: two\x02\0\n:000000 100644 0000 bbbb A\0c d\n.json\0\
            :100644 120000 1111 2222 T\0link\0\x01cccc\x021000\x02one\x02Iabc\0\x01dddd\x02900\x02empty\x02\0";
        let mut commits = Vec::new();
        read_log(log.as_slice(), &mut |commit| commits.push(commit)).expect("bytes");
        assert_eq!(commits.len(), 3);
        assert_eq!(commits[0].change.as_deref(), Some("PLANET-7"));
        assert_eq!(
            commits[0].files[0],
            FileChange { path: "c d\n.json".into(), old: None, new: Some("bbbb".into()) }
        );
        assert_eq!(commits[0].files[1].new, None);
        assert_eq!((commits[1].change.as_deref(), commits[2].files.len()), (Some("Iabc"), 0));
    }
}

//! Files as they are in a commit.

use plimsoll_analyze::twins::{Found, LARGEST_BYTES};

use super::run::{SMALL, run};
use super::{GitError, Repository};

/// Links that lead to links, at most.
const MOST_LINKS: usize = 8;

/// An entry of a tree.
struct Entry {
    mode: String,
    id: String,
    bytes: u64,
}

impl Repository {
    /// A path that is relative to the folder, from the root of the repository; nothing when it
    /// leads out of it.
    #[must_use]
    pub fn from_root(&self, path: &str) -> Option<String> {
        inside(&self.prefix, path)
    }

    /// A file in a commit, by its path from the root of the repository.
    ///
    /// # Errors
    /// Git fails.
    pub fn read(&self, commit: &str, path: &str) -> Result<Found, GitError> {
        let mut path = path.to_owned();
        for _ in 0..MOST_LINKS {
            let Some(entry) = self.entry(commit, &path)? else { return Ok(Found::Missing) };
            match entry.mode.as_str() {
                "100644" | "100664" => return self.content(&entry),
                "100755" => {
                    return self.content(&entry).map(|found| match found {
                        Found::Bytes(bytes) => Found::Program(bytes),
                        other => other,
                    });
                }
                "120000" => {
                    let Found::Bytes(target) = self.content(&entry)? else {
                        return Ok(Found::Unreadable("its link cannot be read".to_owned()));
                    };
                    let target = String::from_utf8_lossy(&target).into_owned();
                    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                    let prefix =
                        if folder.is_empty() { String::new() } else { format!("{folder}/") };
                    match inside(&prefix, &target) {
                        Some(next) => path = next,
                        None => {
                            let why = "it is a symbolic link out of the repository, which is not followed";
                            return Ok(Found::Unreadable(why.to_owned()));
                        }
                    }
                }
                "160000" => return Ok(Found::Unreadable("it is a submodule".to_owned())),
                _ => return Ok(Found::Unreadable("it is a folder".to_owned())),
            }
        }
        Ok(Found::Unreadable("its symbolic links lead in a circle".to_owned()))
    }

    fn entry(&self, commit: &str, path: &str) -> Result<Option<Entry>, GitError> {
        let args = ["ls-tree", "--full-tree", "-z", "-l", commit, "--", path];
        let fail = |why| GitError::Failed { what: "ls-tree", why };
        let text = run(&self.dir, &args, SMALL)?.text().map_err(fail)?;
        let line = text
            .split('\0')
            .find(|line| line.split_once('\t').is_some_and(|(_, name)| name == path));
        let Some((about, _)) = line.and_then(|line| line.split_once('\t')) else { return Ok(None) };
        let mut fields = about.split_whitespace();
        let (Some(mode), Some(_), Some(id)) = (fields.next(), fields.next(), fields.next()) else {
            return Ok(None);
        };
        let bytes = fields.next().and_then(|bytes| bytes.parse().ok()).unwrap_or(0);
        Ok(Some(Entry { mode: mode.to_owned(), id: id.to_owned(), bytes }))
    }

    fn content(&self, entry: &Entry) -> Result<Found, GitError> {
        let most = LARGEST_BYTES as u64;
        if entry.bytes > most {
            return Ok(Found::Unreadable(format!(
                "it has {} bytes, more than the {most} that are read",
                entry.bytes
            )));
        }
        let answer = run(&self.dir, &["cat-file", "blob", &entry.id], most)?;
        if !answer.ok {
            return Err(GitError::Failed { what: "cat-file", why: answer.words });
        }
        debug_assert!(!answer.cut, "its size was asked before");
        Ok(Found::Bytes(answer.stdout))
    }
}

/// A path below `prefix`, without `.` and `..`; nothing when it leads out.
pub(super) fn inside(prefix: &str, path: &str) -> Option<String> {
    if path.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in prefix.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside() {
        for (prefix, path, expected) in [
            ("", "a/b", Some("a/b")),
            ("sub/", "./a", Some("sub/a")),
            ("sub/", "../a", Some("a")),
            ("sub/", "../../a", None),
            ("", "/etc/passwd", None),
            ("", "a/../..", None),
            ("", ".", None),
        ] {
            assert_eq!(inside(prefix, path).as_deref(), expected, "{prefix} {path}");
        }
    }
}

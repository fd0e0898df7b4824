//! What a push would change, asked from inside the hook: the objects are in quarantine, and git's
//! own environment makes them readable.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write as _};
use std::process::{ChildStdout, Stdio};

use super::read::inside;
use super::run::{SMALL, command, end, last_words, run, start};
use super::{GitError, Objects, Repository};

/// The room for a list of all refs that are links.
const REFS: u64 = 64 << 20;

/// The longest path that is read. Longer ones cannot be checked out anywhere.
const LONGEST_PATH: u64 = 1 << 20;

/// The longest place that a link leads to.
const LONGEST_LINK: u64 = 64 * 1024;

/// A commit and those before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitParents {
    /// Its full object id.
    pub id: String,
    /// Those of its parents.
    pub parents: Vec<String>,
}

/// Whether the text is a full object id.
#[must_use]
pub fn is_object_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl Repository {
    /// A commit by its full object id, with its parents.
    ///
    /// # Errors
    /// There is no such commit, it is another object, or git fails.
    pub fn commit_parents(&self, id: &str) -> Result<CommitParents, GitError> {
        if !is_object_id(id) {
            return Err(GitError::NoRevision { revision: id.to_owned() });
        }
        let args = ["rev-list", "--no-walk", "--parents", id];
        let text = run(self.dir(), &args, SMALL)?.text().unwrap_or_default();
        let mut ids = text.split_whitespace().map(str::to_owned);
        // What is no commit is peeled to one, and that would be another object.
        match ids.next().filter(|first| first == id) {
            Some(id) => Ok(CommitParents { id, parents: ids.collect() }),
            None => Err(self.other_object(id)?),
        }
    }

    /// What an object is that is no commit.
    fn other_object(&self, id: &str) -> Result<GitError, GitError> {
        let kind = run(self.dir(), &["cat-file", "-t", id], SMALL)?.text();
        Ok(match kind {
            Ok(kind) => GitError::NoCommit { id: id.to_owned(), kind: kind.trim().to_owned() },
            Err(_) => GitError::NoRevision { revision: id.to_owned() },
        })
    }

    /// Whether every commit of `old` is also one of `new`.
    ///
    /// # Errors
    /// Git fails.
    pub fn is_ancestor(&self, old: &str, new: &str) -> Result<bool, GitError> {
        let args = ["rev-list", "--max-count=1", old, "--not", new];
        let fail = |why| GitError::Failed { what: "rev-list", why };
        Ok(run(self.dir(), &args, SMALL)?.text().map_err(fail)?.trim().is_empty())
    }

    /// Gives each path that differs between two commits to `each`, from the root of the repository;
    /// every path of `new` where there is no `old`. A file that was moved is given under both
    /// names, one that was only made executable as well, a submodule as the path it stands at.
    ///
    /// # Errors
    /// Git fails; what was given until then is not to be used.
    pub fn changed_paths(
        &self,
        old: Option<&str>,
        new: &str,
        each: &mut dyn FnMut(&str),
    ) -> Result<(), GitError> {
        let (what, args) = match old {
            Some(old) => {
                let options =
                    ["diff-tree", "-r", "-z", "--name-only", "--no-renames", "--no-ext-diff"];
                let more = ["--no-relative", "--ignore-submodules=none", old, new];
                ("diff-tree", [&options[..], &more[..]].concat())
            }
            None => ("ls-tree", vec!["ls-tree", "-r", "-z", "--name-only", "--full-tree", new]),
        };
        self.each_record(what, &args, each)
    }

    /// Gives each record of an answer to `each`.
    fn each_record(
        &self,
        what: &'static str,
        args: &[&str],
        each: &mut dyn FnMut(&str),
    ) -> Result<(), GitError> {
        let mut child = start(command(self.dir(), args))?;
        let words = last_words(&mut child);
        let read = child.stdout.take().map_or(Ok(()), |stdout| read_records(stdout, each));
        if let Err(error) = read {
            end(&mut child);
            return Err(GitError::Failed { what, why: error.to_string() });
        }
        let status = child.wait().map_err(|error| GitError::NotStarted(error.to_string()))?;
        if status.success() { Ok(()) } else { Err(GitError::Failed { what, why: words() }) }
    }

    /// The symbolic links of a commit and where each leads, both from the root of the repository.
    /// Those that lead out of it lead to nothing that a push could change.
    ///
    /// # Errors
    /// Git fails.
    pub fn links(&self, commit: &str) -> Result<Vec<(String, String)>, GitError> {
        let mut found = Vec::new();
        let args = ["ls-tree", "-r", "-z", "--full-tree", commit];
        self.each_record("ls-tree", &args, &mut |entry| {
            let link = entry.strip_prefix("120000 blob ");
            let link = link.and_then(|rest| rest.split_once('\t'));
            found.extend(link.map(|(id, path)| (path.to_owned(), id.to_owned())));
        })?;
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let mut objects = Objects::open(self)?;
        let mut links = Vec::with_capacity(found.len());
        for (path, id) in found {
            let Some(to) = objects.content(&id, LONGEST_LINK) else { continue };
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            links
                .extend(inside(folder, &String::from_utf8_lossy(&to)).map(|to| (path.clone(), to)));
        }
        Ok(links)
    }

    /// Those of the commits whose files are all the same as those of `commit`. Commits that are not
    /// here are not among them.
    ///
    /// # Errors
    /// Git fails.
    pub fn with_same_tree(
        &self,
        commit: &str,
        among: &BTreeSet<String>,
    ) -> Result<BTreeSet<String>, GitError> {
        let asked: Vec<&str> = std::iter::once(commit)
            .chain(among.iter().map(String::as_str))
            .filter(|id| is_object_id(id))
            .collect();
        let trees = self.trees(&asked)?;
        let Some(Some(own)) = trees.first() else {
            return Err(GitError::NoRevision { revision: commit.to_owned() });
        };
        let same = asked.iter().zip(&trees).skip(1).filter(|(_, tree)| tree.as_ref() == Some(own));
        Ok(same.map(|(id, _)| (*id).to_owned()).collect())
    }

    /// The tree of each commit, where it is here.
    fn trees(&self, commits: &[&str]) -> Result<Vec<Option<String>>, GitError> {
        let mut command =
            command(self.dir(), &["cat-file", "--batch-check=%(objectname) %(objecttype)"]);
        command.stdin(Stdio::piped());
        let mut child = start(command)?;
        let words = last_words(&mut child);
        let asked: String = commits.iter().map(|id| format!("{id}^{{tree}}\n")).collect();
        // Written aside: git may answer before it has read all.
        let writer = child.stdin.take().map(|mut stdin| {
            std::thread::spawn(move || {
                // A git that ended early says so itself.
                let _ = stdin.write_all(asked.as_bytes());
            })
        });
        let mut trees = Vec::with_capacity(commits.len());
        for line in child.stdout.take().into_iter().flat_map(|out| BufReader::new(out).lines()) {
            let line = line
                .map_err(|error| GitError::Failed { what: "cat-file", why: error.to_string() })?;
            let tree = line.strip_suffix(" tree").filter(|id| is_object_id(id));
            trees.push(tree.map(str::to_owned));
        }
        if let Some(writer) = writer {
            let _ = writer.join();
        }
        let status = child.wait().map_err(|error| GitError::NotStarted(error.to_string()))?;
        if status.success() && trees.len() == commits.len() {
            return Ok(trees);
        }
        Err(GitError::Failed { what: "cat-file", why: words() })
    }

    /// Refs that stand for others, and for which: a push to one of them moves the other.
    ///
    /// # Errors
    /// Git fails.
    pub fn symbolic_refs(&self) -> Result<BTreeMap<String, String>, GitError> {
        let fail = |why| GitError::Failed { what: "for-each-ref", why };
        let args = ["for-each-ref", "--format=%(if)%(symref)%(then)%(refname) %(symref)%(end)"];
        let answer = run(self.dir(), &args, REFS)?;
        if answer.cut {
            return Err(fail("there are too many refs".to_owned()));
        }
        let text = answer.text().map_err(fail)?;
        let pairs = text.lines().filter_map(|line| line.split_once(' '));
        Ok(pairs.map(|(from, to)| (from.to_owned(), to.to_owned())).collect())
    }

    /// Whether a pusher can say something beside the commits.
    ///
    /// # Errors
    /// Git fails.
    pub fn takes_push_options(&self) -> Result<bool, GitError> {
        let key = "receive.advertisePushOptions";
        let args = ["config", "--type=bool", "--default", "false", "--get", key];
        let fail = |why| GitError::Failed { what: "config", why };
        Ok(run(self.dir(), &args, SMALL)?.text().map_err(fail)?.trim() == "true")
    }

    /// A setting of this repository alone: neither the user's nor the machine's.
    ///
    /// # Errors
    /// Git fails.
    pub fn own_setting(&self, key: &str) -> Result<Option<String>, GitError> {
        let answer = run(self.dir(), &["config", "--local", "--default", "", "--get", key], SMALL)?;
        let fail = |why| GitError::Failed { what: "config", why };
        let text = answer.text().map_err(fail)?;
        let text = text.trim();
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }
}

fn read_records(stdout: ChildStdout, each: &mut dyn FnMut(&str)) -> std::io::Result<()> {
    let mut reader = BufReader::with_capacity(1 << 18, stdout);
    let mut path = Vec::new();
    loop {
        path.clear();
        let read = reader.by_ref().take(LONGEST_PATH).read_until(0, &mut path)?;
        match path.pop() {
            Some(0) => each(&String::from_utf8_lossy(&path)),
            None => return Ok(()),
            Some(_) => {
                let why =
                    format!("a path of more than {read} bytes, or an answer that was cut off");
                return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, why));
            }
        }
    }
}

#[cfg(test)]
#[path = "push_tests.rs"]
mod tests;

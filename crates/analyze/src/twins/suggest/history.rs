//! Which files of a history are worth a look.

use std::collections::{HashMap, HashSet};

use super::Rules;

/// Commits of the same change belong together when they are no further apart.
///
/// # Units
/// Seconds.
const SAME_CHANGE: i64 = 86_400;

/// The files that are looked into, at most.
const MOST_CANDIDATES: usize = 300;

/// Files that programs write: they change whenever others do, and say nothing.
const GENERATED: [&str; 12] = [
    "composer.lock",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "cargo.lock",
    "poetry.lock",
    "pipfile.lock",
    "gemfile.lock",
    "go.sum",
    "uv.lock",
    "flake.lock",
];

/// A commit, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its object id.
    pub id: String,
    /// When it was committed.
    ///
    /// # Units
    /// Seconds since 1970.
    pub at: i64,
    /// What it is called.
    pub subject: String,
    /// The change or ticket that it belongs to.
    pub change: Option<String>,
    /// What it changed.
    pub files: Vec<FileChange>,
}

/// A file that a commit changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// Its path.
    pub path: String,
    /// Its content before, by object id; nothing when it is new.
    pub old: Option<String>,
    /// Its content after; nothing when it is gone.
    pub new: Option<String>,
}

/// A version of a file to be taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The change that it belongs to.
    pub change: usize,
    /// The file.
    pub path: String,
    /// Its content before.
    pub old: Option<String>,
    /// Its content after.
    pub new: Option<String>,
}

/// One change: a commit, or several of the same change id within a day.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub id: String,
    pub subject: String,
    pub at: i64,
}

/// A file that a change touched: the change, the path by number, the content before and after.
type TouchedFile = (u32, u32, Option<Box<str>>, Option<Box<str>>);

/// A history on its way in.
#[derive(Debug, Default)]
pub struct Candidates {
    pub(super) changes: Vec<Change>,
    paths: Vec<String>,
    numbers: HashMap<String, u32>,
    touched: Vec<TouchedFile>,
    open: HashMap<String, (usize, i64)>,
    /// Commits that were read.
    pub commits: usize,
    /// Commits that changed too many files to say anything.
    pub mass_changes: usize,
}

impl Candidates {
    /// Takes in a commit; they come newest first.
    pub fn add(&mut self, commit: Commit, rules: &Rules) {
        self.commits += 1;
        if commit.files.len() > rules.most_files {
            self.mass_changes += 1;
            return;
        }
        let files: Vec<FileChange> =
            commit.files.into_iter().filter(|file| is_written_by_people(&file.path)).collect();
        if files.is_empty() {
            return;
        }
        let known = commit.change.as_ref().and_then(|change| self.open.get(change).copied());
        let change = match known {
            Some((change, at)) if at - commit.at <= SAME_CHANGE => change,
            Some(_) | None => {
                self.changes.push(Change { id: commit.id, subject: commit.subject, at: commit.at });
                self.changes.len() - 1
            }
        };
        if let Some(name) = commit.change {
            self.open.insert(name, (change, commit.at));
        }
        let change = u32::try_from(change).unwrap_or(u32::MAX);
        for file in files {
            let path = self.number(file.path);
            self.touched.push((
                change,
                path,
                file.old.map(String::into_boxed_str),
                file.new.map(String::into_boxed_str),
            ));
        }
    }

    fn number(&mut self, path: String) -> u32 {
        let next = u32::try_from(self.paths.len()).unwrap_or(u32::MAX);
        *self.numbers.entry(path).or_insert_with_key(|path| {
            self.paths.push(path.clone());
            next
        })
    }

    /// The versions of files that are worth being taken apart, newest first: those of files that
    /// changed often enough, and together with another, or that have parts.
    #[must_use]
    pub fn steps(&self, rules: &Rules) -> Vec<Step> {
        let mut by_change: HashMap<u32, Vec<u32>> = HashMap::new();
        for (change, path, ..) in &self.touched {
            let paths = by_change.entry(*change).or_default();
            if !paths.contains(path) {
                paths.push(*path);
            }
        }
        let mut counts: HashMap<u32, u32> = HashMap::new();
        by_change.values().flatten().for_each(|path| *counts.entry(*path).or_default() += 1);
        let often = |path: &u32| counts.get(path).is_some_and(|count| *count >= rules.min_support);
        let mut together: HashMap<(u32, u32), u32> = HashMap::new();
        for paths in by_change.values().filter(|paths| paths.len() <= 2 * rules.most_files) {
            let paths: Vec<u32> = paths.iter().copied().filter(often).collect();
            for (index, a) in paths.iter().enumerate() {
                for b in &paths[index + 1..] {
                    *together.entry((*a.min(b), *a.max(b))).or_default() += 1;
                }
            }
        }
        let mut best: Vec<(u32, u32)> = counts
            .iter()
            .filter(|(path, _)| often(path) && self.has_parts(**path))
            .map(|(path, count)| (*count, *path))
            .collect();
        for ((a, b), support) in together {
            let busier = counts[&a].max(counts[&b]);
            if support >= rules.min_support && support * 3 >= busier {
                best.extend([(support, a), (support, b)]);
            }
        }
        best.sort_unstable_by(|a, b| b.cmp(a));
        let mut chosen = HashSet::new();
        for (_, path) in best {
            if chosen.len() < MOST_CANDIDATES {
                chosen.insert(path);
            }
        }
        let wanted = self.touched.iter().filter(|(_, path, ..)| chosen.contains(path));
        let step = |(change, path, old, new): &TouchedFile| Step {
            change: *change as usize,
            path: self.paths[*path as usize].clone(),
            old: old.as_deref().map(str::to_owned),
            new: new.as_deref().map(str::to_owned),
        };
        wanted.take(rules.most_steps).map(step).collect()
    }

    fn has_parts(&self, path: u32) -> bool {
        plimsoll_core::catalog::PartFormat::of_name(&self.paths[path as usize]).is_some()
    }
}

fn is_written_by_people(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    !GENERATED.contains(&name.as_str()) && !name.contains(".min.") && !path.contains('#')
}

//! The directory for the files that a command writes: nobody else's to read, and gone afterwards.
//!
//! It is in plimsoll's own folder and locked while its plimsoll lives. A lock ends with its
//! process, however that ends, so that one without a lock was left over.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tempfile::TempDir;

const PREFIX: &str = "out-";

/// How often it is made anew when another plimsoll takes it for one that was left over, between
/// its making and its locking.
const TRIES: usize = 10;

/// A directory of its own, removed when it is dropped.
pub(super) struct Out {
    folder: TempDir,
    /// Held open: it carries the lock.
    _lock: File,
}

impl Out {
    /// Makes it. On a thread that may block: a disk that is being flushed keeps others waiting for
    /// milliseconds.
    ///
    /// # Errors
    /// A sentence for the finding.
    pub async fn make(runs: &Path) -> Result<Self, String> {
        let runs = runs.to_owned();
        let made = tokio::task::spawn_blocking(move || make(&runs)).await;
        made.map_err(io::Error::other)
            .flatten()
            .map_err(|error| format!("no directory could be made for what it writes ({error})"))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Removes it, on a thread that may block. What cannot be removed is tried again at the next
    /// start.
    pub async fn remove(self) {
        let _ = tokio::task::spawn_blocking(move || drop(self)).await;
    }
}

fn make(runs: &Path) -> io::Result<Out> {
    let runs = std::path::absolute(runs)?;
    fs::create_dir_all(&runs)?;
    let mut tries = 0;
    loop {
        tries += 1;
        let folder = tempfile::Builder::new()
            .prefix(PREFIX)
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(&runs)?;
        let lock = match File::open(folder.path()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && tries < TRIES => continue,
            opened => opened?,
        };
        // Where directories cannot be locked, none is taken for one that was left over.
        let _ = lock.lock();
        if folder.path().is_dir() || tries == TRIES {
            return Ok(Out { folder, _lock: lock });
        }
    }
}

/// Removes those of plimsolls that were killed.
pub(crate) fn remove_left_over(runs: &Path) {
    let Ok(entries) = fs::read_dir(runs) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let ours = name.to_str().is_some_and(|name| name.starts_with(PREFIX));
        if !ours || !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        let Ok(lock) = File::open(entry.path()) else { continue };
        if lock.try_lock().is_ok() {
            // What cannot be removed now is tried again at the next start.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(runs: &Path) -> Vec<String> {
        let entries = fs::read_dir(runs).expect("read").flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }

    #[tokio::test]
    async fn nobody_else_may_read_it_and_it_goes_when_it_is_dropped() {
        let state = tempfile::tempdir().expect("a directory");
        let runs = state.path().join("run");
        let out = Out::make(&runs).await.expect("made");
        let mode = fs::metadata(out.path()).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        assert!(out.path().starts_with(&runs) && out.path().is_absolute());
        out.remove().await;
        assert!(names(&runs).is_empty(), "{:?}", names(&runs));
    }

    #[tokio::test]
    async fn what_a_killed_one_left_over_is_removed_and_what_is_in_use_stays() {
        let state = tempfile::tempdir().expect("a directory");
        let runs = state.path().join("run");
        let out = Out::make(&runs).await.expect("made");
        // A killed process has no lock any more.
        fs::create_dir(runs.join("out-left")).expect("made");
        fs::write(runs.join("out-left/junit.xml"), "raw").expect("written");
        fs::write(runs.join("shop+staging+nl+7.json"), "{}").expect("written");
        remove_left_over(&runs);
        let mut left = names(&runs);
        left.sort();
        let own = out.path().file_name().expect("a name").to_string_lossy().into_owned();
        assert_eq!(left, [own, "shop+staging+nl+7.json".to_owned()]);
    }
}

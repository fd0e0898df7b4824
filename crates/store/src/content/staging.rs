//! A folder that is a backup only when all of it is there.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::durable::{create_private_dir, parent, sync_parent};

use super::BackupError;

/// Where everything is written first. What lies in here is no backup, and says so.
pub(crate) const INCOMPLETE: &str = "incomplete";

/// The folder of a backup while it is being written; without [`Staging::finish`] nothing stays of
/// it, and when the process dies there is only a folder named `incomplete`.
pub(super) struct Staging {
    to: PathBuf,
    made: bool,
    finished: bool,
}

impl Staging {
    /// Begins a backup in `to`: a new folder, or an empty one.
    pub(super) fn begin(to: &Path) -> Result<Self, BackupError> {
        let failed = |source| BackupError::io("write", to, source);
        let made = match fs::read_dir(to) {
            Ok(mut entries) => {
                if to.join(INCOMPLETE).is_dir() {
                    return Err(BackupError::Interrupted(to.to_owned()));
                }
                if entries.next().is_some() {
                    return Err(BackupError::Occupied(to.to_owned()));
                }
                false
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // A typing error, or a disk that is not mounted: it must not be made up for.
                if !parent(to).is_dir() {
                    return Err(BackupError::NoFolder(parent(to).to_owned()));
                }
                if to.symlink_metadata().is_ok() {
                    return Err(BackupError::Occupied(to.to_owned()));
                }
                create_private_dir(to).map_err(failed)?;
                true
            }
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                return Err(match to.symlink_metadata() {
                    Ok(_) => BackupError::Occupied(to.to_owned()),
                    Err(_) => BackupError::NoFolder(parent(to).to_owned()),
                });
            }
            Err(error) => return Err(failed(error)),
        };
        let staging = Self { to: to.to_owned(), made, finished: false };
        create_private_dir(&staging.ledger_dir()).map_err(failed)?;
        Ok(staging)
    }

    /// Where the ledger and its content are written.
    pub(super) fn ledger_dir(&self) -> PathBuf {
        self.to.join(INCOMPLETE)
    }

    /// Flushes everything and puts it in its place, the ledger last.
    pub(super) fn finish(mut self) -> Result<(), BackupError> {
        let to = self.to.clone();
        self.try_finish().map_err(|source| BackupError::io("write", &to, source))?;
        self.finished = true;
        Ok(())
    }

    fn try_finish(&self) -> io::Result<()> {
        let from = self.ledger_dir();
        // Nothing in here belongs into the repository that it may lie in.
        fs::File::create_new(from.join(".gitignore"))?.write_all(b"*\n")?;
        // One flush for all, instead of one for each of many small files.
        rustix::fs::syncfs(fs::File::open(&from)?)?;
        for name in ["blobs", ".gitignore", "ledger.db"] {
            match fs::rename(from.join(name), self.to.join(name)) {
                Ok(()) => sync_parent(&self.to.join(name))?,
                Err(error) if error.kind() == io::ErrorKind::NotFound && name == "blobs" => {}
                Err(error) => return Err(error),
            }
        }
        fs::remove_dir_all(from)?;
        sync_parent(&self.to)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        for name in [INCOMPLETE, "blobs"] {
            let _ = fs::remove_dir_all(self.to.join(name));
        }
        for name in [".gitignore", "ledger.db"] {
            let _ = fs::remove_file(self.to.join(name));
        }
        if self.made {
            let _ = fs::remove_dir(&self.to);
        }
    }
}

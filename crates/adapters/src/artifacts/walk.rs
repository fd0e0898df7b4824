//! Looking at everything in a directory.

use std::fs::{self, FileType, Metadata};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use plimsoll_core::record::stays_inside;
use serde::{Deserialize, Serialize};

use super::ArtifactError;

/// The name of plimsoll's own folder.
const STATE_DIR: &str = ".plimsoll";

/// Something in a directory, as it was when it was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Relative, with `/` between the parts.
    pub path: String,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    Directory,
    File { executable: bool, bytes: u64, stamp: Stamp },
    Link { to: String },
}

/// What changes when a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Stamp {
    inode: u64,
    bytes: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    pub(crate) fn of(about: &Metadata) -> Self {
        Self {
            inode: about.ino(),
            bytes: about.len(),
            modified: (about.mtime(), about.mtime_nsec()),
            changed: (about.ctime(), about.ctime_nsec()),
        }
    }

    /// When the system last noted a change; nobody can set it to another time.
    ///
    /// # Units
    /// Whole seconds since 1970.
    pub(crate) const fn changed_s(&self) -> i64 {
        self.changed.0
    }

    /// Whether another writing would show: a file system that counts in whole seconds hides one
    /// that comes in the same second.
    pub(crate) const fn is_fine(&self) -> bool {
        self.changed.1 != 0
    }
}

/// Everything in `root`, in order of path; refuses what cannot be released.
pub(super) fn walk(root: &Path) -> Result<Vec<Found>, ArtifactError> {
    let real = fs::canonicalize(root).map_err(|error| ArtifactError::unreadable(root, error))?;
    let mut found = Vec::new();
    let mut folders = vec![(real.clone(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        let unreadable = |error| ArtifactError::unreadable(&folder, error);
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let name = name_of(&folder, &entry.file_name())?;
            let full = folder.join(&name);
            let about = fs::symlink_metadata(&full)
                .map_err(|error| ArtifactError::unreadable(&full, error))?;
            let path = format!("{prefix}{name}");
            let what = what_is(&real, &full, &path, &about)?;
            if what == What::Directory {
                folders.push((full, format!("{path}/")));
            }
            found.push(Found { path, what });
        }
    }
    if !found.iter().any(|found| matches!(found.what, What::File { .. })) {
        return Err(ArtifactError::Empty(root.to_owned()));
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(found)
}

fn name_of(folder: &Path, name: &std::ffi::OsStr) -> Result<String, ArtifactError> {
    let bad = |why| ArtifactError::BadName {
        folder: folder.to_owned(),
        name: format!("`{}`", name.as_encoded_bytes().escape_ascii()),
        why,
    };
    let text = name.to_str().ok_or_else(|| bad("is not UTF-8"))?;
    if text.contains(char::is_control) {
        return Err(bad("has control characters"));
    }
    if text == STATE_DIR {
        return Err(ArtifactError::OwnState(folder.join(text)));
    }
    Ok(text.to_owned())
}

fn what_is(real: &Path, full: &Path, path: &str, about: &Metadata) -> Result<What, ArtifactError> {
    let kind = about.file_type();
    if kind.is_dir() {
        return Ok(What::Directory);
    }
    if kind.is_file() {
        let stamp = Stamp::of(about);
        let executable = about.mode() & 0o100 != 0;
        return Ok(What::File { executable, bytes: about.len(), stamp });
    }
    if kind.is_symlink() {
        return Ok(What::Link { to: link(real, full, path)? });
    }
    Err(ArtifactError::Special { path: full.to_owned(), what: special(kind) })
}

fn special(kind: FileType) -> &'static str {
    if kind.is_fifo() {
        "named pipe"
    } else if kind.is_socket() {
        "socket"
    } else {
        "device"
    }
}

fn link(real: &Path, full: &Path, path: &str) -> Result<String, ArtifactError> {
    let to: PathBuf =
        fs::read_link(full).map_err(|error| ArtifactError::unreadable(full, error))?;
    let out = || ArtifactError::LeadsOut {
        path: full.to_owned(),
        to: to.to_string_lossy().escape_debug().to_string(),
    };
    let text = to.to_str().ok_or_else(out)?;
    if !stays_inside(path, text) {
        return Err(out());
    }
    match fs::canonicalize(full) {
        Ok(end) if end.starts_with(real) => Ok(text.to_owned()),
        Ok(_) => Err(out()),
        // It leads nowhere. It must not begin to lead out either, through another link.
        Err(_) if text.trim_start_matches("../").split('/').any(|part| part == "..") => Err(out()),
        Err(_) => Ok(text.to_owned()),
    }
}

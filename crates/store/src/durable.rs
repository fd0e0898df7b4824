//! Files that are there whole or not at all, also after a power cut.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use rustix::fs::{CWD, RenameFlags};

/// Creates a directory and its parents, for its owner only.
pub(crate) fn create_private_dir(dir: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

/// A file that removes itself unless it is put in its place.
pub(crate) struct TempFile {
    path: PathBuf,
    file: Option<File>,
}

impl TempFile {
    /// Creates an empty file under a fresh name in `dir`.
    pub(crate) fn create_in(dir: &Path) -> io::Result<Self> {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        loop {
            let count = COUNTER.fetch_add(1, Ordering::Relaxed);
            let nanos = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| since.subsec_nanos());
            let path = dir.join(format!(".plimsoll-tmp-{}-{count}-{nanos:09}", std::process::id()));
            match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
                Ok(file) => return Ok(Self { path, file: Some(file) }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether a file name is one of those this type gives.
    pub(crate) fn is_name(name: &str) -> bool {
        name.starts_with(".plimsoll-tmp-")
    }

    /// Where it is now.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// To write into.
    pub(crate) fn file(&mut self) -> &mut File {
        self.file.as_mut().expect("a temporary file is open until it is put in its place")
    }

    /// Flushes it and gives it its name, replacing what is there.
    pub(crate) fn replace(mut self, to: &Path) -> io::Result<()> {
        self.file().sync_all()?;
        fs::rename(&self.path, to)?;
        self.file = None;
        sync_parent(to)
    }

    /// Flushes it and gives it its name, unless there is something already.
    pub(crate) fn place_new(mut self, to: &Path) -> io::Result<()> {
        self.file().sync_all()?;
        rename_new(&self.path, to)?;
        self.file = None;
        sync_parent(to)
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    match rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Ok(()) => Ok(()),
        // Some network file systems do not know the flag; a hard link does not replace either.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {
            fs::hard_link(from, to)?;
            fs::remove_file(from)
        }
        Err(error) => Err(error.into()),
    }
}

/// Flushes the directory that holds `path`, so that its name is there after a power cut.
pub(crate) fn sync_parent(path: &Path) -> io::Result<()> {
    File::open(parent(path))?.sync_all()
}

/// The directory that holds `path`.
pub(crate) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        Some(_) | None => Path::new("."),
    }
}

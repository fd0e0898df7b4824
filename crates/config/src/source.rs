//! Reads files. The only place in this crate that does.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// The largest file that is read, in bytes. 1,000 targets take about 100 kB.
pub(crate) const LARGEST_BYTES: u64 = 4 << 20;

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ReadError {
    /// It is not there.
    Missing,
    /// It is larger than [`LARGEST_BYTES`].
    TooLarge,
    /// It is a directory, a device, a pipe.
    NoFile,
    /// The system says why.
    System(String),
}

/// Where texts come from.
pub(crate) trait Source {
    /// The bytes of a file.
    fn read(&self, path: &Path) -> Result<Vec<u8>, ReadError>;
    /// The names in a folder, in any order.
    fn list(&self, folder: &Path) -> Result<Vec<String>, ReadError>;
    /// Whether links lead from the path to somewhere outside of a folder. What is not there leads
    /// nowhere.
    fn leads_out(&self, path: &Path, folder: &Path) -> bool;
}

/// The file system.
#[derive(Debug)]
pub(crate) struct Disk;

/// Texts by path.
#[derive(Debug, Default)]
pub(crate) struct Texts(pub BTreeMap<PathBuf, Vec<u8>>);

impl Source for Disk {
    fn read(&self, path: &Path) -> Result<Vec<u8>, ReadError> {
        let about = std::fs::metadata(path).map_err(|error| of_system(&error))?;
        if !about.is_file() {
            return Err(ReadError::NoFile);
        }
        let file = File::open(path).map_err(|error| of_system(&error))?;
        let mut bytes = Vec::new();
        file.take(LARGEST_BYTES + 1).read_to_end(&mut bytes).map_err(|error| of_system(&error))?;
        if bytes.len() as u64 > LARGEST_BYTES {
            return Err(ReadError::TooLarge);
        }
        Ok(bytes)
    }

    fn list(&self, folder: &Path) -> Result<Vec<String>, ReadError> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let entries = std::fs::read_dir(folder).map_err(|error| of_system(&error))?;
        let names = entries.map(|entry| entry.map(|entry| entry.file_name()));
        let names: Result<Vec<_>, _> = names.collect();
        let names = names.map_err(|error| of_system(&error))?;
        Ok(names.into_iter().filter_map(|name| name.into_string().ok()).collect())
    }

    fn leads_out(&self, path: &Path, folder: &Path) -> bool {
        match (path.canonicalize(), folder.canonicalize()) {
            (Ok(path), Ok(folder)) => !path.starts_with(folder),
            (Err(_), _) | (_, Err(_)) => false,
        }
    }
}

impl Source for Texts {
    fn read(&self, path: &Path) -> Result<Vec<u8>, ReadError> {
        let bytes = self.0.get(path).ok_or(ReadError::Missing)?;
        if bytes.len() as u64 > LARGEST_BYTES {
            return Err(ReadError::TooLarge);
        }
        Ok(bytes.clone())
    }

    fn list(&self, folder: &Path) -> Result<Vec<String>, ReadError> {
        let inside = self.0.keys().filter(|path| path.parent() == Some(folder));
        Ok(inside.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect())
    }

    fn leads_out(&self, _path: &Path, _folder: &Path) -> bool {
        false
    }
}

fn of_system(error: &std::io::Error) -> ReadError {
    if error.kind() == ErrorKind::NotFound {
        ReadError::Missing
    } else {
        ReadError::System(error.to_string())
    }
}

//! The folder a browser writes to while it lives.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use tempfile::TempDir;

const PREFIX: &str = "plimsoll-browser-";

/// A folder of its own, removed when it is dropped.
pub(super) struct Profile {
    folder: TempDir,
}

/// A browser asks a person for a name and a password, and waits. With no way of saying them that it knows,
/// a 401 is an answer like others.
const NOBODY_TO_ASK: &str = r#"{"auth":{"schemes":"none"}}"#;

impl Profile {
    /// Makes it, and removes those of plimsolls that were killed.
    ///
    /// # Errors
    /// What the system says.
    pub fn new() -> io::Result<Self> {
        remove_orphans(&std::env::temp_dir());
        let prefix = format!("{PREFIX}{}-", std::process::id());
        let folder = tempfile::Builder::new().prefix(&prefix).tempdir()?;
        fs::write(folder.path().join("Local State"), NOBODY_TO_ASK)?;
        Ok(Self { folder })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A file for what the browser complains about.
    pub fn log(&self) -> io::Result<File> {
        File::create(self.path().join("log"))
    }

    /// The last lines of what it complained about.
    pub fn complaints(&self) -> String {
        let text = fs::read(self.path().join("log")).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        lines[lines.len().saturating_sub(3)..].join(" | ")
    }
}

/// A plimsoll that was killed could not remove its folder.
fn remove_orphans(temp: &Path) {
    let Ok(entries) = fs::read_dir(temp) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split('-').next());
        let Some(owner) = owner.and_then(|owner| owner.parse::<u32>().ok()) else { continue };
        if !Path::new("/proc").join(owner.to_string()).exists() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_folders_of_processes_that_are_gone_are_removed() {
        let temp = tempfile::tempdir().expect("a directory");
        let own = format!("{PREFIX}{}-x", std::process::id());
        // The largest number that the kernel gives is 4194304.
        for name in [own.as_str(), "plimsoll-browser-4999999-x", "plimsoll-browser-x", "other"] {
            fs::create_dir(temp.path().join(name)).expect("made");
        }
        remove_orphans(temp.path());
        let mut left: Vec<_> = fs::read_dir(temp.path())
            .expect("read")
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        left.sort();
        let mut expected = vec![own, "other".into(), "plimsoll-browser-x".into()];
        expected.sort();
        assert_eq!(left, expected);
    }
}

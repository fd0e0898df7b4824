//! Files of a folder, never of anything outside it.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use plimsoll_analyze::twins::{Found, LARGEST_BYTES};

/// A file below a folder. A link that leads out of the folder is not followed.
#[must_use]
pub fn read_inside(folder: &Path, name: &str) -> Found {
    let unreadable = |why: &str| Found::Unreadable(why.to_owned());
    let root = match folder.canonicalize() {
        Ok(root) => root,
        Err(error) => return Found::Unreadable(format!("{}: {error}", folder.display())),
    };
    let path = match root.join(name).canonicalize() {
        Ok(path) => path,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            // A link to nowhere is there; a name that is not is missing.
            return if root.join(name).is_symlink() {
                unreadable("it is a symbolic link to nothing")
            } else {
                Found::Missing
            };
        }
        Err(error) => return Found::Unreadable(error.to_string()),
    };
    if !path.starts_with(&root) {
        return unreadable("it is outside the folder, which is not followed");
    }
    if !path.is_file() {
        return unreadable("it is not a file");
    }
    let mut bytes = Vec::new();
    let read = File::open(&path)
        .and_then(|file| file.take(LARGEST_BYTES as u64 + 1).read_to_end(&mut bytes));
    match read {
        Ok(_) if is_program(&path) => Found::Program(bytes),
        Ok(_) => Found::Bytes(bytes),
        Err(error) => Found::Unreadable(error.to_string()),
    }
}

/// Whether its owner may run it.
fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|about| about.permissions().mode() & 0o100 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_dots_out_of_the_folder_are_refused() {
        let outside = tempfile::tempdir().expect("a folder");
        std::fs::write(outside.path().join("secret"), "x").expect("written");
        let folder = outside.path().join("in");
        std::fs::create_dir(&folder).expect("made");
        std::fs::write(folder.join("a"), "1").expect("written");
        std::os::unix::fs::symlink("a", folder.join("good")).expect("linked");
        std::os::unix::fs::symlink("../secret", folder.join("bad")).expect("linked");
        std::os::unix::fs::symlink("nowhere", folder.join("dangling")).expect("linked");
        assert_eq!(read_inside(&folder, "a"), Found::Bytes(b"1".to_vec()));
        assert_eq!(read_inside(&folder, "good"), Found::Bytes(b"1".to_vec()));
        assert_eq!(read_inside(&folder, "none"), Found::Missing);
        for bad in ["bad", "../secret", "dangling", ".", "./../secret"] {
            assert!(matches!(read_inside(&folder, bad), Found::Unreadable(_)), "{bad}");
        }
    }
}

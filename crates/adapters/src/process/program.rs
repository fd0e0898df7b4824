//! Finding the program of a command before it is started, so that what is wrong can be said.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

/// The file that would be executed.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub(super) fn find(program: &str, dir: &Path, path: Option<OsString>) -> Result<PathBuf, String> {
    match std::fs::metadata(dir) {
        Ok(about) if about.is_dir() => {}
        Ok(_) => return Err(format!("the working directory {} is no directory", dir.display())),
        Err(_) => return Err(format!("the working directory {} does not exist", dir.display())),
    }
    if program.is_empty() {
        return Err("the name of the program is empty".into());
    }
    if program.as_bytes().contains(&b'/') {
        return checked(program, &dir.join(program));
    }
    let path = path.unwrap_or_default();
    let mut refused = None;
    for folder in std::env::split_paths(&path).filter(|folder| !folder.as_os_str().is_empty()) {
        let file = dir.join(folder).join(program);
        if !file.is_file() {
            continue;
        }
        match checked(program, &file) {
            Ok(found) => return Ok(found),
            Err(sentence) => refused = Some(sentence),
        }
    }
    Err(refused.unwrap_or_else(|| format!("the program `{program}` was not found on the PATH")))
}

fn checked(program: &str, file: &Path) -> Result<PathBuf, String> {
    let about = std::fs::metadata(file)
        .map_err(|_| format!("the program `{program}` does not exist ({})", file.display()))?;
    if !about.is_file() {
        return Err(format!("`{program}` is no program ({})", file.display()));
    }
    access(file.as_os_str().as_bytes(), Access::EXEC_OK)
        .map_err(|_| format!("the program `{program}` is not executable ({})", file.display()))?;
    std::path::absolute(file).map_err(|error| format!("`{program}` cannot be found: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_program_is_said() {
        let dir = tempfile::tempdir().expect("a directory");
        std::fs::write(dir.path().join("plain"), "x").expect("written");
        let path = || Some(OsString::from(format!("{}:/usr/bin:/bin", dir.path().display())));
        assert!(find("sh", dir.path(), path()).is_ok());
        for (program, said) in [
            ("no-such-program", "was not found on the PATH"),
            ("plain", "is not executable"),
            ("./plain", "is not executable"),
            ("./nope", "does not exist"),
            ("/", "is no program"),
            ("", "is empty"),
        ] {
            let sentence = find(program, dir.path(), path()).expect_err(program);
            assert!(sentence.contains(said), "{sentence}");
        }
        let sentence = find("sh", &dir.path().join("gone"), path()).expect_err("gone");
        assert!(sentence.contains("working directory"), "{sentence}");
    }
}

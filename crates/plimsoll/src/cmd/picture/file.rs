//! Pictures in files.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use plimsoll_analyze::picture::{Difference, Options, PictureError, Side, compare as compared};

use super::same::are_same;
use crate::error::CliError;

/// How much is read at once: the buffers of both files fit beside each other in a core's own cache.
const BUFFER_BYTES: usize = 64 << 10;

/// Opens a picture.
///
/// # Errors
/// There is no such file, or it may not be read.
pub fn open(path: &Path) -> Result<BufReader<File>, CliError> {
    let unreadable = |why: String| CliError::Unavailable {
        message: format!("{}: {why}", path.display()),
        hint: "nothing was compared; give two PNG files".to_owned(),
    };
    // Looked at first: to open a pipe waits for somebody who writes into it.
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(error.to_string()))?;
    if !metadata.is_file() {
        return Err(unreadable("not a file".to_owned()));
    }
    let file = File::open(path).map_err(|error| unreadable(error.to_string()))?;
    Ok(BufReader::with_capacity(BUFFER_BYTES, file))
}

/// Compares two files.
///
/// # Errors
/// One of them is no whole picture: which, and why.
pub fn compare(first: &Path, second: &Path, options: &Options) -> Result<Difference, CliError> {
    let (mut before, mut after) = (open(first)?, open(second)?);
    // What cannot be read is found out again, and then it is known of which one.
    let same = are_same(before.get_ref(), after.get_ref()).unwrap_or(false);
    let difference = compared(&mut before, &mut after, same, options);
    difference.map_err(|error| errored(first, second, &error))
}

/// What to say of a picture that is none.
pub fn errored(first: &Path, second: &Path, error: &PictureError) -> CliError {
    let path = match error.side {
        Side::First => first,
        Side::Second => second,
    };
    CliError::Unavailable {
        message: format!("{}: {error}", path.display()),
        hint: "nothing was compared, so nothing is known; take that picture anew".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_that_nobody_writes_into_is_refused_and_not_waited_for() {
        let folder = tempfile::tempdir().expect("a directory");
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.expect("mkfifo runs").success());
        let why = open(&pipe).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(why.ends_with("pipe: not a file"), "{why}");
    }
}

//! Calendar files, as they are now.

use std::io::Read as _;
use std::path::Path;

use plimsoll_analyze::calendar::{CalendarError, LONGEST, parse};
use plimsoll_core::catalog::Calendar;

/// Reads a calendar file below `root`.
///
/// # Errors
/// What is wrong with it, and in which line; 0 when it is not there or is no file.
pub fn read(root: &Path, file: &str) -> Result<Calendar, CalendarError> {
    let unreadable = |why: String| CalendarError { line: 0, message: why };
    let path = root.join(file);
    let open = || {
        // A named pipe would never answer.
        if !std::fs::metadata(&path)?.is_file() {
            return Err(std::io::Error::other("it is no file"));
        }
        let mut bytes = Vec::new();
        std::fs::File::open(&path)?.take(LONGEST as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = open().map_err(|error| unreadable(format!("it cannot be read: {error}")))?;
    parse(&bytes)
}

/// What is wrong with a calendar, with its place: `labs.ics:7: …`.
#[must_use]
pub fn words(file: &str, error: &CalendarError) -> String {
    match error.line {
        0 => format!("{file}: {error}"),
        line => format!("{file}:{line}: {error}"),
    }
}

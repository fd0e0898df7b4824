//! Finding the chromium that is installed.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::process::find_program;

/// The environment variable that names it.
const VARIABLE: &str = "PLIMSOLL_CHROMIUM";

/// What it is called, by who packages it.
const NAMES: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// There is no browser.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BrowserMissing {
    /// None of the usual names is on the path.
    #[error(
        "there is no chromium on this machine; install it (apt-get install --no-install-recommends chromium fonts-dejavu-core) or name its file in PLIMSOLL_CHROMIUM"
    )]
    NotInstalled,
    /// The variable names something else.
    #[error("PLIMSOLL_CHROMIUM does not name a browser: {0}")]
    Named(String),
}

/// The browser's file.
///
/// # Errors
/// [`BrowserMissing`] says what to install.
pub(super) fn find() -> Result<PathBuf, BrowserMissing> {
    find_among(std::env::var_os(VARIABLE), std::env::var_os("PATH"))
}

/// Whether there is a browser to look at pages with.
#[must_use]
pub fn is_installed() -> bool {
    find().is_ok()
}

fn find_among(named: Option<OsString>, path: Option<OsString>) -> Result<PathBuf, BrowserMissing> {
    if let Some(named) = named.filter(|named| !named.is_empty()) {
        let named = named.to_string_lossy();
        return find_program(&named, path).map_err(BrowserMissing::Named);
    }
    NAMES
        .iter()
        .find_map(|name| find_program(name, path.clone()).ok())
        .ok_or(BrowserMissing::NotInstalled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_browser_is_said_with_the_command_that_installs_it() {
        let none = find_among(None, Some("/nowhere".into())).expect_err("none").to_string();
        assert!(none.contains("apt-get install --no-install-recommends chromium"), "{none}");
        let named = find_among(Some("/no/such/chrome".into()), None).expect_err("none").to_string();
        assert!(
            named.contains("PLIMSOLL_CHROMIUM") && named.contains("/no/such/chrome"),
            "{named}"
        );
        assert_eq!(find_among(Some("/bin/sh".into()), None), Ok("/bin/sh".into()));
        assert!(find_among(Some("".into()), Some("/nowhere".into())).is_err());
    }
}

//! Finding the chromium that is installed.

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
    let path = std::env::var_os("PATH");
    if let Some(named) = std::env::var_os(VARIABLE).filter(|named| !named.is_empty()) {
        let named = named.to_string_lossy();
        return find_program(&named, path).map_err(BrowserMissing::Named);
    }
    NAMES
        .iter()
        .find_map(|name| find_program(name, path.clone()).ok())
        .ok_or(BrowserMissing::NotInstalled)
}

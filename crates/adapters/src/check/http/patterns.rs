//! Regular expressions, compiled once.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use regex::Regex;

/// More patterns than a configuration has; beyond it, all are compiled anew.
const KEPT: usize = 1_024;

/// The compiled pattern.
///
/// # Errors
/// It does not compile: the configuration was not checked.
pub(super) fn compiled(pattern: &str) -> Result<Regex, regex::Error> {
    static KNOWN: OnceLock<Mutex<HashMap<String, Regex>>> = OnceLock::new();
    let known = KNOWN.get_or_init(Mutex::default);
    if let Some(regex) = known.lock().unwrap_or_else(PoisonError::into_inner).get(pattern) {
        return Ok(regex.clone());
    }
    let regex = Regex::new(pattern)?;
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    if known.len() >= KEPT {
        known.clear();
    }
    known.insert(pattern.to_owned(), regex.clone());
    Ok(regex)
}

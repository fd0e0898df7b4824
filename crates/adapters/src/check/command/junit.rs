//! The JUnit files that a command wrote, and no older ones.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use plimsoll_analyze::junit::{JunitLimits, JunitReport, parse};

/// Where files may be.
pub(super) struct Places {
    /// The fresh directory of this attempt.
    pub out: PathBuf,
    /// The working directory of the command.
    pub dir: PathBuf,
    /// When the attempt began; older files are of another run.
    pub since: SystemTime,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadError {
    /// No file was written.
    #[error("it wrote no JUnit file ({0})")]
    None(String),
    /// Only files of an earlier run are there.
    #[error("it wrote no JUnit file; {0} is of an earlier run")]
    Old(String),
    /// A file that is no report.
    #[error("{0}")]
    Unreadable(String),
}

/// Reads and joins every file that `path` names: in the fresh directory, or else in the working
/// directory.
pub(super) fn read(path: &str, places: &Places) -> Result<JunitReport, ReadError> {
    let mut files = matching(&places.out.join(path));
    if files.is_empty() && !Path::new(path).is_absolute() {
        files = matching(&places.dir.join(path));
    }
    let mut reports = Vec::new();
    let mut old = None;
    for file in files {
        let shown = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let unreadable = |why: String| ReadError::Unreadable(format!("{shown}: {why}"));
        let about = std::fs::metadata(&file).map_err(|error| unreadable(error.to_string()))?;
        if !about.is_file() {
            return Err(unreadable("it is no file".into()));
        }
        if about.modified().is_ok_and(|modified| modified < places.since) {
            old = Some(shown);
            continue;
        }
        let limits = JunitLimits::default();
        if about.len() > limits.bytes as u64 {
            return Err(unreadable(format!(
                "it has {} bytes, more than the {} that are read",
                about.len(),
                limits.bytes
            )));
        }
        let bytes = std::fs::read(&file).map_err(|error| unreadable(error.to_string()))?;
        reports.push(parse(&bytes, &limits).map_err(|error| unreadable(error.to_string()))?);
    }
    match (reports.is_empty(), old) {
        (false, _) => Ok(JunitReport::merge(reports)),
        (true, Some(old)) => Err(ReadError::Old(old)),
        (true, None) => Err(ReadError::None(path.to_owned())),
    }
}

/// The files of the folder whose name fits the last part; `*` stands for anything.
fn matching(path: &Path) -> Vec<PathBuf> {
    let (Some(folder), Some(pattern)) = (path.parent(), path.file_name().and_then(|n| n.to_str()))
    else {
        return Vec::new();
    };
    if !pattern.contains('*') {
        return if path.exists() { vec![path.to_owned()] } else { Vec::new() };
    }
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(|name| fits(pattern, name)))
        .map(|entry| entry.path())
        .collect();
    files.sort();
    files
}

fn fits(pattern: &str, name: &str) -> bool {
    let Some((before, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(before) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match name.find(part) {
            Some(at) => name = &name[at + part.len()..],
            None => return false,
        }
    }
    name.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything_and_for_nothing() {
        for (pattern, name, wanted) in [
            ("junit-*.xml", "junit-1.xml", true),
            ("*.xml", ".xml", true),
            ("*", "anything", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("ab*bc", "abc", false),
            ("TEST-*.xml", "test-1.xml", false),
        ] {
            assert_eq!(fits(pattern, name), wanted, "{pattern} {name}");
        }
    }
}

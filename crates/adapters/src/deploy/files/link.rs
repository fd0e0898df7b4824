//! The link that says what is served.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use plimsoll_core::ids::Version;
use plimsoll_core::record::Observed;

use super::Place;

/// Switches the link in one step; returns what it said before.
pub(super) fn switch(place: &Place, version: &Version) -> Result<Option<PathBuf>, String> {
    let before = read(place)?;
    set(place, &Path::new("releases").join(version.as_str()))?;
    Ok(before)
}

/// Puts the link back to what it said.
pub(super) fn restore(place: &Place, before: Option<&Path>) -> Result<(), String> {
    match before {
        Some(to) => set(place, to),
        None => {
            let link = place.root.join(&place.link);
            fs::remove_file(&link)
                .map_err(|error| format!("could not remove {}: {error}", link.display()))
        }
    }
}

/// What the link says; `None` when there is none.
pub(super) fn read(place: &Place) -> Result<Option<PathBuf>, String> {
    let name = &place.link;
    if name.is_empty() || name.contains('/') || name.starts_with('.') || name == "releases" {
        return Err(format!("`{}` cannot be the name of the link", name.escape_debug()));
    }
    let link = place.root.join(name);
    match fs::read_link(&link) {
        Ok(to) => Ok(Some(to)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == ErrorKind::InvalidInput => {
            Err(format!("{} is there and is no symbolic link; move it away", link.display()))
        }
        Err(error) => Err(format!("could not read {}: {error}", link.display())),
    }
}

fn set(place: &Place, to: &Path) -> Result<(), String> {
    let fail = |error: std::io::Error| format!("could not switch {}: {error}", place.link);
    let beside = place.root.join(format!(".{}.new", place.link));
    if let Err(error) = fs::remove_file(&beside)
        && error.kind() != ErrorKind::NotFound
    {
        return Err(fail(error));
    }
    symlink(to, &beside).map_err(fail)?;
    fs::rename(&beside, place.root.join(&place.link)).map_err(fail)?;
    fs::File::open(&place.root).and_then(|root| root.sync_all()).map_err(fail)
}

/// Which version the link points to.
#[must_use]
pub fn served(place: &Place) -> Observed {
    let shown = place.root.join(&place.link).display().to_string();
    let to = match read(place) {
        Ok(Some(to)) => to,
        Ok(None) => {
            return Observed::Unknown(format!("nothing is deployed yet: {shown} does not exist"));
        }
        Err(why) => return Observed::Unknown(why),
    };
    let full = place.root.join(&to);
    let version = to.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
    match version {
        Some(_) if full.parent() != Some(&place.releases()) => Observed::Unknown(format!(
            "{shown} points to {}, which is not in releases/",
            to.display()
        )),
        Some(_) if !full.is_dir() => {
            Observed::Unknown(format!("{shown} points to {}, which does not exist", to.display()))
        }
        Some(version) => Observed::Version(version),
        None => {
            Observed::Unknown(format!("{shown} points to {}, which is no version", to.display()))
        }
    }
}

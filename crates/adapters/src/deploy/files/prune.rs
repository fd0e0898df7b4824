//! Removing old releases.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::written::Written;
use super::{Place, link};

/// Removes the oldest release directories beyond `keep`; never one of `spare`, nor what the link
/// said before or says now. What cannot be removed is said and does no harm.
pub(super) fn prune(
    place: &Place,
    keep: u32,
    spare: &[Option<&str>],
    before: Option<&Path>,
) -> String {
    let now = link::read(place).ok().flatten();
    let name = |path: &Path| path.file_name().map(std::ffi::OsStr::to_os_string);
    let spared: Vec<_> = [before.and_then(name), now.as_deref().and_then(name)]
        .into_iter()
        .flatten()
        .chain(spare.iter().flatten().map(Into::into))
        .collect();
    let mut old: Vec<(SystemTime, PathBuf)> = fs::read_dir(place.releases())
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| !entry.file_name().as_encoded_bytes().starts_with(b"."))
        .filter(|entry| !spared.contains(&entry.file_name()))
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    old.sort();
    old.reverse();
    let mut said = String::new();
    for (_, path) in old.into_iter().skip(keep as usize) {
        let shown = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // A directory that is half removed must not look like a release.
        let aside = place.releases().join(format!(".old-{shown}"));
        let removed = fs::rename(&path, &aside).and_then(|()| fs::remove_dir_all(&aside));
        said.push_str(&match removed {
            Ok(()) => {
                Written::forget(place, &shown);
                format!("removed the old releases/{shown}\n")
            }
            Err(error) => format!("could not remove the old releases/{shown}: {error}\n"),
        });
    }
    said
}

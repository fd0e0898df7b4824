//! What a deployment wrote, kept beside the release's directory and never in it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use plimsoll_core::ids::Version;
use serde::{Deserialize, Serialize};

use super::Place;
use crate::artifacts::{Manifest, Stamp};

/// A file that was changed so short a time ago may be changed again without its stamp showing it.
const SETTLED_AFTER_S: i64 = 2;

/// What a release's directory holds, and by what it shows when one of its files is written again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Written {
    /// What was deployed.
    pub manifest: Manifest,
    /// The files that were found to be so, by path. The others are hashed.
    pub stamps: BTreeMap<String, Stamp>,
}

impl Written {
    fn file(place: &Place, version: &Version) -> PathBuf {
        place.releases().join(format!(".{version}.written"))
    }

    /// Reads it; none where no deployment has written it down.
    ///
    /// # Errors
    /// A sentence: what was deployed is then not known.
    pub(super) fn read(place: &Place, version: &Version) -> Result<Option<Self>, String> {
        let file = Self::file(place, version);
        let fail = |why: &dyn std::fmt::Display| {
            format!(
                "what was deployed cannot be read from {} ({why}); deploy it again",
                file.display()
            )
        };
        match fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| fail(&error)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(fail(&error)),
        }
    }

    /// Writes it down: whole, and on the disk.
    ///
    /// # Errors
    /// What the disk said; what was there before still is.
    pub(super) fn keep(&self, place: &Place, version: &Version) -> std::io::Result<()> {
        // Removed like everything else that is left behind under such a name.
        let aside = place.releases().join(format!(".new-{version}.written-{}", std::process::id()));
        let bytes = serde_json::to_vec(self).map_err(std::io::Error::other)?;
        let written = File::create(&aside).and_then(|mut file| {
            file.write_all(&bytes)?;
            file.sync_all()
        });
        written.and_then(|()| fs::rename(&aside, Self::file(place, version))).inspect_err(|_| {
            let _ = fs::remove_file(&aside);
        })
    }

    /// Remembers files that were hashed and are as deployed, so that they are not hashed again.
    /// Where that cannot be written down, they are.
    pub(super) fn remember(
        mut self,
        fresh: BTreeMap<String, Stamp>,
        place: &Place,
        version: &Version,
    ) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let now_s = i64::try_from(now).unwrap_or(i64::MAX);
        let settled = |stamp: &Stamp| stamp.changed_s().saturating_add(SETTLED_AFTER_S) < now_s;
        let before = self.stamps.clone();
        self.stamps.extend(fresh.into_iter().filter(|(_, stamp)| settled(stamp)));
        if self.stamps != before {
            let _ = self.keep(place, version);
        }
    }

    /// Forgets a release that is no longer there.
    pub(super) fn forget(place: &Place, version: &str) {
        let _ = fs::remove_file(place.releases().join(format!(".{version}.written")));
    }
}

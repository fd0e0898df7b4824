//! Whether what is served is still what was deployed.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Instant;

use plimsoll_core::catalog::PathPattern;
use plimsoll_core::digest::Digest;
use plimsoll_core::ids::Version;
use plimsoll_core::record::Observed;
use plimsoll_core::units::Period;

use super::compare::{Compared, Trust, compare};
use super::written::Written;
use super::{Place, link};
use crate::artifacts::read_directory;

/// Holds a version that was observed against what its deployment wrote. Where the link says
/// another version, or no deployment has written anything down (it was adopted), what was observed
/// stands.
pub async fn as_deployed(
    place: Place,
    mutable: &[PathPattern],
    version: Version,
    within: Period,
) -> Observed {
    let mutable = mutable.to_vec();
    let until = Instant::now() + within.to_std();
    let looking = tokio::task::spawn_blocking(move || look(&place, &mutable, version, until));
    // A disk that hangs lets nobody look at a clock.
    match tokio::time::timeout(within.to_std(), looking).await {
        Ok(Ok(observed)) => observed,
        Ok(Err(error)) => {
            Observed::Unknown(format!("what is served could not be compared: {error}"))
        }
        Err(_) => Observed::Unknown(too_slow(within)),
    }
}

fn too_slow(within: Period) -> String {
    format!("what is served could not be compared with what was deployed within {within}")
}

fn look(place: &Place, mutable: &[PathPattern], version: Version, until: Instant) -> Observed {
    let there = Path::new("releases").join(version.as_str());
    if link::read(place) != Ok(Some(there.clone())) {
        return Observed::Version(version);
    }
    let written = match Written::read(place, &version) {
        Ok(Some(written)) => written,
        Ok(None) => return Observed::Version(version),
        Err(why) => return Observed::Unknown(why),
    };
    let root = place.root.join(there);
    match compare(&root, &written, mutable, Trust::Stamps, Some(until)) {
        Ok(compared) => judged(compared, written, place, version),
        Err(error) if error.kind() == ErrorKind::TimedOut => Observed::Unknown(
            "what is served could not be compared with what was deployed in time; see `within` of observe"
                .into(),
        ),
        Err(error) => Observed::Unknown(format!(
            "what is served in {} could not be compared with what was deployed: {error}",
            root.display()
        )),
    }
}

fn judged(compared: Compared, written: Written, place: &Place, version: Version) -> Observed {
    let words = compared.words();
    written.remember(compared.fresh, place, &version);
    match words {
        Some(how) => Observed::Altered { version, how },
        None => Observed::Version(version),
    }
}

/// Reads all of a release's directory: what there is to write down of it when it holds the
/// artifact, but for what is `mutable`; none when it does not.
pub(super) async fn intact(
    place: &Place,
    version: &Version,
    digest: &Digest,
    mutable: &[PathPattern],
) -> Option<Written> {
    let there = place.releases().join(version.as_str());
    if let Ok((manifest, stamps)) = read_directory(&there).await
        && manifest.digest() == *digest
    {
        return Some(Written { manifest, stamps });
    }
    if mutable.is_empty() {
        return None;
    }
    let written = Written::read(place, version).ok()??;
    if written.manifest.digest() != *digest {
        return None;
    }
    let mutable = mutable.to_vec();
    let reading = tokio::task::spawn_blocking(move || {
        let compared = compare(&there, &written, &mutable, Trust::Nothing, None).ok()?;
        let same = compared.changes.is_empty();
        same.then_some(Written { manifest: written.manifest, stamps: compared.fresh })
    });
    reading.await.ok()?
}

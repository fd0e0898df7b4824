//! A directory artifact, unpacked beside the others and switched to by a symbolic link.
//!
//! 1. what a crash left half done is removed;
//! 2. `releases/VERSION` is hashed and kept as it is, or unpacked beside it under a hidden name,
//!    written to disk, hashed, and put in its place; what it holds is written down beside it, so
//!    that observing finds what somebody changes later;
//! 3. the link is switched in one step;
//! 4. `after` is run; when it fails, the link is switched back;
//! 5. old releases beyond `keep` are removed.
//!
//! Until step 3 nothing that is served changes; after a crash everywhere the whole can be repeated.

mod altered;
mod compare;
mod link;
mod prune;
mod unpack;
mod written;

pub use altered::as_deployed;
pub use link::served;

use std::path::PathBuf;

use plimsoll_core::catalog::FilesDeploy;
use plimsoll_core::record::{Artifact, ArtifactKind, DeployResult, Ending, ProofOutcome, Release};
use plimsoll_core::say;
use plimsoll_engine::ports::{DeployJob, TargetContext};

use super::{Done, nothing_named};
use crate::artifacts::prove_directory;
use crate::ground::Ground;
use crate::process::{self, Command, Scope};
use crate::values::{ValueError, Values};

/// Where things are on the target.
#[derive(Debug, Clone)]
pub struct Place {
    /// The directory that holds everything.
    pub root: PathBuf,
    /// The name of the link.
    pub link: String,
}

impl Place {
    /// Fills the place for a target.
    ///
    /// # Errors
    /// [`ValueError`] for the finding.
    pub fn fill(files: &FilesDeploy, values: &Values, ground: &Ground) -> Result<Self, ValueError> {
        let root = ground.root.join(values.fill(&files.root)?);
        Ok(Self { root, link: files.link.clone() })
    }

    fn releases(&self) -> PathBuf {
        self.root.join("releases")
    }
}

/// Unpacks the release and switches to it.
pub async fn deploy(job: &DeployJob, files: &FilesDeploy, ground: &Ground) -> Done {
    let values = Values::of_target(&job.context, &ground.secrets)
        .with_release(&job.release)
        .with_previous(job.previous.as_ref())
        .with_deployment(job.deployment);
    let begun = Place::fill(files, &values, ground).map_err(|error| error.to_string());
    let begun = begun.and_then(|place| Ok((place, artifact(&job.release, files)?)));
    let (place, artifact) = match begun {
        Ok(begun) => begun,
        Err(why) => return Done::not_begun(format!("nothing was changed: {why}")),
    };
    let mut said = String::new();
    let switched = async {
        said.push_str(&unpack::unpack(&place, job, artifact, &files.mutable, ground).await?);
        link::switch(&place, &job.release.id.version)
    };
    let before = match switched.await {
        Ok(before) => before,
        Err(why) => {
            let finding = format!("{why}; what was served is still served");
            let mut done = Done::not_begun(values.redactor().text(&finding));
            done.output = format!("{said}{finding}\n").into_bytes();
            return done;
        }
    };
    let from = before.as_deref().map_or("nothing".into(), |text| text.display().to_string());
    said.push_str(&format!(
        "switched {} from {from} to releases/{}\n",
        place.link, job.release.id.version
    ));
    let (result, output) = after(job, files, &values, ground).await;
    let mut output = [said.as_bytes(), &output].concat();
    if let DeployResult::Failed { ending, finding } = result {
        let undone = match link::restore(&place, before.as_deref()) {
            Ok(()) => format!("the switch was undone, {from} is served"),
            Err(why) => format!("the switch could not be undone: {why}"),
        };
        output.extend_from_slice(format!("\n{undone}\n").as_bytes());
        let finding = format!("`after` failed ({finding}); {undone}");
        return Done { result: DeployResult::Failed { ending, finding }, output };
    }
    let keep = [Some(job.release.id.version.as_str()), job.previous.as_ref().map(|v| v.as_str())];
    output.extend_from_slice(prune::prune(&place, files.keep, &keep, before.as_deref()).as_bytes());
    Done { result, output }
}

async fn after(
    job: &DeployJob,
    files: &FilesDeploy,
    values: &Values,
    ground: &Ground,
) -> (DeployResult, Vec<u8>) {
    let Some(argv) = &files.after else { return (DeployResult::Done, Vec::new()) };
    let within = job.context.platform.within;
    let command = match Command::fill(argv, values, &ground.root, within) {
        Ok(command) => command,
        Err(error) => {
            let failed =
                DeployResult::Failed { ending: Ending::NotStarted, finding: error.to_string() };
            return (failed, Vec::new());
        }
    };
    let record = ground.record(&job.context.id, Scope::Deployment);
    let ran = process::run(command.recorded(record).leaving_quiet_ones()).await;
    let redactor = values.redactor();
    let output = ran.output.clean(&redactor);
    let result = match ran.ending {
        Ending::Exit(0) => DeployResult::Done,
        ending @ (Ending::Exit(_) | Ending::Signal(_) | Ending::TimedOut | Ending::NotStarted) => {
            DeployResult::Failed { ending, finding: redactor.text(&ran.sentence(&output)) }
        }
    };
    (result, output)
}

/// The directory that is unpacked.
fn artifact<'r>(release: &'r Release, files: &FilesDeploy) -> Result<&'r Artifact, String> {
    let mut directories =
        release.artifacts.iter().filter(|artifact| artifact.kind == ArtifactKind::Directory);
    if let Some(wanted) = &files.artifact {
        return directories
            .find(|artifact| artifact.name.as_str() == wanted)
            .ok_or_else(|| format!("{} has no directory artifact named {wanted}", release.id));
    }
    match (directories.next(), directories.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err(format!("{} has no directory artifact", release.id)),
        (Some(one), Some(other)) => Err(format!(
            "{} has several directory artifacts ({}, {}, …); say which with `artifact:`",
            release.id, one.name, other.name
        )),
    }
}

/// Whether the release could be put on the target: its directory is still there as it was, or
/// every file is kept.
pub async fn prove(
    context: &TargetContext,
    release: &Release,
    files: &FilesDeploy,
    ground: &Ground,
) -> ProofOutcome {
    if let Some(missing) = nothing_named(release) {
        return missing;
    }
    let artifact = match artifact(release, files) {
        Ok(artifact) => artifact,
        Err(why) => {
            let what = format!("a directory to unpack ({why})");
            return ProofOutcome::Missing { what, digest: None };
        }
    };
    let values =
        Values::of_target(context, &ground.secrets).with_release(release).with_previous(None);
    let place = match Place::fill(files, &values, ground) {
        Ok(place) => place,
        Err(error) => return ProofOutcome::Unknown { why: error.to_string() },
    };
    let version = &release.id.version;
    match altered::intact(&place, version, &artifact.digest, &files.mutable).await {
        Some(written) => ProofOutcome::Present {
            how: format!(
                "releases/{version} on the target, {} hashed",
                say::count(written.manifest.files().count(), "file")
            ),
        },
        None => prove_directory(artifact, ground.blobs.as_ref()).await,
    }
}

#[cfg(test)]
mod tests;

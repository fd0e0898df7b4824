//! Real directories and links.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;

use plimsoll_core::catalog::{DeployKind, FilesDeploy, ObserveKind};
use plimsoll_core::ids::{DeploymentId, Seq};
use plimsoll_core::record::{Artifact, DeployResult, MoveReason, Observed, ProofOutcome, Release};
use plimsoll_engine::ports::{DeployJob, Deployed, Fleet as _, TargetContext};

use crate::artifacts::{build_artifacts, digest_directory};
use crate::fleet::RealFleet;
use crate::testing::{MemoryBlobs, argv, context, release, settings};

struct World {
    dir: tempfile::TempDir,
    blobs: Arc<MemoryBlobs>,
    fleet: RealFleet,
}

impl World {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let blobs = MemoryBlobs::shared();
        let fleet = RealFleet::new(settings(dir.path(), blobs.clone()));
        Self { dir, blobs, fleet }
    }

    fn root(&self) -> &Path {
        self.dir.path()
    }

    async fn release(&self, version: &str) -> Release {
        let from = self.root().join("dist").join(version);
        std::fs::create_dir_all(from.join("static")).expect("made");
        std::fs::write(from.join("index.html"), version).expect("written");
        std::fs::write(from.join("static/a.css"), "a{}").expect("written");
        let spec = format!("site=dist/{version}").parse().expect("valid");
        let artifacts: Vec<Artifact> =
            build_artifacts(&[spec], self.root(), self.blobs.as_ref()).await.expect("built");
        release(version, artifacts)
    }

    async fn deploy(
        &self,
        at: &TargetContext,
        release: &Release,
        previous: Option<&str>,
    ) -> Deployed {
        let job = DeployJob {
            context: at.clone(),
            release: release.clone(),
            previous: previous.map(|version| version.parse().expect("valid")),
            reason: MoveReason::Forward,
            deployment: DeploymentId(Seq(7)),
        };
        self.fleet.deploy(&job).await
    }

    fn served(&self, name: &str) -> String {
        std::fs::read_to_string(self.root().join("srv").join(name).join("current/index.html"))
            .unwrap_or_else(|error| error.to_string())
    }

    fn releases(&self, name: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.root().join("srv").join(name).join("releases"));
        let mut names: Vec<String> = entries
            .expect("there")
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| !name.ends_with(".written"))
            .collect();
        names.sort();
        names
    }
}

fn files(after: Option<&[&str]>) -> FilesDeploy {
    FilesDeploy {
        root: "srv/{{ target.name }}".parse().expect("a template"),
        link: "current".into(),
        artifact: None,
        keep: 1,
        mutable: Vec::new(),
        after: after.map(argv),
    }
}

fn target(name: &str, files: FilesDeploy) -> TargetContext {
    context(name, DeployKind::Files(files), ObserveKind::Link)
}

fn version(text: &str) -> Observed {
    Observed::Version(text.parse().expect("valid"))
}

fn finding(deployed: &Deployed) -> &str {
    match &deployed.result {
        DeployResult::Failed { finding, .. } => finding,
        other @ (DeployResult::Done | DeployResult::FoundDone | DeployResult::Misaimed { .. }) => {
            panic!("{other:?}")
        }
    }
}

#[tokio::test]
async fn a_release_is_unpacked_served_observed_and_old_ones_are_pruned() {
    let world = World::new();
    let at = target("nl-vm", files(None));
    assert!(
        matches!(world.fleet.observe(&at).await, Observed::Unknown(why) if why.contains("nothing is deployed yet"))
    );
    let mut previous = None;
    for text in ["1", "2", "3", "4", "5"] {
        let release = world.release(text).await;
        let deployed = world.deploy(&at, &release, previous).await;
        assert_eq!(
            deployed.result,
            DeployResult::Done,
            "{}",
            String::from_utf8_lossy(&deployed.output)
        );
        assert_eq!(world.fleet.observe(&at).await, version(text));
        assert_eq!(world.served("nl-vm"), text);
        previous = Some(text);
        tokio::time::sleep(std::time::Duration::from_millis(15)).await;
    }
    // The current one, the previous one, and one more.
    assert_eq!(world.releases("nl-vm"), ["3", "4", "5"]);
    let back = world.release("3").await;
    assert_eq!(world.deploy(&at, &back, Some("5")).await.result, DeployResult::Done);
    assert_eq!(
        (world.served("nl-vm").as_str(), world.releases("nl-vm")),
        ("3", vec!["3".into(), "4".into(), "5".into()])
    );
}

#[tokio::test]
async fn what_a_crash_left_behind_does_no_harm_and_goes() {
    let world = World::new();
    let at = target("nl-vm", files(None));
    let (one, two) = (world.release("1").await, world.release("2").await);
    world.deploy(&at, &one, None).await;
    let srv = world.root().join("srv/nl-vm");
    // While unpacking; while pruning; before the link was renamed; a directory that a power cut
    // left with the right name and other content.
    std::fs::create_dir_all(srv.join("releases/.new-2-d-7/static")).expect("made");
    std::fs::create_dir_all(srv.join("releases/.old-0")).expect("made");
    symlink("releases/nowhere", srv.join(".current.new")).expect("linked");
    std::fs::create_dir_all(srv.join("releases/2")).expect("made");
    std::fs::write(srv.join("releases/2/index.html"), "half").expect("written");
    assert_eq!(world.served("nl-vm"), "1");
    for _ in 0..2 {
        assert_eq!(world.deploy(&at, &two, Some("1")).await.result, DeployResult::Done);
        assert_eq!(world.served("nl-vm"), "2");
        assert_eq!(world.releases("nl-vm"), ["1", "2"]);
        assert!(std::fs::symlink_metadata(srv.join(".current.new")).is_err());
    }
    let digest = digest_directory(&srv.join("releases/2")).await.expect("read").0;
    assert_eq!(digest, two.artifacts[0].digest);
}

#[tokio::test]
async fn a_kept_directory_that_somebody_changed_is_made_anew_even_while_it_is_served() {
    let world = World::new();
    let at = target("nl-vm", files(None));
    let one = world.release("1").await;
    world.deploy(&at, &one, None).await;
    std::fs::write(world.root().join("srv/nl-vm/releases/1/index.html"), "meddled")
        .expect("written");
    assert_eq!(world.deploy(&at, &one, Some("1")).await.result, DeployResult::Done);
    assert_eq!(
        (world.served("nl-vm").as_str(), world.releases("nl-vm")),
        ("1", vec!["1".to_owned()])
    );
}

#[tokio::test]
async fn when_after_fails_the_switch_is_undone() {
    let world = World::new();
    let one = world.release("1").await;
    let two = world.release("2").await;
    world.deploy(&target("nl-vm", files(None)), &one, None).await;
    let failing = target("nl-vm", files(Some(&["sh", "-c", "echo cannot reload; exit 3"])));
    let deployed = world.deploy(&failing, &two, Some("1")).await;
    assert_eq!(
        finding(&deployed),
        "`after` failed (exit code 3: cannot reload); the switch was undone, releases/1 is served"
    );
    assert_eq!(world.served("nl-vm"), "1");
    let fresh = target("new", files(Some(&["false"])));
    assert!(finding(&world.deploy(&fresh, &two, None).await).contains("nothing is served"));
    assert!(matches!(world.fleet.observe(&fresh).await, Observed::Unknown(_)));
    let working = target(
        "nl-vm",
        files(Some(&[
            "sh",
            "-c",
            "test $PLIMSOLL_TARGET = nl-vm && cat srv/nl-vm/current/index.html",
        ])),
    );
    let deployed = world.deploy(&working, &two, Some("1")).await;
    assert_eq!(deployed.result, DeployResult::Done);
    assert!(String::from_utf8_lossy(&deployed.output).contains("\n2"));
}

#[tokio::test]
async fn what_cannot_be_written_fails_in_words_and_leaves_the_old_release_served() {
    let world = World::new();
    let at = target("nl-vm", files(None));
    let (one, two) = (world.release("1").await, world.release("2").await);
    world.deploy(&at, &one, None).await;
    // A file where its content is missing.
    let page = plimsoll_core::digest::Digest::of(b"2");
    world.blobs.0.lock().expect("unpoisoned").remove(&page);
    let deployed = world.deploy(&at, &two, Some("1")).await;
    assert!(finding(&deployed).contains("could not unpack 2"), "{}", finding(&deployed));
    assert!(finding(&deployed).contains("still served"));
    assert_eq!(
        (world.served("nl-vm").as_str(), world.releases("nl-vm")),
        ("1", vec!["1".to_owned()])
    );
    let proof = world.fleet.prove(&at, &two).await;
    assert!(matches!(proof, ProofOutcome::Missing { digest: Some(digest), .. } if digest == page));
    // A file where the directory should be, and a directory where the link should be.
    std::fs::write(world.root().join("srv/blocked"), "").expect("written");
    let deployed = world.deploy(&target("blocked", files(None)), &one, None).await;
    assert!(finding(&deployed).contains("could not make"), "{}", finding(&deployed));
    std::fs::create_dir_all(world.root().join("srv/taken/current")).expect("made");
    let deployed = world.deploy(&target("taken", files(None)), &one, None).await;
    assert!(finding(&deployed).contains("is no symbolic link"), "{}", finding(&deployed));
}

#[tokio::test]
async fn the_way_back_is_proven_from_the_target_or_from_what_is_kept() {
    let world = World::new();
    let at = target("nl-vm", files(None));
    let one = world.release("1").await;
    let how = |proof| match proof {
        ProofOutcome::Present { how } => how,
        other @ (ProofOutcome::Missing { .. } | ProofOutcome::Unknown { .. }) => {
            panic!("{other:?}")
        }
    };
    assert_eq!(how(world.fleet.prove(&at, &one).await), "site: kept here, 2 files hashed");
    world.deploy(&at, &one, None).await;
    world.blobs.0.lock().expect("unpoisoned").clear();
    assert_eq!(how(world.fleet.prove(&at, &one).await), "releases/1 on the target, 2 files hashed");
    std::fs::write(world.root().join("srv/nl-vm/releases/1/index.html"), "meddled")
        .expect("written");
    assert!(matches!(world.fleet.prove(&at, &one).await, ProofOutcome::Missing { .. }));
    let none = release("0", Vec::new());
    assert!(matches!(
        world.fleet.prove(&at, &none).await,
        ProofOutcome::Missing { digest: None, .. }
    ));
}

#[tokio::test]
async fn two_targets_are_deployed_at_the_same_time() {
    let world = World::new();
    let (one, two) = (world.release("1").await, world.release("2").await);
    let (here, there) = (target("here", files(None)), target("there", files(None)));
    let (first, second) =
        tokio::join!(world.deploy(&here, &one, None), world.deploy(&there, &two, None));
    assert_eq!((first.result, second.result), (DeployResult::Done, DeployResult::Done));
    assert_eq!((world.served("here").as_str(), world.served("there").as_str()), ("1", "2"));
}

#[tokio::test]
async fn a_link_that_points_elsewhere_is_no_version() {
    let world = World::new();
    let at = target("nl-vm", files(None));
    let srv = world.root().join("srv/nl-vm");
    std::fs::create_dir_all(srv.join("releases")).expect("made");
    std::fs::create_dir_all(srv.join("elsewhere/1.2")).expect("made");
    for (to, said) in [
        ("elsewhere/1.2", "not in releases/"),
        ("releases/1.2", "does not exist"),
        ("releases/..", "no version"),
    ] {
        symlink(to, srv.join("current")).expect("linked");
        let Observed::Unknown(why) = world.fleet.observe(&at).await else { panic!("{to}") };
        assert!(why.contains(said), "{to}: {why}");
        std::fs::remove_file(srv.join("current")).expect("removed");
    }
}

mod altered;

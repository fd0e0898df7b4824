//! What somebody does to a release's files after it was deployed.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::*;

/// A target that serves version 1.
struct Served {
    world: World,
    at: TargetContext,
}

impl Served {
    async fn with(mutable: &[&str]) -> Self {
        let world = World::new();
        let patterns = mutable.iter().map(|text| text.parse().expect("a pattern")).collect();
        let at = target("nl-vm", FilesDeploy { mutable: patterns, ..files(None) });
        let one = world.release("1").await;
        assert_eq!(world.deploy(&at, &one, None).await.result, DeployResult::Done);
        Self { world, at }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.world.root().join("srv/nl-vm/releases/1").join(name)
    }

    fn record(&self) -> PathBuf {
        self.world.root().join("srv/nl-vm/releases/.1.written")
    }

    async fn seen(&self) -> Observed {
        self.world.fleet.observe(&self.at).await
    }

    #[track_caller]
    fn how(seen: Observed) -> String {
        match seen {
            Observed::Altered { version, how } => {
                assert_eq!(version.as_str(), "1");
                how
            }
            other @ (Observed::Version(_) | Observed::Unknown(_)) => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn every_way_to_change_what_is_served_is_found_and_named() {
    type Meddle = fn(&Served);
    let table: Vec<(Meddle, &str)> = vec![
        (|s| fs::write(s.path("index.html"), "2").expect("written"), "index.html was changed"),
        (|s| fs::remove_file(s.path("index.html")).expect("gone"), "index.html is missing"),
        (|s| fs::write(s.path("static/x.php"), "").expect("written"), "static/x.php was added"),
        (|s| fs::remove_dir_all(s.path("static")).expect("gone"), "static is missing"),
        (
            |s| {
                fs::remove_dir_all(s.path("static")).expect("gone");
                symlink("/etc", s.path("static")).expect("linked");
            },
            "static was changed",
        ),
        (|s| symlink("/etc/passwd", s.path("p")).expect("linked"), "p was added"),
        (
            |s| {
                fs::set_permissions(s.path("index.html"), fs::Permissions::from_mode(0o755))
                    .expect("set");
            },
            "index.html was changed",
        ),
    ];
    for (meddle, expected) in table {
        let served = Served::with(&[]).await;
        assert_eq!(served.seen().await, version("1"));
        meddle(&served);
        let how = Served::how(served.seen().await);
        assert!(how.starts_with(expected), "{how}");
        // Deployed again, it is as it was.
        let one = served.world.release("1").await;
        served.world.deploy(&served.at, &one, Some("1")).await;
        assert_eq!(served.seen().await, version("1"), "after {expected}");
    }
}

#[tokio::test]
async fn a_change_that_keeps_length_and_time_is_found() {
    let served = Served::with(&[]).await;
    let page = served.path("index.html");
    let before = fs::metadata(&page).expect("there").modified().expect("known");
    fs::write(&page, "9").expect("written");
    fs::File::options()
        .write(true)
        .open(&page)
        .and_then(|file| file.set_modified(before))
        .expect("set");
    assert_eq!(Served::how(served.seen().await), "index.html was changed");
}

#[tokio::test]
async fn a_file_that_was_only_touched_or_copied_is_as_deployed() {
    let served = Served::with(&[]).await;
    let page = served.path("index.html");
    let touched = fs::File::options().write(true).open(&page);
    touched.and_then(|file| file.set_modified(SystemTime::now())).expect("set");
    assert_eq!(served.seen().await, version("1"));
    fs::copy(&page, served.path("copy")).expect("copied");
    fs::rename(served.path("copy"), &page).expect("renamed");
    assert_eq!(served.seen().await, version("1"));
    fs::create_dir(served.path("empty")).expect("made");
    assert_eq!(served.seen().await, version("1"), "an empty directory serves nothing");
}

#[tokio::test]
async fn files_are_not_read_again_while_their_stamps_stay() {
    let served = Served::with(&[]).await;
    let text = fs::read_to_string(served.record()).expect("written down");
    // As if the page had been deployed with other content: only a reading would find it.
    let page = plimsoll_core::digest::Digest::of(b"1").to_string();
    let other = plimsoll_core::digest::Digest::of(b"other").to_string();
    assert!(text.contains(&page));
    fs::write(served.record(), text.replace(&page, &other)).expect("written");
    assert_eq!(served.seen().await, version("1"));
    let touched = fs::File::options().write(true).open(served.path("index.html"));
    touched.and_then(|file| file.set_modified(SystemTime::now())).expect("set");
    assert_eq!(Served::how(served.seen().await), "index.html was changed");
}

#[tokio::test]
async fn what_was_hashed_again_is_remembered_once_it_has_settled() {
    let served = Served::with(&[]).await;
    let before = fs::read(served.record()).expect("written down");
    let touched = fs::File::options().write(true).open(served.path("index.html"));
    touched.and_then(|file| file.set_modified(SystemTime::now())).expect("set");
    assert_eq!(served.seen().await, version("1"));
    assert_eq!(fs::read(served.record()).expect("there"), before, "it may still be written");
    tokio::time::sleep(Duration::from_millis(3_100)).await;
    assert_eq!(served.seen().await, version("1"));
    assert_ne!(fs::read(served.record()).expect("there"), before);
}

#[tokio::test]
async fn what_the_site_itself_writes_may_be_declared_and_nothing_else_is_let_through() {
    let served = Served::with(&["cache/**", "*.log", "static/a.css"]).await;
    fs::create_dir_all(served.path("cache/deep")).expect("made");
    fs::write(served.path("cache/deep/page"), "x").expect("written");
    fs::write(served.path("error.log"), "x").expect("written");
    fs::remove_file(served.path("static/a.css")).expect("gone");
    assert_eq!(served.seen().await, version("1"));
    fs::write(served.path("static/error.log"), "x").expect("written");
    let how = Served::how(served.seen().await);
    assert!(how.starts_with("static/error.log was added; ") && how.contains("mutable:"), "{how}");
}

#[tokio::test]
async fn what_the_site_wrote_survives_deploying_the_same_release_again() {
    let served = Served::with(&["uploads/**"]).await;
    fs::create_dir(served.path("uploads")).expect("made");
    fs::write(served.path("uploads/cat.jpg"), "meow").expect("written");
    let one = served.world.release("1").await;
    let deployed = served.world.deploy(&served.at, &one, Some("1")).await;
    assert_eq!(deployed.result, DeployResult::Done);
    assert_eq!(fs::read_to_string(served.path("uploads/cat.jpg")).expect("there"), "meow");
    assert_eq!(served.seen().await, version("1"));
    let proof = served.world.fleet.prove(&served.at, &one).await;
    assert!(matches!(proof, ProofOutcome::Present { how } if how.contains("on the target")));
}

#[tokio::test]
async fn many_changes_are_counted() {
    let served = Served::with(&[]).await;
    for name in ["a", "b", "c", "d", "e"] {
        fs::write(served.path(name), "").expect("written");
    }
    let how = Served::how(served.seen().await);
    assert!(how.starts_with("a was added, b was added, c was added, and 2 more; "), "{how}");
}

#[tokio::test]
async fn what_no_deployment_wrote_down_is_believed_and_what_cannot_be_read_is_not() {
    let served = Served::with(&[]).await;
    fs::write(served.path("index.html"), "2").expect("written");
    fs::write(served.record(), "{").expect("written");
    let seen = served.seen().await;
    assert!(matches!(&seen, Observed::Unknown(why) if why.contains("deploy it again")), "{seen:?}");
    fs::remove_file(served.record()).expect("gone");
    assert_eq!(served.seen().await, version("1"), "it may have been there before plimsoll was");
}

#[tokio::test]
async fn the_record_of_a_release_that_is_pruned_goes_with_it() {
    let served = Served::with(&[]).await;
    let mut previous = "1";
    for text in ["2", "3", "4"] {
        let release = served.world.release(text).await;
        served.world.deploy(&served.at, &release, Some(previous)).await;
        previous = text;
        tokio::time::sleep(Duration::from_millis(15)).await;
    }
    assert!(!served.path("").exists() && !served.record().exists());
}

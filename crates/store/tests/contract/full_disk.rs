//! A disk that is full, on a small file system of its own (needs root).

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::Command;

use plimsoll_core::ids::Seq;
use plimsoll_engine::ports::{BlobError, Blobs as _, LedgerError};
use plimsoll_store::{DirBlobs, Location, open};
use tempfile::TempDir;

use crate::ground::{fill, people, saying, unavailable, verified};

/// A file system of two megabytes.
struct SmallDisk {
    dir: TempDir,
}

impl SmallDisk {
    /// `None`, said aloud, when this user may not mount.
    fn mount() -> Option<Self> {
        let dir = tempfile::tempdir().expect("a directory");
        let mounted = run("mount", &["-t", "tmpfs", "-o", "size=2m", "tmpfs"], dir.path());
        if !mounted {
            eprintln!("skipped: this user may not mount a tmpfs, so no disk can be filled");
        }
        mounted.then_some(Self { dir })
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Fills what is left; delete the file to free it.
    fn fill(&self) -> std::path::PathBuf {
        let ballast = self.path().join("ballast");
        for chunk in [1 << 16, 1 << 12] {
            let mut content = fs::read(&ballast).unwrap_or_default();
            while fs::write(&ballast, &content).is_ok() && content.len() < 4 << 20 {
                content.resize(content.len() + chunk, 0);
            }
        }
        ballast
    }

    fn remount(&self, option: &str) -> bool {
        run("mount", &["-o", option], self.path())
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        run("umount", &["-l"], self.dir.path());
    }
}

fn run(program: &str, args: &[&str], path: &Path) -> bool {
    Command::new(program).args(args).arg(path).output().is_ok_and(|output| output.status.success())
}

#[tokio::test]
async fn an_append_on_a_full_disk_writes_nothing_and_works_again_when_there_is_space() {
    let Some(disk) = SmallDisk::mount() else { return };
    let location = Location::Directory(disk.path().join("ledger"));
    let store = open(&location).await.expect("opens");
    fill(&*store, 5).await;
    let ballast = disk.fill();

    let mut before = store.head().await.expect("reads").0.0;
    let error = loop {
        let events = (0..4).map(|_| saying(people("shop"), &"x".repeat(50_000))).collect();
        match store.append(events, Vec::new()).await {
            Ok(appended) => before = appended[3].seq.0,
            Err(error) => break error,
        }
    };
    assert!(unavailable(&error).contains("disk is full"), "{error}");
    assert_eq!(
        verified(&*store).await,
        before,
        "nothing half written, and all that was acknowledged"
    );
    let again = open(&location).await.expect("another one opens");
    assert_eq!(verified(&*again).await, before);

    drop((store, again));
    let fresh =
        open(&location).await.expect("a new process can read it, although the disk is full");
    assert_eq!(verified(&*fresh).await, before);

    fs::remove_file(ballast).expect("removed");
    fill(&*fresh, 5).await;
    assert_eq!(verified(&*fresh).await, before + 5);
}

#[tokio::test]
async fn a_ledger_is_not_half_made_on_a_full_disk() {
    let Some(disk) = SmallDisk::mount() else { return };
    let ballast = disk.fill();
    let location = Location::Directory(disk.path().join("ledger"));
    let error = open(&location).await.err().expect("no space");
    assert!(unavailable(&error).contains("disk is full"), "{error}");
    fs::remove_file(ballast).expect("removed");
    let store = open(&location).await.expect("opens when there is space");
    fill(&*store, 1).await;
}

#[tokio::test]
async fn a_read_only_ledger_can_be_read_and_says_why_it_is_not_written() {
    let Some(disk) = SmallDisk::mount() else { return };
    let location = Location::Directory(disk.path().join("ledger"));
    let store = open(&location).await.expect("opens");
    fill(&*store, 5).await;
    store.backup(&disk.path().join("copy.db")).await.expect("backs up");
    drop(store);
    assert!(disk.remount("remount,ro"));
    for location in [location, Location::Directory(disk.path().join("copy.db"))] {
        let store = open(&location).await.expect("opens for reading");
        assert_eq!(verified(&*store).await, 5);
        assert_eq!(store.events(Seq(0), 9).await.expect("reads").len(), 5);
        let error = store
            .append(vec![saying(people("shop"), "no")], Vec::new())
            .await
            .expect_err("read-only");
        assert!(matches!(error, LedgerError::Unavailable { .. }), "{error}");
        assert!(error.to_string().contains("writable"), "{error}");
    }
    let nothing = Location::Directory(disk.path().join("new"));
    let error = open(&nothing).await.err().expect("read-only");
    assert!(unavailable(&error).contains("could not create"), "{error}");
}

#[tokio::test]
async fn a_backup_to_a_full_disk_leaves_nothing() {
    let Some(disk) = SmallDisk::mount() else { return };
    let ground = crate::ground::Ground::sqlite();
    let store = ground.open().await;
    let events = (0..100).map(|_| saying(people("shop"), &"x".repeat(50_000))).collect();
    store.append(events, Vec::new()).await.expect("appends");
    let error = store.backup(&disk.path().join("copy.db")).await.expect_err("too large");
    assert!(unavailable(&error).contains("disk is full"), "{error}");
    assert_eq!(fs::read_dir(disk.path()).expect("reads").count(), 0);
}

#[tokio::test]
async fn a_blob_that_does_not_fit_leaves_nothing() {
    let Some(disk) = SmallDisk::mount() else { return };
    let blobs = DirBlobs::open(&disk.path().join("blobs")).expect("opens");
    let small = blobs.put(b"small").await.expect("fits");
    let error = blobs.put(&vec![7; 4 << 20]).await.expect_err("does not fit");
    assert!(
        matches!(&error, BlobError::Io { source, .. } if source.kind() == std::io::ErrorKind::StorageFull),
        "{error}"
    );
    let left = fs::read_dir(disk.path().join("blobs/incoming")).expect("reads").count();
    assert_eq!(left, 0);
    let blocks = fs::metadata(disk.path()).expect("is there").blocks();
    assert!(blocks < 1_000, "{blocks}");
    assert_eq!(blobs.get(&small.digest).await.expect("still there"), b"small");
    let error = blobs
        .copy_to(&small.digest, &disk.path().join("nowhere/file"))
        .await
        .expect_err("no directory");
    assert!(error.to_string().starts_with("could not write"), "{error}");
}

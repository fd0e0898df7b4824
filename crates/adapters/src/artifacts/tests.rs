//! Real directories, the hostile ones among them.

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use plimsoll_core::record::ArtifactKind;
use plimsoll_core::units::Period;
use plimsoll_engine::ports::Blobs as _;

use super::*;
use crate::process::{self, Command};
use crate::testing::MemoryBlobs;

fn site(dir: &Path) {
    std::fs::create_dir_all(dir.join("static/empty")).expect("made");
    std::fs::write(dir.join("index.html"), "<h1>hello</h1>").expect("written");
    std::fs::write(dir.join("static/run.sh"), "#!/bin/sh\n").expect("written");
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(dir.join("static/run.sh"), executable).expect("set");
    symlink("static/run.sh", dir.join("run")).expect("linked");
    symlink("../index.html", dir.join("static/home")).expect("linked");
}

#[tokio::test]
async fn the_same_content_elsewhere_has_the_same_digest_and_another_mode_has_not() {
    let blobs = MemoryBlobs::default();
    let (one, other) =
        (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
    site(one.path());
    site(other.path());
    let (digest, summary) = snapshot_directory(one.path(), &blobs).await.expect("taken");
    assert_eq!(summary, Summary { files: 2, bytes: 24 });
    assert_eq!(digest_directory(other.path()).await.expect("read"), (digest, summary));
    let manifest = Manifest::parse(&blobs.get(&digest).await.expect("kept")).expect("valid");
    for file in manifest.files() {
        blobs.prove(file.digest).await.expect("every file is kept");
    }
    let plain = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(other.path().join("static/run.sh"), plain).expect("set");
    assert_ne!(digest_directory(other.path()).await.expect("read").0, digest);
}

#[tokio::test]
async fn what_cannot_be_released_is_refused_by_name() {
    type Spoil = fn(&Path);
    let cases: [(&str, Spoil); 11] = [
        ("leads out", |d| symlink("/etc/passwd", d.join("x")).expect("linked")),
        ("leads out", |d| symlink("../x", d.join("x")).expect("linked")),
        ("leads out", |d| symlink("static/../../x", d.join("x")).expect("linked")),
        ("leads out", |d| {
            symlink("..", d.join("static/up")).expect("linked");
            symlink("static/up/../../etc", d.join("x")).expect("linked");
        }),
        ("leads out", |d| {
            std::fs::create_dir_all(d.join("a/b/c")).expect("made");
            symlink("../../..", d.join("a/b/c/up")).expect("linked");
            symlink("up/../gone", d.join("a/b/c/x")).expect("linked");
        }),
        ("named pipe", |d| {
            let made = std::process::Command::new("mkfifo").arg(d.join("pipe")).status();
            assert!(made.expect("mkfifo starts").success());
        }),
        ("socket", |d| drop(std::os::unix::net::UnixListener::bind(d.join("s")).expect("bound"))),
        ("control characters", |d| std::fs::write(d.join("a\nb"), "").expect("written")),
        ("not UTF-8", |d| {
            let name = std::os::unix::ffi::OsStrExt::from_bytes(b"a\xff");
            let name: &std::ffi::OsStr = name;
            std::fs::write(d.join(name), "").expect("written");
        }),
        ("plimsoll's own folder", |d| std::fs::create_dir(d.join(".plimsoll")).expect("made")),
        ("holds no file", |d| {
            std::fs::remove_dir_all(d).expect("removed");
            std::fs::create_dir_all(d.join("empty")).expect("made");
        }),
    ];
    for (said, spoil) in cases {
        let dir = tempfile::tempdir().expect("a directory");
        site(dir.path());
        spoil(dir.path());
        let error = snapshot_directory(dir.path(), &MemoryBlobs::default()).await.expect_err(said);
        let error = error.to_string();
        assert!(error.contains(said), "{said}: {error}");
        assert!(!error.contains('\n'), "{error}");
    }
    let gone = snapshot_directory(Path::new("/no/such"), &MemoryBlobs::default()).await;
    assert!(gone.expect_err("gone").to_string().contains("cannot be read"));
}

/// Blobs that write into the directory which is being read.
struct Meddling(MemoryBlobs, std::path::PathBuf);

#[async_trait::async_trait]
impl plimsoll_engine::ports::Blobs for Meddling {
    async fn put(
        &self,
        bytes: &[u8],
    ) -> Result<plimsoll_core::record::BlobRef, plimsoll_engine::ports::BlobError> {
        self.0.put(bytes).await
    }
    async fn put_file(
        &self,
        path: &Path,
    ) -> Result<plimsoll_core::record::BlobRef, plimsoll_engine::ports::BlobError> {
        let kept = self.0.put_file(path).await;
        std::fs::write(&self.1, "<h1>world</h1>").expect("written");
        kept
    }
    async fn get(
        &self,
        digest: &plimsoll_core::digest::Digest,
    ) -> Result<Vec<u8>, plimsoll_engine::ports::BlobError> {
        self.0.get(digest).await
    }
    async fn copy_to(
        &self,
        digest: &plimsoll_core::digest::Digest,
        path: &Path,
    ) -> Result<(), plimsoll_engine::ports::BlobError> {
        self.0.copy_to(digest, path).await
    }
    async fn prove(
        &self,
        digest: &plimsoll_core::digest::Digest,
    ) -> Result<plimsoll_core::record::BlobRef, plimsoll_engine::ports::BlobError> {
        self.0.prove(digest).await
    }
}

#[tokio::test]
async fn a_directory_that_changes_while_it_is_read_is_refused() {
    let dir = tempfile::tempdir().expect("a directory");
    site(dir.path());
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    let blobs = Meddling(MemoryBlobs::default(), dir.path().join("index.html"));
    let error = snapshot_directory(dir.path(), &blobs).await.expect_err("changed").to_string();
    assert!(error.contains("index.html changed while it was read"), "{error}");
}

#[tokio::test]
async fn artifacts_of_every_kind_are_taken_in_order_of_name() {
    let dir = tempfile::tempdir().expect("a directory");
    site(&dir.path().join("dist"));
    std::fs::write(dir.path().join("notes.txt"), "x").expect("written");
    let script = "git init -q code && cd code && git -c user.name=x -c user.email=x@example.com commit -q --allow-empty -m one && git tag v1";
    let made =
        process::run(Command::own(&["sh", "-c", script], dir.path(), Period::from_secs(20))).await;
    assert_eq!(made.ending, plimsoll_core::record::Ending::Exit(0), "{}", made.words);
    let named = format!("app@{}", plimsoll_core::digest::Digest::of(b"app"));
    let specs: Vec<ArtifactSpec> = ["notes.txt", "git:code@v1", "site=dist", &named]
        .iter()
        .map(|text| text.parse().expect("valid"))
        .collect();
    let blobs = MemoryBlobs::default();
    let artifacts = build_artifacts(&specs, dir.path(), &blobs).await.expect("built");
    let names: Vec<_> = artifacts.iter().map(|artifact| artifact.name.as_str()).collect();
    assert_eq!(names, ["app", "code", "notes.txt", "site"]);
    let ArtifactKind::Git { commit } = &artifacts[1].kind else { panic!("{:?}", artifacts[1]) };
    let repository = Path::new(&artifacts[1].source);
    assert_eq!(commit_is_there(repository, commit).await, Ok(true));
    assert_eq!(commit_is_there(repository, &"0".repeat(40)).await, Ok(false));
    assert!(commit_is_there(Path::new("/no/such"), commit).await.is_err());
    let twice = [specs[0].clone(), specs[0].clone()];
    let error = build_artifacts(&twice, dir.path(), &blobs).await.expect_err("twice");
    assert!(error.to_string().contains("two artifacts are named notes.txt"));
    // A tag that somebody gave the name of a branch is not taken for the branch.
    let script = "git branch one && git -c user.name=x -c user.email=x@example.com commit -q --allow-empty -m two && git tag one";
    let also = Command::own(&["sh", "-c", script], repository, Period::from_secs(20));
    assert_eq!(process::run(also).await.ending, plimsoll_core::record::Ending::Exit(0));
    let error = git_commit(repository, "one").await.expect_err("two things").to_string();
    assert!(error.contains("write refs/heads/one or refs/tags/one"), "{error}");
    let branch = git_commit(repository, "refs/heads/one").await.expect("the branch");
    assert_eq!(branch, *commit);
    let error = git_commit(repository, "nope").await.expect_err("unknown").to_string();
    assert!(error.contains("no commit `nope`"), "{error}");
}

//! Content by its hash.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use plimsoll_core::digest::Digest;
use plimsoll_engine::ports::{BlobError, Blobs as _};
use plimsoll_store::DirBlobs;
use tempfile::TempDir;

fn fresh() -> (TempDir, DirBlobs) {
    let dir = tempfile::tempdir().expect("a directory");
    let blobs = DirBlobs::open(&dir.path().join("blobs")).expect("opens");
    (dir, blobs)
}

fn file_of(dir: &Path, digest: &Digest) -> PathBuf {
    let hex = digest.hex();
    dir.join("blobs").join(&hex[..2]).join(&hex[2..])
}

#[tokio::test]
async fn what_is_put_is_got_back_and_proven() {
    let (dir, blobs) = fresh();
    for content in [b"".as_slice(), b"one", &[0, 255, 10]] {
        let blob = blobs.put(content).await.expect("keeps");
        assert_eq!((blob.digest, blob.bytes), (Digest::of(content), content.len() as u64));
        assert_eq!(blobs.put(content).await.expect("keeps again"), blob);
        assert_eq!(blobs.get(&blob.digest).await.expect("is there"), content);
        assert_eq!(blobs.prove(&blob.digest).await.expect("is there"), blob);
        assert!(file_of(dir.path(), &blob.digest).is_file());
    }
    assert_eq!(fs::read_dir(dir.path().join("blobs/incoming")).expect("reads").count(), 0);
}

#[tokio::test]
async fn missing_and_changed_content_are_told_apart() {
    let (dir, blobs) = fresh();
    let nothing = Digest::of(b"never kept");
    assert!(
        matches!(blobs.get(&nothing).await, Err(BlobError::Missing { digest }) if digest == nothing)
    );
    assert!(matches!(blobs.prove(&nothing).await, Err(BlobError::Missing { .. })));

    let blob = blobs.put(b"content").await.expect("keeps");
    fs::write(file_of(dir.path(), &blob.digest), "c0ntent").expect("writes");
    let copy = dir.path().join("copy");
    assert!(
        matches!(blobs.get(&blob.digest).await, Err(BlobError::Changed { digest }) if digest == blob.digest)
    );
    assert!(matches!(blobs.prove(&blob.digest).await, Err(BlobError::Changed { .. })));
    assert!(matches!(blobs.copy_to(&blob.digest, &copy).await, Err(BlobError::Changed { .. })));
    assert_eq!(fs::read_dir(dir.path()).expect("reads").count(), 1, "no copy of what was changed");

    blobs.put(b"content").await.expect("mends it");
    assert_eq!(blobs.get(&blob.digest).await.expect("is there"), b"content");
}

#[tokio::test]
async fn a_copy_is_a_new_file_and_overwrites_nothing() {
    let (dir, blobs) = fresh();
    let blob = blobs.put(b"content").await.expect("keeps");
    let copy = dir.path().join("copy");
    blobs.copy_to(&blob.digest, &copy).await.expect("copies");
    assert_eq!(fs::read(&copy).expect("is there"), b"content");
    fs::write(&copy, "precious").expect("writes");
    assert!(blobs.copy_to(&blob.digest, &copy).await.is_err());
    assert_eq!(fs::read(&copy).expect("is there"), b"precious");
}

#[tokio::test]
async fn a_big_file_goes_through_in_pieces() {
    let (dir, blobs) = fresh();
    let big = dir.path().join("big");
    let mut file = fs::File::create(&big).expect("a file");
    let mut whole = Vec::new();
    for number in 0..24_u8 {
        whole.extend(vec![number; (1 << 20) + 1]);
    }
    file.write_all(&whole).expect("writes");
    let before = peak_kib();
    let blob = blobs.put_file(&big).await.expect("keeps");
    blobs.prove(&blob.digest).await.expect("is there");
    blobs.copy_to(&blob.digest, &dir.path().join("copy")).await.expect("copies");
    assert!(peak_kib() < before + 12 * 1024, "memory does not grow with the file");
    assert_eq!((blob.digest, blob.bytes), (Digest::of(&whole), whole.len() as u64));
    assert!(fs::read(dir.path().join("copy")).expect("is there") == whole);
}

fn peak_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("linux");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("a peak");
    line.split_whitespace().nth(1).expect("a number").parse().expect("a number")
}

#[tokio::test]
async fn what_is_no_regular_file_is_refused() {
    let (dir, blobs) = fresh();
    let pipe = dir.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs");
    assert!(made.success());
    for path in [pipe, dir.path().to_owned(), dir.path().join("nothing")] {
        assert!(
            matches!(blobs.put_file(&path).await, Err(BlobError::Io { .. })),
            "{}",
            path.display()
        );
    }
}

#[tokio::test]
async fn what_a_dead_process_left_is_cleared_away_after_a_day() {
    let (dir, blobs) = fresh();
    blobs.put(b"content").await.expect("keeps");
    let incoming = dir.path().join("blobs/incoming");
    let day = Duration::from_secs(24 * 3600);
    for (name, age) in
        [(".plimsoll-tmp-1-0-1", day * 2), (".plimsoll-tmp-2-0-1", day / 2), ("mine", day * 2)]
    {
        let file = fs::File::create(incoming.join(name)).expect("a file");
        file.set_modified(SystemTime::now() - age).expect("a time");
    }
    DirBlobs::open(&dir.path().join("blobs")).expect("opens");
    let mut names: Vec<_> = fs::read_dir(&incoming)
        .expect("reads")
        .map(|entry| entry.expect("reads").file_name())
        .collect();
    names.sort();
    assert_eq!(names, [".plimsoll-tmp-2-0-1", "mine"]);
}

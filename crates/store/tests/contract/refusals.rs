//! What is no ledger, or one of a newer version, is refused and stays as it is.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use plimsoll_store::{Location, open};

use crate::ground::{Ground, fill, on_both, unusable, verified};

on_both!(a_newer_ledger_is_refused_unharmed, a_ledger_that_became_newer_takes_no_appends);

async fn refusal(location: &Location) -> String {
    match open(location).await {
        Ok(_) => panic!("{location} was opened"),
        Err(error) => unusable(&error).to_owned(),
    }
}

fn contents(dir: &Path) -> Vec<(std::ffi::OsString, Vec<u8>)> {
    let entries = fs::read_dir(dir).expect("reads").map(|entry| entry.expect("reads"));
    let mut files: Vec<_> =
        entries.map(|entry| (entry.file_name(), fs::read(entry.path()).expect("reads"))).collect();
    files.sort();
    files
}

async fn make_newer(ground: &Ground) {
    match &ground.location {
        Location::Directory(_) => ground.sql("PRAGMA user_version = 99").await,
        Location::Postgres(_) => ground.sql("INSERT INTO version VALUES (99)").await,
    }
    .expect("the sql runs");
}

async fn a_newer_ledger_is_refused_unharmed(ground: &Ground) {
    let store = ground.open().await;
    fill(&*store, 2).await;
    drop(store);
    make_newer(ground).await;
    let before = ground.file().map(|file| contents(file.parent().expect("a directory")));
    let said = refusal(&ground.location).await;
    assert!(said.contains("newer plimsoll") && said.contains("99"), "{said}");
    assert_eq!(ground.file().map(|file| contents(file.parent().expect("a directory"))), before);
}

async fn a_ledger_that_became_newer_takes_no_appends(ground: &Ground) {
    let store = ground.open().await;
    fill(&*store, 2).await;
    make_newer(ground).await;
    let event = crate::ground::saying(crate::ground::people("shop"), "late");
    let error = store.append(vec![event], Vec::new()).await.expect_err("newer");
    assert!(unusable(&error).contains("newer plimsoll"), "{error}");
    assert_eq!(verified(&*store).await, 2);
}

#[tokio::test]
async fn a_file_that_is_no_ledger_is_refused_unharmed() {
    let other = {
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("other.db");
        let connection = rusqlite::Connection::open(&file).expect("opens");
        connection.execute_batch("CREATE TABLE t (a)").expect("the sql runs");
        drop(connection);
        fs::read(file).expect("reads")
    };
    for (bytes, word) in [
        (b"hello".to_vec(), "another kind of file"),
        (vec![0; 4096], "another kind of file"),
        (b"SQLite format 3\0".to_vec(), "another kind of file"),
        (other, "another program"),
    ] {
        let ground = Ground::sqlite();
        let file = ground.file().expect("on SQLite");
        let dir = file.parent().expect("a directory");
        fs::create_dir(dir).expect("a directory");
        fs::write(&file, &bytes).expect("a file");
        let said = refusal(&ground.location).await;
        assert!(said.contains(word) && said.contains("--ledger"), "{said}");
        assert_eq!(contents(dir), [("ledger.db".into(), bytes)]);
    }
}

#[tokio::test]
async fn a_damaged_ledger_is_refused_in_words() {
    let ground = Ground::sqlite();
    let store = ground.open().await;
    fill(&*store, 200).await;
    drop(store);
    let file = ground.file().expect("on SQLite");
    let mut bytes = fs::read(&file).expect("reads");
    let length = bytes.len();
    bytes[4096..length].fill(0x5a);
    fs::write(&file, bytes).expect("writes");
    let said = refusal(&ground.location).await;
    assert!(said.contains("damaged") && said.contains("backup"), "{said}");
}

#[tokio::test]
async fn a_new_ledger_is_for_its_owner_and_not_for_the_repository() {
    let ground = Ground::sqlite();
    let store = ground.open().await;
    fill(&*store, 1).await;
    let file = ground.file().expect("on SQLite");
    let dir = file.parent().expect("a directory");
    let mode = |path: &Path| fs::metadata(path).expect("is there").permissions().mode() & 0o777;
    assert_eq!((mode(dir), mode(&file)), (0o700, 0o600));
    assert_eq!(fs::read_to_string(dir.join(".gitignore")).expect("is there"), "*\n");
}

#[tokio::test]
async fn a_place_where_nothing_can_be_made_is_refused_in_words() {
    let dir = tempfile::tempdir().expect("a directory");
    fs::write(dir.path().join("file"), "").expect("a file");
    let error =
        open(&Location::Directory(dir.path().join("file/ledger"))).await.err().expect("refused");
    assert!(error.to_string().contains("could not"), "{error}");
}

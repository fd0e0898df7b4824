//! Ledgers that are none, or are too new.

use std::fs;

use rusqlite::Connection;

use crate::bed::{Bed, Line, line};

/// The file that holds the events.
fn file_of(bed: &Bed) -> std::path::PathBuf {
    let dir = fs::read_dir(bed.path(".plimsoll")).expect("the ledger was begun");
    let files = dir.filter_map(Result::ok).map(|entry| entry.path());
    files
        .filter(|path| path.is_file())
        .find(|path| fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"SQLite format 3")))
        .expect("one of its files is an SQLite database")
}

#[track_caller]
fn unusable(bed: &Bed, ledger: &str, before: &[u8]) {
    for args in [
        &["status"][..],
        &["ledger", "verify"],
        &["history"],
        &["gate", "shop@1.0", "--to", "production"],
    ] {
        let args = [args, &["--ledger", ledger]].concat();
        let output = bed.run(&args).expect(69);
        assert!(!output.stderr.contains("panicked"), "{}", output.whole());
        assert!(output.stderr.contains(ledger), "{}", output.whole());
    }
    assert_eq!(fs::read(bed.path(ledger)).expect("it is still there"), before, "it was changed");
}

#[test]
fn file_that_is_no_ledger_is_refused_unharmed() {
    let bed = line(Line::default());
    let text = b"Dear diary, today I was taken for a ledger.\n".to_vec();
    let image: Vec<u8> = [&b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"[..], &[0xa5; 20_000]].concat();
    bed.write("diary.txt", &text);
    bed.write("photo.jpg", &image);
    unusable(&bed, "diary.txt", &text);
    unusable(&bed, "photo.jpg", &image);
}

#[test]
fn database_of_somebody_else_is_refused_unharmed() {
    let bed = line(Line::default());
    let path = bed.path("other.db");
    let other = Connection::open(&path).expect("a database");
    other
        .execute_batch("CREATE TABLE recipes (name TEXT); INSERT INTO recipes VALUES ('soup');")
        .expect("a table");
    drop(other);
    let before = fs::read(&path).expect("it is there");
    unusable(&bed, "other.db", &before);
}

#[test]
fn ledger_of_a_newer_version_is_refused_unharmed() {
    let bed = line(Line::default());
    bed.ready();
    let file = file_of(&bed);
    let ledger = Connection::open(&file).expect("it opens");
    let version: i64 =
        ledger.query_row("PRAGMA user_version", [], |row| row.get(0)).expect("it has one");
    assert!(version > 0);
    ledger.pragma_update(None, "user_version", version + 1).expect("it can be set");
    drop(ledger);
    let before = fs::read(&file).expect("it is there");
    for args in [&["status"][..], &["verify", "shop@1.1", "--on", "staging"], &["ledger", "verify"]]
    {
        let output = bed.run(args).expect(69).says("newer");
        assert!(output.stderr.contains("plimsoll"), "{}", output.whole());
    }
    assert_eq!(fs::read(&file).expect("it is there"), before, "it was changed");
    let ledger = Connection::open(&file).expect("it opens");
    ledger.pragma_update(None, "user_version", version).expect("it can be set");
    drop(ledger);
    bed.ok(&["status"]);
}

#[test]
fn event_that_was_changed_missing_or_moved_is_named() {
    let bed = line(Line::default());
    bed.running_everywhere("1.0");
    let changes = [
        ("UPDATE events SET kind = replace(kind, 'minor', 'major') WHERE seq = 1", "1"),
        ("DELETE FROM events WHERE seq = 5", "5"),
        (
            "UPDATE events SET seq = 9999 WHERE seq = 7; UPDATE events SET seq = 7 WHERE seq = 8; UPDATE events SET seq = 8 WHERE seq = 9999",
            "7",
        ),
    ];
    for (change, named) in changes {
        let copy = bed.copy();
        let ledger = Connection::open(file_of(&copy)).expect("it opens");
        let guards: Vec<String> = ledger
            .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            .and_then(|mut asked| asked.query_map([], |row| row.get(0))?.collect())
            .expect("it can be asked");
        for guard in guards {
            ledger.execute_batch(&format!("DROP TRIGGER {guard}")).expect("a forger can");
        }
        ledger.execute_batch(change).unwrap_or_else(|error| panic!("{change}: {error}"));
        drop(ledger);
        copy.run(&["ledger", "verify"]).expect(10).says(named).says("tampered");
    }
    bed.verify_ledger();
}

#[test]
fn ledger_that_is_not_there_is_not_begun_by_those_who_only_look() {
    let bed = line(Line::default());
    bed.run(&["ledger", "verify"]).expect(2).says("here is no ledger");
    bed.run(&["ledger", "export", "--ledger", "elsewhere"]).expect(2);
    // At the usual place nothing has happened yet; a place that was named is a typing error.
    for args in [&["status"][..], &["history"], &["status", "shop"], &["release", "list", "shop"]] {
        bed.ok(args);
        let named = [args, &["--ledger", "elsewhere"]].concat();
        bed.run(&named).expect(2).says("here is no ledger at elsewhere");
    }
    assert!(!bed.path(".plimsoll").exists() && !bed.path("elsewhere").exists());
}

#[test]
fn ledger_in_a_place_that_cannot_be_written_is_said() {
    let bed = line(Line::default());
    let hold = |place| bed.run(&["hold", "shop", "--reason", "x", "--ledger", place]);
    hold("/proc/plimsoll").expect(69).says("/proc/plimsoll");
    hold("plimsoll.yaml/x").expect(69).says("plimsoll.yaml");
}

#[test]
fn backup_does_not_overwrite() {
    let bed = line(Line::default());
    bed.ready();
    bed.write("mine.txt", "mine");
    let output = bed.run(&["ledger", "backup", "mine.txt"]);
    assert_ne!(output.code, Some(0), "{}", output.whole());
    assert_eq!(bed.read("mine.txt"), "mine");
    let output = bed.run(&["ledger", "export", "--output", "mine.txt"]);
    assert_ne!(output.code, Some(0), "{}", output.whole());
    assert_eq!(bed.read("mine.txt"), "mine");
    bed.ok(&["ledger", "backup", "copy"]);
    bed.ok(&["ledger", "verify", "--ledger", "copy"]);
    bed.ok(&["status", "--ledger", "copy"]);
}

//! Keeping a ledger: backups that can be gone on from, and damage that is found.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use plimsoll_core::Timestamp;
use plimsoll_core::digest::Digest;
use plimsoll_core::event::{Actor, EventKind, NewEvent, Stream};
use plimsoll_core::ids::{PersonName, Seq};
use plimsoll_core::record::Hold;
use plimsoll_store::{Location, open};
use rusqlite::Connection;

use crate::bed::{Bed, Line, line, promotion};

/// A line where 1.0 and then 1.1 were promoted to production.
fn promoted() -> Bed {
    let bed = line(Line::default());
    bed.ready();
    bed.run(&promotion("shop@1.1")).expect(0);
    bed
}

fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").arg(from).arg(to).status().expect("cp runs");
    assert!(copied.success());
}

/// The file of content that holds this text.
fn holding(dir: &Path, text: &str) -> PathBuf {
    let folders = fs::read_dir(dir).expect("there").flatten();
    let files = folders.flat_map(|folder| fs::read_dir(folder.path()).into_iter().flatten());
    files
        .flatten()
        .map(|file| file.path())
        .find(|path| fs::read(path).is_ok_and(|bytes| bytes == text.as_bytes()))
        .unwrap_or_else(|| panic!("nothing holds {text:?}"))
}

#[test]
fn a_restored_backup_has_a_way_back() {
    let bed = promoted();
    bed.ok(&["ledger", "backup", "backup"]).says("Backed up to backup, with");
    // Everything that was here is lost, also what the target had kept of the older release.
    fs::remove_dir_all(bed.path(".plimsoll")).expect("it was there");
    fs::remove_dir_all(bed.path("world/production/nl/releases/1.0")).expect("kept there");
    copy(&bed.path("backup"), &bed.path(".plimsoll"));
    bed.ok(&["ledger", "verify"]).says("all of it as it was");
    bed.ok(&["status"]);
    bed.ok(&["rollback", "shop/production", "--confirm", "shop/production"]).says("1.0");
    assert_eq!(bed.runs("production", "nl"), bed.runs("production", "in"));
}

#[test]
fn content_that_is_gone_is_found_by_verify_and_said_by_backup() {
    let bed = promoted();
    let page = bed.read("world/production/nl/releases/1.0/index.html");
    fs::remove_file(holding(&bed.path(".plimsoll/blobs"), &page)).expect("removed");
    let found = bed.run(&["ledger", "verify"]).expect(10);
    let found = found.says("way back").says("shop/production/nl").says("is missing");
    found.says("would go back to it").says("release/shop@1.0");
    bed.run(&["ledger", "verify", "--quick"]).expect(10).says("is missing");
    bed.ok(&["ledger", "verify", "--without-blobs"]).says("not looked at");
    let json = bed.run(&["ledger", "verify", "--format", "json"]).expect(10).json();
    assert_eq!(json["faults"][0]["weight"], "way back", "{json:#}");
    bed.run(&["ledger", "backup", "backup"]).expect(10).says("Backed up").says("is missing");
    bed.ok(&["ledger", "verify", "--without-blobs", "--ledger", "backup"]);
}

#[test]
fn a_ledger_whose_end_was_cut_off_is_not_gone_on_with() {
    let bed = promoted();
    bed.ok(&["ledger", "backup", "backup"]);
    let ledger = Connection::open(bed.path(".plimsoll/ledger.db")).expect("it opens");
    let cut = "DROP TRIGGER events_are_not_deleted; \
               DELETE FROM events WHERE seq > (SELECT max(seq) - 2 FROM events)";
    ledger.execute_batch(cut).expect("a forger can");
    drop(ledger);
    for args in [
        &["status"][..],
        &["gate", "shop@1.1", "--to", "production"],
        &["hold", "shop", "--reason", "x"],
        &["ledger", "backup", "other"],
    ] {
        bed.run(args).expect(69).says("were already written").says("go on from a backup");
    }
    assert!(!bed.path("other").exists());
    bed.run(&["ledger", "verify"]).expect(10).says("tampered");
    bed.ok(&["ledger", "export"]);
    fs::rename(bed.path(".plimsoll"), bed.path("damaged")).expect("moved");
    copy(&bed.path("backup"), &bed.path(".plimsoll"));
    bed.ok(&["hold", "shop", "--reason", "x"]);
    bed.verify_ledger();
}

#[test]
fn a_copy_that_cannot_be_made_there_is_a_wrong_command_and_says_what_to_write() {
    let bed = promoted();
    bed.write("mine.txt", "mine");
    fs::create_dir(bed.path("interrupted")).expect("made");
    fs::create_dir(bed.path("interrupted/incomplete")).expect("made");
    for (args, says) in [
        (&["ledger", "backup", "mine.txt"][..], "name a new folder"),
        (&["ledger", "backup", "world"], "name a new folder"),
        (&["ledger", "backup", ".plimsoll"], "name a new folder"),
        (&["ledger", "backup", "no/where"], "is the disk mounted"),
        (&["ledger", "backup", "mine.txt/below"], "here is no folder mine.txt"),
        (&["ledger", "backup", "interrupted"], "interrupted"),
        (&["ledger", "export", "--output", "mine.txt"], "name a new file"),
        (&["ledger", "export", "--output", "no/where"], "here is no folder no"),
        (&["ledger", "verify", "--ledger", "interrupted"], "here is no ledger"),
    ] {
        bed.run(args).expect(2).says(says).lacks("unavailable");
    }
    bed.run(&["status", "--ledger", "interrupted"]).expect(2).says("here is no ledger");
    for args in [&["ledger", "backup", "/proc/b"][..], &["ledger", "export", "--output", "/proc/e"]]
    {
        let output = bed.run(args);
        assert!(matches!(output.code, Some(2 | 69)), "{}", output.whole());
        assert!(output.stderr.contains("/proc"), "{}", output.whole());
    }
    assert_eq!(bed.read("mine.txt"), "mine");
}

/// A line whose ledger is so long that a state was put aside.
fn long() -> Bed {
    let bed = promoted();
    let at = Timestamp::from_millisecond(1_700_000_000_123).expect("a time");
    let (by, reason): (PersonName, _) = ("ada".parse().expect("a name"), "look".to_owned());
    let event = |kind| NewEvent {
        stream: Stream::People("shop".parse().expect("a name")),
        at,
        actor: Actor::Person("ada".parse().expect("a name")),
        kind,
    };
    let location = Location::Directory(bed.path(".plimsoll"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("runs");
    runtime.block_on(async {
        let store = open(&location).await.expect("it opens");
        let (Seq(last), _) = store.head().await.expect("reads");
        let pair = |number: u64| {
            let hold = Hold { environment: None, reason: reason.clone(), by: by.clone(), at };
            let released = EventKind::HoldReleased {
                hold: Seq(last + 2 * number + 1),
                reason: reason.clone(),
            };
            [event(EventKind::HoldPlaced { hold }), event(released)]
        };
        store.append((0..300).flat_map(pair).collect(), Vec::new()).await.expect("appends");
    });
    bed.ok(&["status"]);
    assert_eq!(snapshots(&bed.path(".plimsoll")).len(), 1);
    bed
}

/// The snapshots in a ledger: position, hash, shape and bytes.
fn snapshots(folder: &Path) -> Vec<(i64, Vec<u8>, i64, Vec<u8>)> {
    let ledger = Connection::open(folder.join("ledger.db")).expect("it opens");
    let mut rows = ledger.prepare("SELECT seq, hash, shape, bytes FROM snapshots").expect("sql");
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
    rows.query_map([], row).expect("reads").map(|row| row.expect("a row")).collect()
}

/// Makes production run another release, in the snapshot alone.
const FORGE: &str = "UPDATE snapshots SET bytes = \
                     CAST(replace(CAST(bytes AS TEXT), '\"1.1\"', '\"1.0\"') AS BLOB)";

fn forge(bed: &Bed, sql: &str) {
    let before = snapshots(&bed.path(".plimsoll"));
    let ledger = Connection::open(bed.path(".plimsoll/ledger.db")).expect("it opens");
    ledger.execute_batch(sql).expect("a forger can");
    drop(ledger);
    assert_ne!(snapshots(&bed.path(".plimsoll")), before, "nothing was forged");
}

#[test]
fn a_snapshot_that_was_changed_decides_nothing_and_is_found() {
    let bed = long();
    let good = bed.ok(&["status", "shop", "--format", "json"]).json();
    bed.ok(&["ledger", "verify"]).says("all of it as it was");
    forge(&bed, FORGE);
    bed.run(&["ledger", "verify"])
        .expect(10)
        .says("1 snapshot not what")
        .says("the snapshot of shop after event")
        .says("was changed after it was written")
        .says("--rebuild-snapshots");
    let view = bed.run(&["ledger", "verify", "--format", "json"]).expect(10).json();
    assert_eq!(view["verified"], false, "{view:#}");
    assert_eq!(view["snapshot-faults"][0]["service"], "shop", "{view:#}");
    bed.ok(&["ledger", "verify", "--rebuild-snapshots"]).says("it was removed");
    assert!(snapshots(&bed.path(".plimsoll")).is_empty());
    bed.ok(&["status"]);
    forge(&bed, FORGE);
    let now = bed.ok(&["status", "shop", "--format", "json"]).json();
    assert_eq!(now["lanes"], good["lanes"], "it was folded anew");
    bed.ok(&["ledger", "verify"]);
}

#[test]
fn a_snapshot_that_was_forged_with_its_hash_is_found_by_folding() {
    let bed = long();
    forge(&bed, FORGE);
    let (seq, hash, shape, bytes) = snapshots(&bed.path(".plimsoll")).remove(0);
    let hash = Digest::from_bytes(hash.try_into().expect("a hash"));
    let head = format!("shop\n{seq}\n{hash}\n{shape}\n");
    let seal = Digest::of(&[head.as_bytes(), &bytes[65..]].concat()).hex();
    let reseal = format!(
        "UPDATE snapshots SET bytes = CAST('{seal}' || substr(CAST(bytes AS TEXT), 65) AS BLOB)"
    );
    forge(&bed, &reseal);
    bed.run(&["ledger", "verify"]).expect(10).says("is not what its events say");
}

#[test]
fn a_backup_has_no_snapshots() {
    let bed = long();
    forge(&bed, FORGE);
    bed.ok(&["ledger", "backup", "backup"]);
    assert!(snapshots(&bed.path("backup")).is_empty());
    bed.ok(&["ledger", "verify", "--ledger", "backup"]);
}

//! Copies: backups while the ledger is in use, and exports.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use plimsoll_core::digest::Digest;
use plimsoll_core::event::link_hash;
use plimsoll_core::ids::Seq;
use plimsoll_store::{Location, open};
use serde_json::Value;

use crate::ground::{Ground, fill, on_both, people, saying, unavailable, verified};

on_both!(
    a_backup_during_writes_verifies_and_is_a_ledger,
    a_backup_overwrites_nothing_and_leaves_nothing_behind,
    exported_lines_hash_to_the_same_chain,
);

async fn a_backup_during_writes_verifies_and_is_a_ledger(ground: &Ground) {
    let store = ground.open().await;
    fill(&*store, 50).await;
    let done = Arc::new(AtomicBool::new(false));
    let writers = (0..4).map(|writer| {
        let (store, done) = (store.clone(), done.clone());
        tokio::spawn(async move {
            while !done.load(Ordering::Relaxed) {
                let event = saying(people(&format!("w{writer}")), &"x".repeat(2_000));
                store.append(vec![event], Vec::new()).await.expect("appends");
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    for number in 0..3 {
        let to = ground.dir.path().join(format!("backup-{number}.db"));
        let (before, _) = store.head().await.expect("reads");
        store.backup(&to).await.expect("backs up");
        let (after, _) = store.head().await.expect("reads");
        let copy = open(&Location::Directory(to)).await.expect("a backup is a ledger");
        let events = verified(&*copy).await;
        assert!((before.0..=after.0).contains(&events), "{before} {events} {after}");
        let (seq, hash) = copy.head().await.expect("reads");
        assert_eq!(store.event(seq).await.expect("reads").expect("is there").hash, hash);
        fill(&*copy, 1).await;
        assert_eq!(verified(&*copy).await, events + 1);
    }
    done.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.expect("no panic");
    }
    verified(&*store).await;
}

async fn a_backup_overwrites_nothing_and_leaves_nothing_behind(ground: &Ground) {
    let store = ground.open().await;
    fill(&*store, 3).await;
    let backups = ground.dir.path().join("backups");
    std::fs::create_dir(&backups).expect("a directory");
    let taken = backups.join("taken");
    std::fs::write(&taken, "precious").expect("a file");
    let error = store.backup(&taken).await.expect_err("exists");
    assert!(unavailable(&error).contains("exists already"), "{error}");
    assert_eq!(std::fs::read_to_string(&taken).expect("a file"), "precious");
    store.backup(&backups.join("nowhere/file")).await.expect_err("no such directory");

    store.backup(&backups).await.expect("into a directory");
    let mut names: Vec<_> = std::fs::read_dir(&backups)
        .expect("reads")
        .map(|entry| entry.expect("reads").file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["ledger.db", "taken"]);
    let copy = open(&Location::Directory(backups)).await.expect("a directory with a ledger");
    assert_eq!(verified(&*copy).await, 3);
}

async fn exported_lines_hash_to_the_same_chain(ground: &Ground) {
    let store = ground.open().await;
    fill(&*store, 1_200).await;
    store
        .append(vec![saying(people("shop"), "line\nbreak \u{2028} \0")], Vec::new())
        .await
        .expect("appends");
    let mut out = Vec::new();
    assert_eq!(store.export(&mut out).await.expect("exports"), 1_201);
    let mut prev = Digest::ZERO;
    let text = String::from_utf8(out).expect("text");
    for (line, seq) in text.lines().zip(1..) {
        let line: Value = serde_json::from_str(line).expect("json");
        let word = |key: &str| line[key].as_str().expect("a text").to_owned();
        let version = line["version"].as_u64().expect("a number");
        assert_eq!(line["seq"], seq);
        assert_eq!(word("prev"), prev.to_string());
        let (actor, kind) = (line["actor"].to_string(), line["kind"].to_string());
        prev = link_hash(&prev, seq, &word("stream"), version, &word("at"), &actor, &kind);
        assert_eq!(word("hash"), prev.to_string());
    }
    assert_eq!(store.head().await.expect("reads"), (Seq(1_201), prev));
}

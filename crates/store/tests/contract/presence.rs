//! Who is alive, and states that were put aside.

use std::time::Duration;

use plimsoll_core::digest::Digest;
use plimsoll_core::ids::Seq;
use plimsoll_engine::ports::Snapshot;
use plimsoll_store::{Location, open};

use crate::ground::{Ground, on_both, service};

on_both!(
    silence_is_counted_from_the_last_beat,
    a_clock_that_steps_back_does_not_keep_a_silent_driver_alive,
    a_newer_snapshot_is_kept_and_an_older_one_replaced,
    snapshots_are_listed_removed_and_in_no_backup,
);

async fn silence_is_counted_from_the_last_beat(ground: &Ground) {
    let store = ground.open().await;
    assert_eq!(store.silent_for("d1").await.expect("reads"), None);
    store.beat("d1").await.expect("beats");
    tokio::time::sleep(Duration::from_millis(150)).await;
    let silent = store.silent_for("d1").await.expect("reads").expect("has beaten");
    assert!(silent >= Duration::from_millis(140) && silent < Duration::from_secs(5), "{silent:?}");
    store.beat("d1").await.expect("beats");
    assert!(store.silent_for("d1").await.expect("reads").expect("has beaten") < silent);
    assert_eq!(store.silent_for("d2").await.expect("reads"), None);
}

async fn a_clock_that_steps_back_does_not_keep_a_silent_driver_alive(ground: &Ground) {
    let store = ground.open().await;
    store.beat("d1").await.expect("beats");
    let ahead = match &ground.location {
        Location::Directory(_) => "UPDATE drivers SET beat_ms = beat_ms + 86400000",
        Location::Postgres(_) => "UPDATE drivers SET beat = beat + interval '1 day'",
    };
    ground.sql(ahead).await.expect("the sql runs");
    assert_eq!(store.silent_for("d1").await.expect("reads"), Some(Duration::ZERO));
    tokio::time::sleep(Duration::from_millis(150)).await;
    let silent = store.silent_for("d1").await.expect("reads").expect("has beaten");
    assert!(silent >= Duration::from_millis(140), "{silent:?}");
}

async fn a_newer_snapshot_is_kept_and_an_older_one_replaced(ground: &Ground) {
    let store = ground.open().await;
    let shop = service("shop");
    let snapshot = |seq, shape| Snapshot {
        seq: Seq(seq),
        hash: Digest::of(b"x"),
        shape,
        bytes: vec![0, 255, shape as u8],
    };
    assert_eq!(store.snapshot(&shop).await.expect("reads"), None);
    for (given, kept) in [((5, 1), (5, 1)), ((3, 1), (5, 1)), ((9, 1), (9, 1)), ((9, 2), (9, 2))] {
        store.save_snapshot(&shop, snapshot(given.0, given.1)).await.expect("saves");
        assert_eq!(store.snapshot(&shop).await.expect("reads"), Some(snapshot(kept.0, kept.1)));
    }
    assert_eq!(store.snapshot(&service("other")).await.expect("reads"), None);
}

async fn snapshots_are_listed_removed_and_in_no_backup(ground: &Ground) {
    let store = ground.open().await;
    let snapshot = Snapshot { seq: Seq(5), hash: Digest::of(b"x"), shape: 1, bytes: vec![7] };
    for name in ["shop", "blog"] {
        store.save_snapshot(&service(name), snapshot.clone()).await.expect("saves");
    }
    let (shop, blog) = (service("shop"), service("blog"));
    let listed = store.snapshot_services().await.expect("reads");
    assert_eq!(listed, [blog.clone(), shop.clone()]);
    let to = ground.dir.path().join("copy.db");
    store.backup(&to).await.expect("backs up");
    let copy = open(&Location::Directory(to)).await.expect("a backup is a ledger");
    assert!(copy.snapshot_services().await.expect("reads").is_empty());
    store.remove_snapshot(&shop).await.expect("removes");
    store.remove_snapshot(&service("nobody")).await.expect("nothing to do");
    assert_eq!(store.snapshot_services().await.expect("reads"), [blog]);
    assert_eq!(store.snapshot(&shop).await.expect("reads"), None);
}

//! One warm browser for many pages.

use std::fs;

use futures_util::future::join_all;
use plimsoll_adapters::browser::Browsers;

use crate::bed::{Bed, Site, html, page, passed};

/// Every process: its number, its parent's, and whether it is a zombie.
fn processes() -> Vec<(u32, u32, bool)> {
    let mut all: Vec<(u32, u32, bool)> = Vec::new();
    for entry in fs::read_dir("/proc").expect("read").flatten() {
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else { continue };
        let Some((start, rest)) = stat.rsplit_once(')') else { continue };
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let pid = start.split_whitespace().next().and_then(|pid| pid.parse().ok());
        if let (Some(pid), Some(parent)) = (pid, fields.get(1).and_then(|p| p.parse().ok())) {
            all.push((pid, parent, fields[0] == "Z"));
        }
    }
    all
}

/// A process and all below it.
fn family(root: u32) -> Vec<u32> {
    let all = processes();
    let mut family = vec![root];
    let mut at = 0;
    while let Some(parent) = family.get(at).copied() {
        family.extend(all.iter().filter(|(_, of, _)| *of == parent).map(|(pid, ..)| *pid));
        at += 1;
    }
    family
}

/// Processes below this one: how many there are, and how many of them are zombies.
fn below(root: u32) -> (usize, usize) {
    let family = family(root);
    let zombies =
        processes().iter().filter(|(pid, _, zombie)| *zombie && family.contains(pid)).count();
    (family.len() - 1, zombies)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_pages_leave_no_zombie_no_process_and_no_folder() {
    let site = Site::start(|_, _| html("<!doctype html><title>T</title><p>Words")).await;
    let bed = Bed::new();
    passed("first", &bed.look(&site.url(), &page("/")).await);
    let own = std::process::id();
    let (before, _) = below(own);
    let url = site.url();
    let look = page("/");
    join_all((0..100).map(|_| async { passed("one", &bed.look(&url, &look).await) })).await;
    // The last pages are just being closed.
    let mut after = below(own);
    for _ in 0..100 {
        if after.0 <= before + 2 && after.1 == 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        after = below(own);
    }
    assert!(after.0 <= before + 2 && after.1 == 0, "{before} processes, then {after:?}");
    drop(bed);
    let prefix = format!("plimsoll-browser-{own}-");
    let left = fs::read_dir(std::env::temp_dir()).expect("read").flatten();
    let left: Vec<_> = left
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with(&prefix))
        .collect();
    assert_eq!(left, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_pages_are_open_at_once_than_allowed() {
    let browsers = Browsers::with_limit(1);
    let first = browsers.open().await.expect("a page");
    let second = browsers.open();
    tokio::pin!(second);
    let soon = tokio::time::timeout(std::time::Duration::from_millis(300), &mut second).await;
    assert!(soon.is_err(), "the second waits");
    drop(first);
    assert!(second.await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_nobody_needs_ends_and_another_one_comes_when_it_is_needed() {
    let browsers = Browsers::with_limit(2).ending_after(std::time::Duration::from_millis(400));
    let page = browsers.open().await.expect("a page");
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    let first = browsers.process().await.expect("a page is open, so it stays");
    drop(page);
    let ended = async {
        while browsers.process().await.is_some() {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), ended).await.expect("it ends");
    let process = std::path::PathBuf::from(format!("/proc/{first}"));
    let gone = async {
        while process.exists() {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), gone)
        .await
        .expect("its process is gone");
    let _page = browsers.open().await.expect("a page again");
    assert_ne!(browsers.process().await, Some(first));
}

/// What a process and all below it hold in memory, in MiB; what they share is counted once for each.
fn memory_below(root: u32) -> u64 {
    let mut sum = 0;
    for pid in family(root) {
        let status = fs::read_to_string(format!("/proc/{pid}/statm")).unwrap_or_default();
        let pages: u64 = status.split(' ').nth(1).and_then(|n| n.parse().ok()).unwrap_or(0);
        sum += pages * 4 / 1024;
    }
    sum
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes: make pages"]
async fn five_hundred_pages_leave_no_zombie_and_take_no_more_memory_than_fifty() {
    let site = Site::start(|_, _| html("<!doctype html><title>T</title><p>Words")).await;
    let (bed, own, url, look) = (Bed::new(), std::process::id(), site.url(), page("/"));
    let mut after = Vec::new();
    // The browser is replaced on the way, at its five hundredth page.
    for _ in 0..11 {
        join_all((0..50).map(|_| async { passed("one", &bed.look(&url, &look).await) })).await;
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        after.push((memory_below(own), below(own)));
    }
    let (first, worst) = (after[0].0, after.iter().map(|(mib, _)| *mib).max().unwrap_or(0));
    assert!(worst < first * 2 + 100, "{first} MiB after fifty pages, at worst {worst}: {after:?}");
    assert!(
        after.iter().all(|(_, (processes, zombies))| *zombies == 0 && *processes < 30),
        "{after:?}"
    );
}

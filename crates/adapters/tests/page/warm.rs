//! One warm browser for many pages.

use std::fs;

use futures_util::future::join_all;
use plimsoll_adapters::browser::Browsers;

use crate::bed::{Bed, Site, html, page, passed};

/// Processes below this one: how many there are, and how many of them are zombies.
fn below(root: u32) -> (usize, usize) {
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
    let mut family = vec![root];
    let mut at = 0;
    while let Some(parent) = family.get(at).copied() {
        family.extend(all.iter().filter(|(_, of, _)| *of == parent).map(|(pid, ..)| *pid));
        at += 1;
    }
    let zombies = all.iter().filter(|(pid, _, zombie)| *zombie && family.contains(pid)).count();
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

//! The disk under the ledger is full: a clear error, a ledger that still verifies, and a next run
//! that works.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rustix::process::Signal;

use crate::bed::{Bed, Line, line, promotion};

/// A small disk, unmounted at the end.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None`, said aloud, where nothing can be mounted.
    fn at(path: &Path, size: &str) -> Option<Self> {
        fs::create_dir_all(path).expect("folders can be made");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]).arg(path);
        let output = mount.output().expect("mount is there");
        if output.status.success() {
            return Some(Self(path.to_owned()));
        }
        let why = String::from_utf8_lossy(&output.stderr).into_owned();
        let root = rustix::process::geteuid().is_root();
        assert!(!root || why.contains("permission denied"), "root could not mount: {why}");
        eprintln!("skipped: no small disk can be mounted here: {why}");
        None
    }

    /// Fills it to the last byte, then gives back `free_bytes`.
    fn fill(&self, free_bytes: u64) {
        let path = self.0.join("ballast");
        let mut file = fs::File::create(&path).expect("an empty file still fits");
        let chunk = [7_u8; 4096];
        while file.write_all(&chunk).is_ok() {}
        let held = file.metadata().expect("it is open").len();
        file.set_len(held.saturating_sub(free_bytes)).expect("it can be made smaller");
    }

    fn empty(&self) {
        fs::remove_file(self.0.join("ballast")).expect("the ballast is there");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// The template's files, with its ledger on a small disk.
fn on_a_small_disk(template: &Bed) -> Option<(Bed, SmallDisk)> {
    let bed = line(Line::default());
    let disk = SmallDisk::at(&bed.path(".plimsoll"), "1m")?;
    let copied =
        Command::new("cp").arg("-a").arg(template.root().join(".")).arg(bed.root()).status();
    assert!(copied.expect("cp runs").success());
    Some((bed, disk))
}

#[test]
fn disk_that_is_full_in_the_middle_of_an_append_is_said_and_harms_nothing() {
    let template = line(Line::default());
    template.ready();
    let Some((bed, disk)) = on_a_small_disk(&template) else { return };
    let mut full = 0;
    // From nothing left to more than one append writes, so that each part of it meets the end.
    for free_kib in [0, 4, 8, 12, 16, 24, 32, 48, 64, 96] {
        disk.fill(free_kib * 1024);
        let held = bed.run(&["hold", "shop", "--reason", "the disk is small"]);
        disk.empty();
        bed.verify_ledger();
        if held.code == Some(0) {
            bed.ok(&["hold", "shop", "--release", "0", "--reason", "there is space"]);
        } else {
            full += 1;
            held.expect(69).says("the disk is full").says("free some space");
        }
    }
    assert!(full >= 2, "the disk was never full");
    bed.promote("1.1").expect(0);
    bed.verify_ledger();
}

#[test]
fn promotion_on_a_full_disk_goes_on_when_there_is_space() {
    let template = line(Line::default());
    template.ready();
    let before = template.deploys_since(0).len();
    let mut waited = 0;
    for free_kib in [32, 48, 64, 96] {
        let Some((bed, disk)) = on_a_small_disk(&template) else { return };
        disk.fill(free_kib * 1024);
        let running = bed.spawn(&promotion("shop@1.1"));
        std::thread::sleep(Duration::from_secs(2));
        disk.empty();
        let mut promoted = running.wait();
        if promoted.code == Some(69) {
            // A blob is not waited for.
            promoted.says("free some space");
            bed.run(&["resume"]);
            promoted = bed.promote("1.1");
        } else if promoted.stderr.contains("the disk is full") {
            waited += 1;
        }
        promoted.expect(0);
        assert_eq!(
            (bed.runs("production", "nl"), bed.runs("production", "in")),
            ("1.1".to_owned(), "1.1".to_owned())
        );
        assert_eq!(bed.deploys_since(before), ["production/in 1.1"], "with {free_kib} KiB");
        bed.verify_ledger();
    }
    assert!(waited >= 1, "the disk was never full in the middle");
}

#[test]
fn promotion_on_a_disk_that_stays_full_is_left_and_resumed_later() {
    let template = line(Line::default());
    template.ready();
    let before = template.deploys_since(0).len();
    let Some((bed, disk)) = on_a_small_disk(&template) else { return };
    disk.fill(48 * 1024);
    let running = bed.spawn(&promotion("shop@1.1"));
    std::thread::sleep(Duration::from_secs(2));
    // Nobody waits two minutes here: the second interrupt leaves it where it is.
    for _ in 0..2 {
        running.signal(Signal::INT);
        std::thread::sleep(Duration::from_millis(700));
    }
    running.wait_at_most(Duration::from_secs(20)).expect(69).says("the disk is full");
    disk.empty();
    bed.verify_ledger();
    bed.run(&["resume"]);
    bed.promote("1.1").expect(0);
    assert_eq!(bed.deploys_since(before), ["production/in 1.1"]);
    bed.verify_ledger();
}

#[test]
fn disk_that_is_full_in_the_middle_of_a_blob_leaves_no_half_of_it() {
    let bed = line(Line::default());
    let Some(_disk) = SmallDisk::at(&bed.path(".plimsoll"), "2m") else { return };
    bed.add("shop@1.0", &[("index.html", "small")]).expect(0);
    let blobs = files_below(&bed.path(".plimsoll/blobs"));
    let noise: Vec<u8> =
        (0..4_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    bed.write("large/noise", &noise);
    let refused = bed.run(&["release", "add", "shop@1.1", "large"]).expect(69);
    refused.says("o space left").says("free some space");
    assert_eq!(files_below(&bed.path(".plimsoll/blobs")), blobs, "half a blob was left");
    bed.verify_ledger();
    bed.run(&["release", "show", "shop@1.1"]).expect(2);
    bed.write("small/index.html", "1.1");
    bed.ok(&["release", "add", "shop@1.1", "small"]);
    bed.ok(&["deploy", "shop@1.1", "--to", "staging"]);
}

fn files_below(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { dirs.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

#[test]
fn answer_that_cannot_be_written_is_an_error() {
    let bed: Bed = line(Line::default());
    let mut command = bed.command(&["status"]);
    command.stdout(fs::File::options().write(true).open("/dev/full").expect("the kernel has it"));
    let output = command.output().expect("it runs");
    assert_eq!(output.status.code(), Some(69), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("could not be written"), "{output:?}");
}

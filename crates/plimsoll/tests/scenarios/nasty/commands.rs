//! Commands that do not want to end, or do not end well.

use std::time::Duration;

use super::{found, processes_with, verify, with_checks};
use crate::bed::{Bed, wait_until};

fn size_of(bed: &Bed, dir: &str) -> u64 {
    let output = std::process::Command::new("du")
        .args(["-sk", dir])
        .current_dir(bed.root())
        .output()
        .expect("du runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.split_whitespace().next().and_then(|kib| kib.parse().ok()).expect("du says a number")
}

#[test]
fn command_that_forks_and_ignores_termination_ends_with_all_its_children() {
    let mark = format!("1000.{}", std::process::id());
    let bed = with_checks(
        "http://127.0.0.1:9",
        "      stubborn: { command: [./stubborn], within: 1s }\n",
    );
    let body = format!(
        "trap '' TERM INT HUP\n(trap '' TERM INT HUP; sleep {mark}; sleep {mark}) &\n\
         sleep {mark}\nsleep {mark}\n"
    );
    bed.script("stubborn", &body);
    let output = verify(&bed).expect(10);
    assert!(output.took < Duration::from_secs(15), "{}", output.whole());
    let (state, reason) = found(&output, "stubborn");
    assert_eq!(state, "failed", "{reason}");
    assert!(reason.contains("did not end within 1s"), "{reason}");
    wait_until("nothing is left running", Duration::from_secs(5), || {
        processes_with(&mark).is_empty()
    });
}

#[test]
fn command_that_succeeds_and_leaves_a_child_is_not_waited_for() {
    let mark = format!("1001.{}", std::process::id());
    let bed =
        with_checks("http://127.0.0.1:9", "      leaves: { command: [./leaves], within: 20s }\n");
    bed.script("leaves", &format!("sleep {mark} &\nexit 0\n"));
    let output = verify(&bed).expect(0);
    assert!(output.took < Duration::from_secs(15), "{}", output.whole());
    wait_until("nothing is left running", Duration::from_secs(5), || {
        processes_with(&mark).is_empty()
    });
}

#[test]
fn command_that_prints_300_megabytes_is_bounded_in_memory_and_on_disk() {
    let bed = with_checks(
        "http://127.0.0.1:9",
        "      chatty: { command: [./chatty] }\n      quiet: { command: [\"true\"] }\n",
    );
    bed.script("chatty", "head -c 300000000 /dev/zero | tr '\\0' x\nexit 1\n");
    let args = ["verify", "shop@1.0", "--on", "staging", "--format", "json"];
    let mut running = bed.spawn(&args);
    let mut peak_kib = 0;
    while running.is_running() {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", running.pid())).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmHWM"));
        let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
        peak_kib = peak_kib.max(kib.unwrap_or(0));
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = running.wait().expect(10);
    assert_eq!(found(&output, "chatty").0, "failed");
    assert_eq!(found(&output, "quiet").0, "satisfied");
    assert!(peak_kib < 200_000, "it took {peak_kib} KiB");
    assert!(size_of(&bed, ".plimsoll") < 20_000, "{} KiB on disk", size_of(&bed, ".plimsoll"));
    assert!(output.stdout.len() < 100_000, "the answer has {} bytes", output.stdout.len());
}

#[test]
fn command_killed_by_a_bus_error_with_an_empty_log_says_so() {
    let bed = with_checks(
        "http://127.0.0.1:9",
        "      dies: { command: [./dies] }\n      lives: { command: [./lives] }\n",
    );
    bed.script("dies", "kill -BUS $$\n");
    bed.script("lives", "exit 0\n");
    let output = verify(&bed);
    assert_ne!(output.code, Some(0), "{}", output.whole());
    let (state, reason) = found(&output, "dies");
    assert!(state == "failed" || state == "errored", "{state}");
    assert!(reason.contains("SIGBUS"), "{reason}");
    assert!(reason.contains("printed nothing"), "{reason}");
    assert_eq!(found(&output, "lives").0, "satisfied");
}

#[test]
fn command_that_is_not_there_is_our_fault_and_not_the_releases() {
    let bed = with_checks("http://127.0.0.1:9", "      gone: { command: [./gone] }\n");
    let output = verify(&bed);
    let (state, reason) = found(&output, "gone");
    assert_eq!(state, "errored", "{reason}");
    assert!(reason.contains("./gone") || reason.contains("gone"), "{reason}");
}

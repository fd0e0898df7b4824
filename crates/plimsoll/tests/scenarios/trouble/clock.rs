//! The clock of the machine is set back, or forward.

use std::time::Duration;

use rustix::process::Signal;

use crate::bed::{Bed, Line, Output, Running, line, promotion, wait_until};

/// Where the faketime package has its library.
fn library() -> Option<String> {
    let machines = std::fs::read_dir("/usr/lib").ok()?.filter_map(Result::ok);
    let libraries = machines.map(|machine| machine.path().join("faketime/libfaketime.so.1"));
    let found =
        libraries.filter(|path| path.is_file()).find_map(|path| path.to_str().map(str::to_owned));
    if found.is_none() {
        eprintln!("skipped: apt-get install faketime");
    }
    found
}

fn at(bed: &Bed, library: &str, offset: &str, args: &[&str]) -> Output {
    let mut command = bed.command(args);
    command
        .env("LD_PRELOAD", library)
        .env("FAKETIME", offset)
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    Running::start(command, args).wait()
}

#[test]
fn promotion_is_resumed_though_the_clock_was_set_back() {
    let Some(library) = library() else { return };
    let bed = line(Line { soak: "300ms", ..Line::default() });
    bed.ready();
    let before = bed.deploys_since(0).len();
    for boundary in ["5", "9", "13", "17", "25", "33"] {
        let copy = bed.copy();
        let killed = copy.run_with(&[("PLIMSOLL_FAIL_AT", boundary)], &promotion("shop@1.1"));
        assert_eq!(killed.signal, Some(9), "{}", killed.whole());
        at(&copy, &library, "-20s", &["resume"]).expect(0);
        assert_eq!(copy.runs("production", "in"), "1.1");
        assert_eq!(copy.deploys_since(before), ["production/in 1.1"]);
        copy.verify_ledger();
        // And read with the right clock again.
        copy.ok(&["history"]);
        copy.ok(&["status"]);
    }
}

#[test]
fn promotion_waits_where_the_clock_was_set_back_before_its_evidence() {
    let Some(library) = library() else { return };
    let bed = line(Line::default());
    bed.ready();
    let killed = bed.run_with(&[("PLIMSOLL_FAIL_AT", "5")], &promotion("shop@1.1"));
    assert_eq!(killed.signal, Some(9), "{}", killed.whole());
    let mut command = bed.command(&["resume"]);
    command
        .env("LD_PRELOAD", &library)
        .env("FAKETIME", "-3h")
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    let running = Running::start(command, &["resume"]);
    wait_until("it waits", Duration::from_secs(20), || {
        bed.kinds().iter().any(|kind| kind == "wave-held")
    });
    running.signal(Signal::INT);
    running.wait_at_most(Duration::from_secs(30)).says("stale");
    assert_eq!(bed.under_way(), None);
    assert_eq!(
        (bed.runs("production", "nl"), bed.runs("production", "in")),
        ("1.0".to_owned(), "1.0".to_owned())
    );
    bed.verify_ledger();
    bed.promote("1.1").expect(0);
}

#[test]
fn evidence_of_the_future_is_not_taken_for_fresh_for_ever() {
    let Some(library) = library() else { return };
    let bed = line(Line::default());
    bed.ready();
    let gate = ["gate", "shop@1.1", "--to", "production"];
    bed.ok(&gate);
    at(&bed, &library, "+25h", &gate).expect(11).says("stale");
    // Whatever it says when the clock was set back, it says it in order.
    let back = at(&bed, &library, "-2d", &gate);
    assert!(matches!(back.code, Some(0 | 10 | 11)), "{}", back.whole());
    bed.verify_ledger();
    bed.ok(&gate);
}

#[test]
fn whole_line_works_while_the_clock_jumps_back_between_its_commands() {
    let Some(library) = library() else { return };
    let bed = line(Line::default());
    bed.ready();
    at(&bed, &library, "-10s", &["verify", "shop@1.1", "--on", "staging"]).expect(0);
    at(&bed, &library, "-20s", &promotion("shop@1.1")).expect(0);
    at(&bed, &library, "-30s", &["rollback", "shop/production", "--confirm", "shop/production"])
        .expect(0);
    assert_eq!(bed.runs("production", "in"), "1.0");
    bed.verify_ledger();
}

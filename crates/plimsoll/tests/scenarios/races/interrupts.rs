//! A promotion that somebody ends: at its terminal, or from another process.

use std::time::Duration;

use rustix::process::Signal;

use crate::bed::{Bed, Line, Running, line, promotion, wait_until};

/// A promotion to production in the long soak of its first wave.
fn soaking() -> (Bed, Running) {
    let bed = line(Line { soak: "40s", ..Line::default() });
    bed.ready();
    let running = bed.spawn(&promotion("shop@1.1"));
    wait_until("the first wave soaks", Duration::from_secs(20), || {
        bed.kinds().iter().any(|kind| kind == "wave-verified")
    });
    assert_eq!(bed.runs("production", "nl"), "1.1");
    (bed, running)
}

#[track_caller]
fn went_back(bed: &Bed) {
    for target in ["nl", "in"] {
        assert_eq!(bed.runs("production", target), "1.0", "{target}");
    }
    assert_eq!(bed.under_way(), None);
    bed.verify_ledger();
}

#[test]
fn abort_from_another_process_ends_the_soak_and_goes_back() {
    let (bed, running) = soaking();
    let aborted = bed.run(&["abort", "shop/production", "--reason", "the phone rings"]);
    aborted.expect(0).says("Rolled back").says("the phone rings");
    running.wait_at_most(Duration::from_secs(10)).expect(20).says("Rolled back");
    went_back(&bed);
}

#[test]
fn rollback_while_another_process_drives_the_promotion_ends_it() {
    let (bed, running) = soaking();
    let args = [
        "rollback",
        "shop/production",
        "--confirm",
        "shop/production",
        "--reason",
        "search is slow",
    ];
    // What was asked for was reached; the promotion was not.
    bed.run(&args).expect(0).says("Rolled back").says("search is slow");
    running.wait_at_most(Duration::from_secs(10)).expect(20);
    went_back(&bed);
}

#[test]
fn interrupt_at_the_terminal_goes_back() {
    let (bed, running) = soaking();
    running.signal(Signal::INT);
    running
        .wait_at_most(Duration::from_secs(15))
        .expect(20)
        .says("interrupted")
        .says("Rolled back");
    went_back(&bed);
}

#[test]
fn termination_goes_back_too() {
    let (bed, running) = soaking();
    running.signal(Signal::TERM);
    running.wait_at_most(Duration::from_secs(15)).expect(20).says("Rolled back");
    went_back(&bed);
}

#[test]
fn second_promotion_of_the_same_place_is_refused_naming_the_first() {
    let (bed, running) = soaking();
    let number = bed.under_way().expect("one is under way");
    bed.promote("1.1").expect(10).says(&number);
    bed.run(&["resume"]).expect(12).says("another process");
    bed.run(&["abort", "shop/production", "--reason", "enough"]).expect(0);
    running.wait().expect(20);
    bed.run(&["abort", "shop/production", "--reason", "enough"])
        .expect(10)
        .says("othing is under way");
}

#[test]
fn soaking_promotion_that_is_killed_is_ended_by_an_abort() {
    let (bed, running) = soaking();
    running.kill();
    bed.run(&["abort", "shop/production", "--reason", "its terminal is gone"])
        .expect(0)
        .says("Rolled back");
    went_back(&bed);
}

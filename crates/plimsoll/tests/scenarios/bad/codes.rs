//! The exit codes: each documented one is what somebody gets.

use crate::bed::{Line, line, promotion};

#[test]
fn each_documented_exit_code_is_produced() {
    let bed = line(Line::default());
    bed.run(&["--nonsense"]).expect(2);
    bed.run(&["status", "nope"]).expect(2);
    bed.running_everywhere("1.0");
    bed.add("shop@1.1", &[("index.html", "1.1")]).expect(0);
    let gate = ["gate", "shop@1.1", "--to", "production"];
    // Nothing is known yet: missing, and nothing else is wrong.
    bed.ok(&["deploy", "shop@1.1", "--to", "staging"]);
    bed.run(&gate).expect(11);
    bed.ok(&["verify", "shop@1.1", "--on", "staging"]);
    bed.ok(&gate);
    // Refused.
    bed.ok(&["hold", "shop", "--reason", "we look first"]);
    bed.run(&gate).expect(10).says("we look first");
    bed.run(&promotion("shop@1.1")).expect(10);
    bed.ok(&["hold", "shop", "--release", "0", "--reason", "looked"]);
    // The configuration.
    let right = bed.read("plimsoll.yaml");
    bed.write("plimsoll.yaml", "services: 7\n");
    bed.run(&gate).expect(78);
    bed.write("plimsoll.yaml", right);
    // Something that is needed is not there.
    bed.run(&["hold", "shop", "--reason", "x", "--ledger", "/proc/none"]).expect(69);
    bed.ok(&gate);
}

#[test]
fn promotion_that_turns_red_is_rolled_back_with_code_20() {
    let bed = line(Line::default());
    bed.ready();
    // Red only with the new version.
    bed.script("look", "[ \"$(cat world/$PLIMSOLL_ENVIRONMENT/in/version)\" != 1.1 ] || [ $PLIMSOLL_ENVIRONMENT = staging ]\n");
    bed.promote("1.1").expect(20).says("Rolled back");
    assert_eq!(
        (bed.runs("production", "nl"), bed.runs("production", "in")),
        ("1.0".to_owned(), "1.0".to_owned())
    );
}

#[test]
fn irreversible_release_that_turns_red_needs_a_person_with_code_21() {
    let bed = line(Line::default());
    bed.running_everywhere("1.0");
    bed.write("dist/index.html", "1.1");
    bed.ok(&["release", "add", "shop@1.1", "dist", "--irreversible"]);
    bed.ok(&["deploy", "shop@1.1", "--to", "staging"]);
    bed.ok(&["verify", "shop@1.1", "--on", "staging"]);
    bed.promote("1.1").expect(10).says("way-back");
    bed.ok(&[
        "waive",
        "shop@1.1",
        "--rule",
        "way-back",
        "--reason",
        "there is none",
        "--until",
        "1d",
    ]);
    bed.write("broken-production-nl", "");
    bed.promote("1.1").expect(21).says("Needs a person");
    assert_eq!(bed.runs("production", "nl"), "1.1");
    bed.run(&["status"]).says("person");
}

#[test]
fn verify_that_runs_is_said_with_code_12() {
    let bed = line(Line::default());
    bed.running_everywhere("1.0");
    bed.add("shop@1.1", &[("index.html", "1.1")]).expect(0);
    bed.ok(&["deploy", "shop@1.1", "--to", "staging"]);
    bed.script("look", "touch began; sleep 4\n");
    let running = bed.spawn(&["verify", "shop@1.1", "--on", "staging"]);
    crate::bed::wait_until("the check runs", std::time::Duration::from_secs(10), || {
        bed.path("began").exists()
    });
    bed.run(&["gate", "shop@1.1", "--to", "production"]).expect(12).says("running");
    running.wait().expect(0);
    bed.ok(&["gate", "shop@1.1", "--to", "production"]);
}

//! A promotion whose command was killed, and a configuration that was changed before somebody goes on.

use std::time::Duration;

use crate::bed::{Bed, Line, line, promotion, wait_until};

/// A promotion whose first wave has `nl` on 1.1, and whose command was killed.
fn left() -> Bed {
    let bed = line(Line { soak: "3s", ..Line::default() });
    bed.ready();
    let running = bed.spawn(&promotion("shop@1.1"));
    wait_until("the first wave soaks", Duration::from_secs(20), || {
        bed.kinds().iter().any(|kind| kind == "wave-verified")
    });
    running.kill();
    assert_eq!(bed.runs("production", "nl"), "1.1");
    bed
}

/// Another way of deploying to the target that is deployed to by a command.
fn with_another_deployer(bed: &Bed) -> String {
    let planned = bed.read("plimsoll.yaml");
    let changed = planned.replace("command: [./deploy,", "command: [./deploy-otherwise,");
    assert_ne!(planned, changed);
    bed.write("plimsoll.yaml", changed);
    bed.script("deploy-otherwise", "touch moved-by-another-deployer");
    planned
}

#[test]
fn resume_does_not_go_on_under_another_deployer_than_the_one_that_was_planned() {
    let bed = left();
    let planned = with_another_deployer(&bed);
    bed.run(&["resume"])
        .expect(78)
        .says("how in is deployed or observed was changed")
        .says("plimsoll abort shop/production");
    bed.promote("1.1").expect(78);
    assert_eq!(bed.runs("production", "in"), "1.0");
    assert!(!bed.path("moved-by-another-deployer").exists());
    bed.write("plimsoll.yaml", planned);
    bed.ok(&["resume"]).says("Verified good");
    assert_eq!(bed.runs("production", "in"), "1.1");
    bed.verify_ledger();
}

#[test]
fn abort_and_rollback_go_back_under_the_present_configuration_and_say_so() {
    let bed = left();
    with_another_deployer(&bed);
    let copy = bed.copy();
    bed.run(&["abort", "shop/production", "--reason", "enough"])
        .expect(0)
        .says("goes back under the configuration as it is now");
    copy.run(&["rollback", "shop/production", "--confirm", "shop/production"])
        .expect(0)
        .says("goes back under the configuration as it is now");
    for bed in [bed, copy] {
        assert_eq!(bed.runs("production", "nl"), "1.0");
        assert_eq!(bed.under_way(), None);
        assert!(!bed.path("moved-by-another-deployer").exists(), "in was never moved");
        bed.ok(&["history", "--all"]).says("today's configuration of in");
    }
}

#[test]
fn what_was_left_in_an_environment_that_is_gone_is_not_passed_over() {
    let bed = left();
    let planned = bed.read("plimsoll.yaml");
    let start = planned.find("      production:\n        after").expect("it is there");
    let end = planned.find("    platforms:").expect("it is there");
    let gates = planned.find("    gates:").expect("they are there");
    let promotion = planned.find("    promotion:").expect("it is there");
    let without = format!("{}{}", &planned[..start], &planned[end..gates]);
    assert!(promotion > gates);
    bed.write("plimsoll.yaml", without);
    bed.run(&["resume"]).expect(78).says("nl are not there any more");
}

#[test]
fn a_killed_deployment_is_not_waited_for_and_gate_and_verify_name_the_way_on() {
    let bed = line(Line { deploy_sleeps: "5", ..Line::default() });
    bed.add("shop@1.0", &[("index.html", "1.0")]);
    let running = bed.spawn(&["deploy", "shop@1.0", "--to", "staging", "--target", "in"]);
    wait_until("it deploys", Duration::from_secs(20), || {
        bed.kinds().iter().any(|kind| kind == "deployment-started")
    });
    let asked = ["gate", "shop@1.0", "--to", "production"];
    bed.run(&asked).lacks("plimsoll resume");
    running.kill();
    bed.run(&asked)
        .expect(10)
        .says("was interrupted")
        .says("plimsoll resume shop/staging")
        .lacks("ask again");
    bed.run(&["verify", "shop@1.0", "--on", "staging"])
        .says("was interrupted")
        .says("→ plimsoll resume shop/staging");
    bed.ok(&["resume", "shop/staging"]).says("runs on 1 of 2 targets of shop/staging (in)");
    bed.run(&asked).lacks("interrupted");
}

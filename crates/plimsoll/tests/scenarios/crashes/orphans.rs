//! A deploy command whose plimsoll was killed must not have its effect later.

use std::time::Duration;

use crate::bed::{Bed, Line, line, promotion, wait_until};

/// A promotion killed while its deploy command sleeps.
fn killed_in_the_middle_of_a_deployment(bed: &Bed) {
    let running = bed.spawn(&promotion("shop@1.1"));
    wait_until("the deploy command runs", Duration::from_secs(20), || {
        bed.read("deploys.log").contains("production/in 1.1")
    });
    let killed = running.kill();
    assert_eq!(killed.signal, Some(9), "{}", killed.whole());
}

#[test]
fn deploy_command_dies_with_the_plimsoll_that_started_it() {
    let bed = line(Line { deploy_sleeps: "0", ..Line::default() });
    bed.ready();
    let slow = bed.read("plimsoll.yaml").replace("[./deploy, \"0\"]", "[./deploy, \"2\"]");
    bed.write("plimsoll.yaml", slow);
    killed_in_the_middle_of_a_deployment(&bed);
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(bed.runs("production", "in"), "1.0", "the orphan landed later");
    bed.ok(&["resume"]).says("Verified good");
    assert_eq!(bed.runs("production", "in"), "1.1");
    // Its effect was not there, so it ran again.
    assert_eq!(bed.read("deploys.log").matches("production/in 1.1").count(), 2);
}

#[test]
fn background_child_of_a_killed_deployment_is_ended_before_anything_else_is_deployed() {
    let bed = line(Line::default());
    bed.ready();
    // It does not die with the plimsoll that was killed, and would have its effect later.
    bed.script(
        "deploy",
        "echo \"$PLIMSOLL_ENVIRONMENT/$PLIMSOLL_TARGET $PLIMSOLL_RELEASE\" >> deploys.log\n\
         (trap '' HUP TERM; sleep 4; printf late > world/production/in/version) < /dev/null > /dev/null 2>&1 &\n\
         sleep 30\n",
    );
    killed_in_the_middle_of_a_deployment(&bed);
    let quick = "printf %s \"$PLIMSOLL_RELEASE\" > \"world/$PLIMSOLL_ENVIRONMENT/$PLIMSOLL_TARGET/version\"\n";
    bed.script("deploy", quick);
    bed.ok(&["resume"]).says("Verified good");
    assert_eq!(bed.runs("production", "in"), "1.1");
    std::thread::sleep(Duration::from_secs(5));
    assert_eq!(bed.runs("production", "in"), "1.1", "the orphan landed later");
}

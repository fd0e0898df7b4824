//! F02 without a script of one's own: a `process` check on a real server under a real supervisor.

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::bed::wait_until;

use super::answer::{allows, refuses_within};
use super::servers::{Servers, Service};

const CALM: Service<'_> =
    Service { gate: "- evidence: { max-age: 24h }", promotion: "{ soak: 0s }" };

/// Watched for three turns of a server that dies each second.
const STAYS_UP: &str = "stays-up: { process: { pid-file: \"run/{{ environment.name }}/{{ target.name }}/child\", for: 3s, grace: 5s } }";

#[test]
fn a_process_that_dies_again_and_again_is_refused_though_its_page_answers_in_between() {
    let servers = Servers::running_with(&CALM, STAYS_UP);
    servers.on_staging("2", "bus-1");
    assert_eq!(servers.verify("2").code, Some(10));
    wait_until("its page answers", Duration::from_secs(10), || {
        servers.asked("staging", "nl", "/") == "well\n"
    });
    let failed = |target: &str| format!("evidence shop/staging/{target} stays-up failed");
    refuses_within(
        &servers.gate("2"),
        10,
        "shop/staging/",
        &[
            (&failed("nl"), &["it was started again"], "mend it in a new release"),
            (&failed("in"), &["it was started again"], "mend it in a new release"),
        ],
    );
}

#[test]
fn one_planned_restart_at_the_deployment_is_none_and_the_facts_are_kept() {
    let servers = Servers::running_with(&CALM, STAYS_UP);
    servers.staged("2", "planned");
    allows(&servers.gate("2"));
    let shown = servers.bed.ok(&["show", "shop/staging/nl/stays-up", "--format", "json"]).json();
    let output = shown["output"].as_str().expect("it is kept");
    let kept: serde_json::Value = serde_json::from_str(output).expect("JSON");
    assert_eq!(kept["judged"]["restarts"], 0);
    let pid = servers.bed.read("run/staging/nl/child");
    assert_eq!(kept["judged"]["process"]["pid"].to_string(), pid.trim());
}

#[test]
fn a_death_that_nobody_saw_is_found_by_the_beginning_of_the_one_after_it() {
    let servers = Servers::running_with(&CALM, STAYS_UP);
    servers.staged("2", "steady");
    let child = servers.bed.read("run/staging/nl/child");
    std::thread::sleep(Duration::from_secs(5)); // The grace is over.
    let pid = child.trim().parse().ok().and_then(Pid::from_raw).expect("a number");
    kill_process(pid, Signal::KILL).expect("it is there");
    wait_until("it is started again", Duration::from_secs(10), || {
        servers.asked("staging", "nl", "/") == "well\n"
    });
    servers.verify("2").expect(10);
    let words = ["it was started again once since it was deployed"];
    refuses_within(
        &servers.gate("2"),
        10,
        "shop/staging/nl",
        &[("evidence shop/staging/nl stays-up failed", &words, "mend it in a new release")],
    );
}

#[test]
fn a_process_that_runs_no_more_is_refused_in_words() {
    let servers = Servers::running_with(&CALM, STAYS_UP);
    servers.staged("2", "steady");
    let supervisor = servers.bed.read("run/staging/nl/pid");
    let pid = supervisor.trim().parse().ok().and_then(Pid::from_raw).expect("a number");
    kill_process(pid, Signal::TERM).expect("it is there");
    wait_until("it is gone", Duration::from_secs(10), || {
        servers.asked("staging", "nl", "/").is_empty()
    });
    servers.verify("2").expect(10);
    let answer = servers.gate("2");
    assert!(answer.stdout.contains("it does not run: process"), "{}", answer.whole());
}

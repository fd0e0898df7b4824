//! F02: the candidate dies or is started again and again, and answers in between.

use super::answer::{allows, refuses_exactly, refuses_within};
use super::servers::{Servers, Service};
use super::shop::{Layout, PAGE, Shop};

const CALM: Service<'_> =
    Service { gate: "- evidence: { max-age: 24h }", promotion: "{ soak: 0s }" };

#[test]
fn a_candidate_that_is_started_again_and_again_is_refused_though_it_answers_in_between() {
    let servers = Servers::running(&CALM);
    servers.on_staging("2", "bus-1");
    servers.wait_for_restarts("staging", "nl", 2);
    servers.wait_for_restarts("staging", "in", 2);
    assert_eq!(servers.verify("2").code, Some(10));
    let failed = |target: &str| format!("evidence shop/staging/{target} restarts failed");
    refuses_within(
        &servers.gate("2"),
        10,
        "shop/staging/",
        &[
            (&failed("nl"), &["started again", "SIGBUS"], "mend it in a new release"),
            (&failed("in"), &["started again", "SIGBUS"], "mend it in a new release"),
        ],
    );
    assert_eq!(servers.promote("2").code, Some(10));
    assert_eq!(servers.asked("production", "nl", "/version"), "1");
}

#[test]
fn one_planned_restart_at_the_deployment_is_no_fault() {
    let servers = Servers::running(&CALM);
    servers.behaves("production", "2", "planned");
    servers.staged("2", "planned");
    servers.wait_for_restarts("staging", "nl", 1);
    allows(&servers.gate("2"));
    assert_eq!(servers.promote("2").expect(0).json()["state"], "verified-good");
    assert_eq!(servers.bed.read("run/production/in/restarts").trim(), "1");
}

#[test]
fn a_death_some_seconds_after_the_checks_is_found_because_old_evidence_does_not_last() {
    let servers = Servers::running(&Service {
        gate: "- evidence: { max-age: 3s }\n- soak: 4s",
        promotion: "{ soak: 0s }",
    });
    servers.on_staging("2", "bus-2");
    // Green: it has not died yet.
    let answer = servers.verify("2");
    assert!(matches!(answer.code, Some(0 | 10)), "{}", answer.whole());
    servers.wait_for_restarts("staging", "nl", 2);
    servers.wait_for_restarts("staging", "in", 2);
    // And old enough, however long the checks took.
    std::thread::sleep(std::time::Duration::from_millis(3_100));
    let gate = servers.gate("2");
    assert!(matches!(gate.code, Some(10 | 11)), "{}", gate.whole());
    assert_eq!(gate.json()["decision"], "refused");
    assert!(gate.stdout.contains("older than 3 s"), "{}", gate.whole());
    servers.verify("2").expect(10);
    refuses_within(
        &servers.gate("2"),
        10,
        "shop/staging/",
        &[("evidence shop/staging/nl restarts failed", &["SIGBUS"], "mend it in a new release")],
    );
}

#[test]
fn a_death_during_the_soak_of_production_goes_back_though_it_answers_again_at_once() {
    let servers = Servers::running(&Service {
        gate: "- evidence: { max-age: 24h }",
        promotion: "{ waves: [[nl], rest], soak: 6s, probe-every: 200ms, max-gap: 5s }",
    });
    servers.behaves("production", "2", "bus-1");
    servers.staged("2", "steady");
    let ended = servers.promote("2").expect(20);
    assert_eq!(ended.json()["state"], "rolled-back", "{}", ended.whole());
    let summary = ended.json()["summary"].as_str().expect("text").to_owned();
    assert!(summary.contains("restarts failed on nl"), "{summary}");
    for target in ["nl", "in"] {
        assert_eq!(servers.asked("production", target, "/version"), "1");
    }
}

/// Starts the candidate; release 2 dies without a word.
const START: &str = r#"[ "$PLIMSOLL_RELEASE" != 2 ] || kill -BUS $$"#;

#[test]
fn a_candidate_that_is_killed_without_a_word_is_refused_by_the_name_of_the_signal() {
    let shop = Shop::open(&Layout {
        checks: "start: { command: [./start] }\nwrapped: { command: { shell: './start; exit $?' } }",
        ..Layout::default()
    });
    shop.bed.script("start", START);
    shop.add("1", PAGE);
    shop.staged("1");
    shop.adopt("1");
    shop.add("2", PAGE);
    shop.on_staging("2");
    shop.verify("2").expect(10);
    let next = "mend it in a new release";
    refuses_exactly(
        &shop.gate("2"),
        10,
        &[
            ("evidence shop/staging/in-vm start failed", &["SIGBUS", "it printed nothing"], next),
            ("evidence shop/staging/in-vm wrapped failed", &["SIGBUS"], next),
            ("evidence shop/staging/nl-vm start failed", &["SIGBUS", "it printed nothing"], next),
            ("evidence shop/staging/nl-vm wrapped failed", &["SIGBUS"], next),
        ],
    );
    shop.add("3", PAGE);
    shop.staged("3");
    allows(&shop.gate("3"));
}

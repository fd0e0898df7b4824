//! F15: every request keeps some memory; the first checks are green, and then it dies.

use super::answer::{allows, refuses_exactly, refuses_within};
use super::servers::{Servers, Service};

const WATCHED: Service<'_> = Service {
    gate: "- evidence: { max-age: 24h }\n- soak: 1s",
    promotion: "{ soak: 8s, probe-every: 100ms, probes: [answers], max-gap: 1s }",
};

#[test]
fn a_leak_that_kills_production_during_its_soak_goes_back() {
    let servers = Servers::running(&WATCHED);
    servers.behaves("production", "2", "leak");
    servers.staged("2", "leak");
    soaked(&servers);
    allows(&servers.gate("2"));
    let ended = servers.promote("2").expect(20);
    assert_eq!(ended.json()["state"], "rolled-back", "{}", ended.whole());
    let summary = ended.json()["summary"].as_str().expect("text").to_owned();
    assert!(summary.contains("answers"), "{summary}");
    for target in ["nl", "in"] {
        assert_eq!(servers.asked("production", target, "/version"), "1");
    }
    // Nothing of production was ever taken for good with 2 on it.
    let status = servers.bed.ok(&["status", "shop", "--format", "json"]).json();
    for target in status["environments"][1]["targets"].as_array().expect("a list") {
        assert_eq!((&target["version"], &target["last-verified-good"]), (&"1".into(), &"1".into()));
    }
}

#[test]
fn a_leak_that_has_killed_staging_is_refused_though_its_checks_had_passed() {
    let servers = Servers::running(&WATCHED);
    servers.staged("2", "leak");
    soaked(&servers);
    allows(&servers.gate("2"));
    for _ in 0..200 {
        if servers.asked("staging", "nl", "/").is_empty() {
            break;
        }
    }
    assert_eq!(servers.asked("staging", "nl", "/"), "", "it should have died");
    refuses_within(&servers.gate("2"), 10, "shop/staging/nl", &[]);
    assert_eq!(servers.promote("2").code, Some(10));
    // And looked at again, it is the release that failed.
    servers.verify("2").expect(10);
    let gate = servers.gate("2");
    refuses_within(
        &gate,
        10,
        "shop/staging/nl",
        &[(
            "evidence shop/staging/nl answers failed",
            &["refuses the connection", "it does not last"],
            "mend it in a new release",
        )],
    );
    assert_eq!(servers.asked("production", "nl", "/version"), "1");
}

#[test]
fn a_cache_that_grows_and_then_stays_is_no_fault() {
    let servers = Servers::running(&WATCHED);
    servers.behaves("production", "2", "cache");
    servers.staged("2", "cache");
    refuses_exactly_or_allows_after_soak(&servers);
    let ended = servers.promote("2").expect(0);
    assert_eq!(ended.json()["state"], "verified-good", "{}", ended.whole());
}

/// Waits until staging has run for as long as the gate asks.
fn soaked(servers: &Servers) {
    crate::bed::wait_until("it soaked", std::time::Duration::from_secs(5), || {
        servers.gate("2").code == Some(0)
    });
}

/// Asked too early it is refused for the soak alone; a second later it may pass.
fn refuses_exactly_or_allows_after_soak(servers: &Servers) {
    let early = servers.gate("2");
    if early.code != Some(0) {
        let line = |target: &str| format!("soak shop/staging/{target} - unmet");
        let (nl, wanted) = (line("nl"), line("in"));
        refuses_exactly(
            &early,
            10,
            &[(&nl, &["of 1 s"], "ends by itself"), (&wanted, &["of 1 s"], "ends by itself")],
        );
    }
    soaked(servers);
}

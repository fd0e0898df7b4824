//! A server that ends, well or badly, loses nothing: what it drove goes on when one runs again.

use std::time::Duration;

use crate::bed::{Line, Server, line, promotion, wait_until};

const SLOW: Line = Line { soak: "0s", deploy_sleeps: "3", check: "[./look]" };

#[test]
fn a_promotion_goes_on_when_its_server_was_killed_and_runs_again() {
    let bed = line(SLOW);
    bed.ready();
    let server = Server::start(&bed);
    let token = bed.token("ada", "release", "");
    let asked = server.begin_afar(&bed, &token, &promotion("shop@1.1"));
    wait_until("it is under way", Duration::from_secs(20), || bed.under_way().is_some());
    let port = server.port;
    server.kill();
    asked.wait().expect(69).says("what was begun goes on there");
    assert!(bed.under_way().is_some(), "it is left under way");
    let server = Server::start_at(&bed, port);
    wait_until("it went on", Duration::from_secs(40), || bed.under_way().is_none());
    assert_eq!(
        (bed.runs("production", "nl"), bed.runs("production", "in")),
        ("1.1".into(), "1.1".into())
    );
    server.stop().expect(0);
    bed.verify_ledger();
}

#[test]
fn a_server_that_is_asked_to_end_leaves_what_it_drives_to_the_next_one() {
    let bed = line(SLOW);
    bed.ready();
    let server = Server::start(&bed);
    let token = bed.token("ada", "release", "");
    let asked = server.begin_afar(&bed, &token, &promotion("shop@1.1"));
    wait_until("it is under way", Duration::from_secs(20), || bed.under_way().is_some());
    server.stop().expect(0);
    drop(asked);
    let server = Server::start(&bed);
    wait_until("it went on", Duration::from_secs(40), || bed.under_way().is_none());
    assert_eq!(bed.runs("production", "in"), "1.1");
    server.stop().expect(0);
}

#[test]
fn a_new_configuration_is_taken_and_one_with_errors_is_not() {
    let bed = line(Line::default());
    bed.ready();
    let mut server = Server::start(&bed);
    let gate = "/api/v1/gate?release=shop@1.1&to=production";
    assert_eq!(server.http("GET", gate, None, "").status, 200);
    let good = bed.read("plimsoll.yaml");
    bed.write("plimsoll.yaml", good.replace("max-age: 24h", "max-age: 1s"));
    wait_until("the stricter gate is in force", Duration::from_secs(20), || {
        server.http("GET", gate, None, "").status == 409
    });
    bed.write("plimsoll.yaml", "services: [nonsense");
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(server.http("GET", gate, None, "").status, 409, "the last good one stays");
    bed.write("plimsoll.yaml", good);
    wait_until("the first one is back", Duration::from_secs(20), || {
        server.http("GET", gate, None, "").status == 200
    });
    assert!(server.is_running());
}

//! Workers: more hands, that go on with what a server left, and answer nobody.

use std::time::Duration;

use plimsoll_store::testing::PostgresServer;
use rustix::process::Signal;

use crate::bed::{Bed, Line, Running, Server, line, promotion, wait_until};

const SLOW: Line = Line { soak: "0s", deploy_sleeps: "3", check: "[./look]" };

/// A worker that has said that it is at work.
fn worker(bed: &Bed) -> Running {
    let worker = bed.spawn(&["worker"]);
    // Its first look comes at once; there is nothing that could be asked whether it has come.
    std::thread::sleep(Duration::from_secs(1));
    worker
}

/// Has a server begin a promotion, and kills it in the middle of it.
fn left_by_a_server(bed: &Bed) {
    let server = Server::start(bed);
    let token = bed.token("ada", "release", "");
    let body = r#"{"release": "shop@1.1", "to": "production", "confirm": "shop/production"}"#;
    let begun = server.http("POST", "/api/v1/promotions", Some(&token), body);
    assert_eq!(begun.status, 201, "{begun:?}");
    server.kill();
}

fn is_everywhere(bed: &Bed, version: &str) {
    for target in ["nl", "in"] {
        assert_eq!(bed.runs("production", target), version);
    }
}

#[test]
fn what_a_killed_server_left_is_gone_on_with_once() {
    let bed = line(SLOW);
    bed.ready();
    let claims = || bed.kinds().iter().filter(|kind| *kind == "driver-claimed").count();
    left_by_a_server(&bed);
    let before = claims();
    let workers = [worker(&bed), worker(&bed)];
    wait_until("one of them went on", Duration::from_secs(40), || bed.under_way().is_none());
    is_everywhere(&bed, "1.1");
    assert_eq!(claims(), before + 1, "two do not drive the same");
    for worker in workers {
        worker.signal(Signal::TERM);
        worker.wait().expect(0).says("Working for 1 service");
    }
    bed.verify_ledger();
}

#[test]
fn a_worker_that_is_asked_to_end_leaves_it_to_the_next_one() {
    let bed = line(SLOW);
    bed.ready();
    left_by_a_server(&bed);
    let claims = || bed.kinds().iter().filter(|kind| *kind == "driver-claimed").count();
    let before = claims();
    let first = bed.spawn(&["worker", "--log", "json"]);
    wait_until("it went on", Duration::from_secs(20), || claims() > before);
    first.signal(Signal::TERM);
    first.wait().expect(0).says("goes on with what was left under way");
    assert!(bed.under_way().is_some(), "it is left at a written-down step");
    let _second = bed.spawn(&["worker"]);
    wait_until("the second went on", Duration::from_secs(40), || bed.under_way().is_none());
    is_everywhere(&bed, "1.1");
    bed.verify_ledger();
}

#[test]
fn what_was_begun_at_a_terminal_waits_for_who_began_it() {
    let bed = line(SLOW);
    bed.ready();
    let begun = bed.spawn(&promotion("shop@1.1"));
    wait_until("it is under way", Duration::from_secs(20), || bed.under_way().is_some());
    begun.kill();
    let worker = worker(&bed);
    std::thread::sleep(Duration::from_secs(4));
    assert!(bed.under_way().is_some(), "nobody took it over");
    bed.ok(&["resume"]).says("Verified good");
    worker.signal(Signal::INT);
    worker.wait().expect(0);
}

#[test]
fn on_postgres_server_and_worker_are_different_processes_of_one_ledger() {
    let Some(postgres) = PostgresServer::start() else { return };
    let mut bed = line(SLOW);
    bed.use_ledger(postgres.url());
    bed.ready();
    let worker = worker(&bed);
    left_by_a_server(&bed);
    wait_until("the worker went on", Duration::from_secs(40), || bed.under_way().is_none());
    is_everywhere(&bed, "1.1");
    // It reads its configuration anew, as a server does.
    let good = bed.read("plimsoll.yaml");
    bed.write("plimsoll.yaml", "services: [nonsense");
    std::thread::sleep(Duration::from_secs(3));
    bed.write("plimsoll.yaml", good);
    std::thread::sleep(Duration::from_secs(3));
    worker.signal(Signal::TERM);
    let ended = worker.wait().expect(0);
    ended.says("the last good one stays").says("the configuration has changed and is in force");
    bed.verify_ledger();
}

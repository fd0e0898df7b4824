//! PostgreSQL as the ledger: the whole line, and a server that goes away in the middle.

use std::time::Duration;

use plimsoll_store::testing::PostgresServer;

use crate::bed::{Bed, Line, line, promotion, wait_until};

/// A line whose ledger is a server of its own.
fn on_postgres(soak: &'static str) -> Option<(Bed, PostgresServer)> {
    let server = PostgresServer::start()?;
    let mut bed = line(Line { soak, ..Line::default() });
    bed.use_ledger(server.url());
    bed.ready();
    Some((bed, server))
}

/// Starts a promotion and waits until its first wave soaks.
fn soaking(bed: &Bed) -> crate::bed::Running {
    let running = bed.spawn(&promotion("shop@1.1"));
    wait_until("the first wave soaks", Duration::from_secs(20), || {
        bed.kinds().iter().any(|kind| kind == "wave-verified")
    });
    running
}

#[test]
fn the_whole_line_works_on_postgres_and_two_processes_race_there() {
    let Some((bed, _server)) = on_postgres("500ms") else { return };
    let before = bed.deploys_since(0).len();
    crate::races::one_of_two_wins(&bed, before);
    bed.ok(&["rollback", "shop/production", "--confirm", "shop/production"]).says("1.0");
    assert_eq!(bed.runs("production", "in"), "1.0");
    bed.ok(&["gate", "shop@1.1", "--to", "production"]);
    bed.ok(&["history"]).says("rollback began");
    bed.ok(&["ledger", "backup", "copy"]);
    bed.ok(&["ledger", "verify", "--ledger", "copy"]);
    bed.verify_ledger();
}

#[test]
fn server_that_is_away_for_five_seconds_in_the_soak_does_not_end_the_promotion() {
    let Some((bed, server)) = on_postgres("4s") else { return };
    let before = bed.deploys_since(0).len();
    let running = soaking(&bed);
    server.stop();
    std::thread::sleep(Duration::from_secs(5));
    server.resume_service();
    running.wait().expect(0).says("Verified good").says("trying again");
    for target in ["nl", "in"] {
        assert_eq!(bed.runs("production", target), "1.1");
    }
    assert_eq!(bed.deploys_since(before), ["production/in 1.1"]);
    bed.verify_ledger();
}

#[test]
fn server_that_does_not_come_back_is_said_and_the_promotion_is_resumed_later() {
    let Some((bed, server)) = on_postgres("3s") else { return };
    let before = bed.deploys_since(0).len();
    let running = soaking(&bed);
    server.stop();
    // Nobody waits two minutes here: the second interrupt leaves it where it is.
    std::thread::sleep(Duration::from_secs(2));
    running.signal(rustix::process::Signal::INT);
    std::thread::sleep(Duration::from_secs(1));
    running.signal(rustix::process::Signal::INT);
    running.wait_at_most(Duration::from_secs(40)).expect(69).says("plimsoll resume");
    let away = bed.run(&["status"]).expect(69);
    assert!(away.stderr.contains("run the same command again"), "{}", away.whole());
    assert!(away.took < Duration::from_secs(20), "{}", away.whole());
    server.resume_service();
    let left = bed.under_way().expect("it is still under way");
    bed.ok(&["resume"]).says(&left).says("Verified good");
    assert_eq!(bed.deploys_since(before), ["production/in 1.1"]);
    bed.verify_ledger();
}

#[test]
fn address_where_no_server_is_is_said_with_what_to_do() {
    let mut bed = line(Line::default());
    let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = socket.local_addr().expect("it is bound").port();
    drop(socket);
    bed.use_ledger(format!("postgres://nobody:hush@127.0.0.1:{port}/none"));
    bed.run(&["status"]).expect(69).lacks("hush");
    bed.use_ledger("postgres://");
    let code = bed.run(&["status"]).code;
    assert!(matches!(code, Some(2 | 69)), "{code:?}");
    bed.use_ledger("mysql://localhost/x");
    bed.run(&["status"]).expect(2).says("--ledger");
}

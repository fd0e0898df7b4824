//! A server that is killed while many report to it loses nothing that it has accepted.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::bed::{Line, Server, line};

const REPORTERS: usize = 8;

/// Names a release; the status, unless the server was gone before it answered.
fn report(port: u16, token: &str, version: &str) -> Option<u16> {
    let body = format!(
        r#"{{"release": "shop@{version}", "artifacts": [{{"kind": "named", "name": "image", "digest": "sha256:{}"}}]}}"#,
        "0".repeat(64)
    );
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    let head = format!(
        "POST /api/v1/releases HTTP/1.1\r\nhost: plimsoll\r\nconnection: close\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\nidempotency-key: {version}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).ok()?;
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer.split(' ').nth(1)?.parse().ok()
}

#[test]
fn what_was_accepted_before_a_kill_is_there_afterwards() {
    let bed = line(Line::default());
    bed.ready();
    let server = Server::start(&bed);
    let token = bed.token("ci", "report", "shop");
    let port = server.port;
    let (accepted, lost) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for reporter in 0..REPORTERS {
            let (token, accepted, lost, over) = (&token, &accepted, &lost, &over);
            scope.spawn(move || {
                for n in 0.. {
                    let version = format!("7.{reporter}.{n}");
                    match report(port, token, &version) {
                        Some(201) => accepted.lock().expect("unbroken").push(version),
                        // There is a limit for each token: told, and not accepted.
                        Some(429) => std::thread::sleep(Duration::from_millis(50)),
                        Some(other) => panic!("{version} was answered {other}"),
                        None => {
                            lost.lock().expect("unbroken").push(version);
                            return;
                        }
                    }
                    if over.load(Ordering::Relaxed) {
                        return;
                    }
                }
            });
        }
        std::thread::sleep(Duration::from_secs(2));
        server.kill();
        over.store(true, Ordering::Relaxed);
    });
    let accepted = accepted.into_inner().expect("unbroken");
    assert!(accepted.len() > 50, "only {} were accepted: there was no load", accepted.len());
    let server = Server::start_at(&bed, port);
    for version in &accepted {
        let path = format!("/api/v1/releases/shop@{version}");
        assert_eq!(server.http("GET", &path, None, "").status, 200, "{version} was accepted");
    }
    // Whose answer was lost sends it again, and it is there once, whether it was written or not.
    for version in lost.into_inner().expect("unbroken") {
        let again = report(port, &token, &version);
        assert!(matches!(again, Some(200 | 201)), "{version}: {again:?}");
    }
    server.stop().expect(0);
    bed.verify_ledger();
}

//! A server that is killed while many report to it loses nothing that it has accepted.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;

use crate::bed::{Bed, Line, Server, line};

const REPORTERS: usize = 8;

/// What is reported: a name for each, so that it is known again.
#[derive(Debug, Clone, Copy)]
enum Noun {
    Releases,
    Results,
}

impl Noun {
    fn path(self) -> &'static str {
        match self {
            Self::Releases => "releases",
            Self::Results => "results",
        }
    }

    fn body(self, name: &str) -> String {
        match self {
            Self::Releases => format!(
                r#"{{"release": "shop@{name}", "artifacts": [{{"kind": "named", "name": "image", "digest": "sha256:{}"}}]}}"#,
                "0".repeat(64)
            ),
            Self::Results => format!(
                r#"{{"target": "shop/staging/nl", "check": "load", "version": "1.1", "outcome": "passed", "finding": "{name}"}}"#
            ),
        }
    }

    /// Whether an event of the ledger is the one that was reported under this name.
    fn is_written(self, event: &Value, name: &str) -> bool {
        match self {
            Self::Releases => {
                event["kind"]["release-added"]["release"]["id"]["version"] == name
                    || event["kind"]["release-added"]["release"]["id"] == format!("shop@{name}")
            }
            Self::Results => {
                event["kind"]["check-finished"]["result"]["attempts"][0]["finding"] == name
            }
        }
    }
}

/// Reports one; the status, unless the server was gone before it answered.
fn report(port: u16, token: &str, noun: Noun, name: &str) -> Option<u16> {
    let (path, body) = (noun.path(), noun.body(name));
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    let head = format!(
        "POST /api/v1/{path} HTTP/1.1\r\nhost: plimsoll\r\nconnection: close\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\nidempotency-key: {name}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).ok()?;
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer.split(' ').nth(1)?.parse().ok()
}

/// Has eight reporters report without a pause, and kills the server after two seconds. Gives what it had
/// accepted, and what was lost on the way.
fn killed_under_load(server: Server, token: &str, noun: Noun) -> (Vec<String>, Vec<String>) {
    let port = server.port;
    let (accepted, lost) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for reporter in 0..REPORTERS {
            let (accepted, lost, over) = (&accepted, &lost, &over);
            scope.spawn(move || {
                for n in 0.. {
                    let name = format!("7.{reporter}.{n}");
                    match report(port, token, noun, &name) {
                        Some(201) => accepted.lock().expect("unbroken").push(name),
                        // There is a limit for each token: told, and not accepted.
                        Some(429) => std::thread::sleep(Duration::from_millis(50)),
                        Some(other) => panic!("{name} was answered {other}"),
                        None => {
                            lost.lock().expect("unbroken").push(name);
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
    (accepted.into_inner().expect("unbroken"), lost.into_inner().expect("unbroken"))
}

/// What was accepted is in the ledger, and what was lost is there once it was sent again.
fn nothing_is_lost(bed: &Bed, noun: Noun) {
    let server = Server::start(bed);
    let token = bed.token("ci", "report", "shop");
    let port = server.port;
    let (accepted, lost) = killed_under_load(server, &token, noun);
    eprintln!("{noun:?}: {} accepted in two seconds, {} lost", accepted.len(), lost.len());
    assert!(accepted.len() > 50, "only {} were accepted: there was no load", accepted.len());
    let server = Server::start_at(bed, port);
    for name in &lost {
        let again = report(port, &token, noun, name);
        assert!(matches!(again, Some(200 | 201)), "{name}: {again:?}");
    }
    server.stop().expect(0);
    let events = bed.events();
    for name in accepted.iter().chain(&lost) {
        let written = events.iter().filter(|event| noun.is_written(event, name)).count();
        // A result that was written and whose answer was lost is written again: the same evidence.
        let most = match noun {
            Noun::Releases => 1,
            Noun::Results if lost.contains(name) => 2,
            Noun::Results => 1,
        };
        assert!((1..=most).contains(&written), "{name} is written {written} times");
    }
    bed.verify_ledger();
}

#[test]
fn releases_that_were_accepted_before_a_kill_are_there_afterwards() {
    let bed = line(Line::default());
    bed.ready();
    nothing_is_lost(&bed, Noun::Releases);
}

#[test]
fn results_that_were_accepted_before_a_kill_are_there_afterwards() {
    let bed = line(Line::default());
    bed.ready();
    let configuration = bed.read("plimsoll.yaml");
    let reported =
        "    checks:\n      load: { reported: the load test, only: { environments: [staging] } }\n";
    bed.write("plimsoll.yaml", configuration.replace("    checks:\n", reported));
    nothing_is_lost(&bed, Noun::Results);
}

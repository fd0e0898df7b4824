//! Servers that accept and then behave badly.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use super::{found, verify, with_checks};

/// Serves every connection with `behave`, for as long as the test runs.
fn server(behave: fn(TcpStream)) -> String {
    let socket = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", socket.local_addr().expect("it is bound"));
    std::thread::spawn(move || {
        for stream in socket.incoming().flatten() {
            std::thread::spawn(move || behave(stream));
        }
    });
    url
}

fn hear(stream: &mut TcpStream) {
    let mut request = [0; 4096];
    let _ = stream.read(&mut request);
}

fn never_answers(mut stream: TcpStream) {
    hear(&mut stream);
    std::thread::sleep(Duration::from_secs(120));
}

fn one_byte_a_second(mut stream: TcpStream) {
    hear(&mut stream);
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n";
    if stream.write_all(answer).is_err() {
        return;
    }
    while stream.write_all(b"x").is_ok() {
        std::thread::sleep(Duration::from_secs(1));
    }
}

fn endless_body(mut stream: TcpStream) {
    hear(&mut stream);
    if stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").is_err() {
        return;
    }
    let chunk = [&b"10000\r\n"[..], &[b'x'; 0x10000], b"\r\n"].concat();
    while stream.write_all(&chunk).is_ok() {}
}

fn endless_headers(mut stream: TcpStream) {
    hear(&mut stream);
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
    while stream
        .write_all(b"X-Filler: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n")
        .is_ok()
    {}
}

fn garbage(mut stream: TcpStream) {
    hear(&mut stream);
    let _ = stream.write_all(b"\x00\x01\xff\xfeSSH-2.0-nonsense\r\n\r\n");
}

#[track_caller]
fn ends_failed(behave: fn(TcpStream), at_most: Duration) -> String {
    let url = server(behave);
    let bed = with_checks(&url, "      home: { http: /, within: 2s }\n");
    let output = verify(&bed).expect(10);
    assert!(output.took < at_most, "{}", output.whole());
    let (state, reason) = found(&output, "home");
    assert_eq!(state, "failed", "{reason}");
    bed.verify_ledger();
    reason
}

#[test]
fn server_that_accepts_and_never_answers_fails_at_the_time_limit() {
    let reason = ends_failed(never_answers, Duration::from_secs(10));
    assert!(reason.contains("within 2000 ms"), "{reason}");
}

#[test]
fn server_that_sends_a_byte_a_second_fails_at_the_time_limit() {
    let reason = ends_failed(one_byte_a_second, Duration::from_secs(10));
    assert!(reason.contains("within 2000 ms"), "{reason}");
}

#[test]
fn server_with_an_endless_body_fails_at_the_size_limit() {
    let reason = ends_failed(endless_body, Duration::from_secs(10));
    assert!(
        reason.contains("longer than 10000000 bytes") || reason.contains("within 2000 ms"),
        "{reason}"
    );
}

#[test]
fn server_with_endless_headers_or_garbage_fails() {
    ends_failed(endless_headers, Duration::from_secs(10));
    ends_failed(garbage, Duration::from_secs(10));
}

#[test]
fn observation_by_a_server_that_never_answers_is_bounded_too() {
    let url = server(never_answers);
    let bed = with_checks(&url, "      home: { command: [\"true\"] }\n");
    let text = bed.read("plimsoll.yaml").replace(
        "deploy: { files: { root: world } }",
        "deploy: { files: { root: world } }, observe: { http: /version, within: 1s }",
    );
    bed.write("plimsoll.yaml", text);
    let output = verify(&bed);
    assert_ne!(output.code, Some(0), "{}", output.whole());
    assert!(output.took < Duration::from_secs(15), "{}", output.whole());
}

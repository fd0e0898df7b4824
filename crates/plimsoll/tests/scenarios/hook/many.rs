//! Large pushes.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::bed::Server;

use super::Hubs;

/// A debug build on a busy machine; measured figures stand in docs/hook.md.
const AT_MOST: Duration = Duration::from_secs(20);

/// Gives the clone what `git fast-import` is told.
fn import(hubs: &Hubs, stream: &str) {
    let mut child = Command::new("git")
        .args(["fast-import", "--quiet", "--force"])
        .current_dir(hubs.bed.path("work"))
        .stdin(Stdio::piped())
        .spawn()
        .expect("git runs");
    child.stdin.take().expect("piped").write_all(stream.as_bytes()).expect("it reads");
    assert!(child.wait().expect("it ends").success());
}

/// How long the hook itself takes, without git's own work.
fn asked(hubs: &Hubs, new: &str, (key, value): (&str, &str)) -> (Duration, String) {
    hubs.push(&["origin", &format!("{new}:refs/heads/topic")]).expect(0);
    let old = hubs.at("production").expect("it is there");
    let mut command = hubs.bed.command(&["hook", "pre-receive"]);
    command
        .current_dir(hubs.bed.path("repo.git"))
        .env(key, value)
        .stdin(Stdio::piped())
        .stderr(Stdio::piped());
    let began = Instant::now();
    let mut child = command.spawn().expect("it runs");
    let line = format!("{old} {new} refs/heads/production\n");
    child.stdin.take().expect("piped").write_all(line.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    (began.elapsed(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// The variable that lets the hook ask the ledger here.
fn here(hubs: &Hubs) -> (&'static str, String) {
    ("PLIMSOLL_CONFIG", hubs.bed.path("plimsoll.yaml").display().to_string())
}

#[test]
fn ten_thousand_commits_are_one_question() {
    let hubs = Hubs::running();
    let mut stream = String::new();
    for number in 0..10_000 {
        let from = if number == 0 { "from refs/heads/staging\n" } else { "" };
        let text = format!("{number}\n");
        let _ = write!(
            stream,
            "commit refs/heads/long\ncommitter t <t@example.org> {} +0000\ndata 1\nx\n{from}M 644 inline hub/{}\ndata {}\n{text}\n",
            1_700_000_000 + number,
            number % 50,
            text.len(),
        );
    }
    import(&hubs, &stream);
    let new = hubs.work(&["rev-parse", "long"]);
    let server = Server::start(&hubs.bed);
    for asks in [here(&hubs), ("PLIMSOLL_SERVER", server.url())] {
        let (took, said) = asked(&hubs, &new, (asks.0, &asks.1));
        eprintln!("10,000 commits, {}: {} ms", asks.0, took.as_millis());
        assert!(said.contains("hub  50 files: hub/0, hub/1, hub/10 and 47 more"), "{said}");
        assert!(took < AT_MOST, "{took:?}");
    }
}

#[test]
fn a_hundred_thousand_changed_files_are_counted() {
    let hubs = Hubs::running();
    let mut stream = "blob\nmark :1\ndata 1\nx\n\
        commit refs/heads/wide\ncommitter t <t@example.org> 1700000000 +0000\ndata 1\nx\nfrom refs/heads/staging\n"
        .to_owned();
    for number in 0..100_000 {
        let folder = if number % 2 == 0 { "hub" } else { "data8" };
        let _ = writeln!(stream, "M 644 :1 {folder}/{}/{number}", number % 97);
    }
    import(&hubs, &stream);
    let new = hubs.work(&["rev-parse", "wide"]);
    let asks = here(&hubs);
    let (took, said) = asked(&hubs, &new, (asks.0, &asks.1));
    eprintln!("100,000 files: {} ms", took.as_millis());
    assert!(said.contains("hub    50000 files: "), "{said}");
    assert!(took < AT_MOST, "{took:?}");
}

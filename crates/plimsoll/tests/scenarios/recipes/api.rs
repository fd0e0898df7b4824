//! docs/api.md: its commands, in their order, against a real server.

use std::time::Duration;

use super::document::{text, typed};
use super::shell;
use crate::bed::{Bed, Line, Server, line, wait_until};

/// A shop whose targets take any release, since the document's is one file.
fn shop() -> Bed {
    let bed = line(Line { deploy_sleeps: "1", ..Line::default() });
    let configuration = bed.read("plimsoll.yaml").replace("platform: vm", "platform: hands");
    bed.write("plimsoll.yaml", &configuration);
    bed.add("shop@1.0", &[("index.html", "1.0")]).expect(0);
    bed.ok(&["deploy", "shop@1.0", "--to", "staging"]);
    bed.ok(&["verify", "shop@1.0", "--on", "staging"]);
    for target in ["nl", "in"] {
        bed.write(&format!("world/production/{target}/version"), "1.0");
    }
    bed.ok(&["adopt", "shop@1.0", "--on", "production"]);
    let reported = "    checks:\n      suite: { reported: { junit: true }, only: { environments: [staging], targets: [nl] } }\n      by-hand: { reported: a tester, only: { environments: [staging], targets: [nl] } }\n";
    bed.write("plimsoll.yaml", configuration.replace("    checks:\n", reported));
    bed.write("site.tar", "1.1");
    bed.write("junit.xml", super::GREEN);
    bed
}

/// What the document says, where it names a server, or the number of something, of its own.
struct Said<'a> {
    bed: &'a Bed,
    server: &'a Server,
    token: String,
    /// What a line has set that a later one uses.
    digest: String,
}

impl Said<'_> {
    /// A command line of a shell.
    fn run(&mut self, command: &str) {
        let hold = self.last("hold-placed").map_or(92, |seq| seq);
        let command = command
            .replace("http://127.0.0.1:7420", &self.server.url())
            .replace("/holds/92", &format!("/holds/{hold}"))
            .replace("curl -N ", "curl -N --max-time 1 ");
        // One that shows the status itself is asked before anything is known.
        let command = match command.contains("%{http_code}") {
            true => command,
            false => command.replace("curl -s ", "curl -s --fail-with-body "),
        };
        if command.starts_with("DIGEST=") {
            let set = shell(self.bed, "-e", &format!("{command}; echo $DIGEST"), &[]).expect(0);
            self.digest = set.stdout.trim().to_owned();
            return;
        }
        let variables = [("TOKEN", self.token.as_str()), ("DIGEST", &self.digest)];
        // Nothing ends a stream but the time that was set for it here.
        let code = if command.contains("--max-time") { 28 } else { 0 };
        shell(self.bed, "-e", &command, &variables).expect(code);
    }

    /// `METHOD PATH BODY`, as the document writes requests in short.
    fn ask(&self, request: &str) {
        let mut parts = request.splitn(3, ' ');
        let (method, path) = (parts.next().expect("a method"), parts.next().expect("a path"));
        let body = parts.next().unwrap_or_default().trim();
        if path.ends_with("/abort") {
            self.another_promotion();
        }
        let promotion = self.bed.under_way();
        let path = match promotion {
            Some(number) => path.replace("p-17", &number),
            None => path.to_owned(),
        };
        let answer = self.server.http(method, &path, Some(&self.token), body);
        assert!((200..300).contains(&answer.status), "{request}: {answer:?}");
        self.settled();
    }

    /// Something that can be aborted.
    fn another_promotion(&self) {
        self.bed.add("shop@1.2", &[("index.html", "1.2")]).expect(0);
        self.bed.ok(&["deploy", "shop@1.2", "--to", "staging"]);
        self.bed.run(&["verify", "shop@1.2", "--on", "staging"]).expect(11);
        let report =
            ["report", "shop/staging/nl", "suite", "--version", "1.2", "--junit", "junit.xml"];
        self.bed.ok(&report);
        let by_hand =
            ["report", "shop/staging/nl", "by-hand", "--version", "1.2", "--outcome", "passed"];
        self.bed.ok(&by_hand);
        let body = r#"{"release": "shop@1.2", "to": "production", "confirm": "shop/production"}"#;
        let begun = self.server.http("POST", "/api/v1/promotions", Some(&self.token), body);
        assert_eq!(begun.status, 201, "{begun:?}");
    }

    /// Waits until nothing is under way that the next line would be refused for.
    fn settled(&self) {
        wait_until("it has ended", Duration::from_secs(40), || {
            let kinds = self.bed.kinds();
            let count = |kind: &str| kinds.iter().filter(|one| *one == kind).count();
            self.bed.under_way().is_none() && count("verify-started") == count("verify-finished")
        });
    }

    fn last(&self, kind: &str) -> Option<u64> {
        let events = self.bed.events();
        let found = events.iter().rev().find(|event| event["kind"].get(kind).is_some());
        found.and_then(|event| event["seq"].as_u64())
    }
}

#[test]
fn the_document_of_the_api_does_what_it_says() {
    let bed = shop();
    let server = Server::start_closed(&bed);
    let token = bed.token("ada", "report,deploy,release", "");
    let document = text("api.md");
    let (document, _) = document.split_once("\n## Trying to break it").expect("the last section");
    let mut said = Said { bed: &bed, server: &server, token, digest: String::new() };
    let (mut commands, mut requests) = (0, 0);
    for line in typed(document) {
        match line.split(' ').next() {
            Some("curl") => {
                said.run(&line);
                commands += 1;
            }
            Some(word) if word.starts_with("DIGEST=") => said.run(&line),
            Some("plimsoll") => {
                bed.ok(&line.split_whitespace().skip(1).collect::<Vec<_>>());
            }
            Some("POST") => {
                said.ask(&line.split_whitespace().collect::<Vec<_>>().join(" "));
                requests += 1;
            }
            _ => panic!("`{line}` is nothing that this test runs"),
        }
    }
    assert!(commands >= 8 && requests >= 7, "{commands} commands, {requests} requests");
    bed.verify_ledger();
}

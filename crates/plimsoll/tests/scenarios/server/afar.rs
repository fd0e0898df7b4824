//! A command line that a server carries out answers as one that is carried out here.

use crate::bed::{Bed, Line, Server, line, promotion};

/// What only looks, and answers the same however often it is asked.
const LOOKS: [&[&str]; 9] = [
    &["status"],
    &["status", "shop"],
    &["gate", "shop@1.1", "--to", "production"],
    &["show", "shop@1.1"],
    &["show", "shop/staging/nl"],
    &["show", "shop/staging/nl/page"],
    &["release", "list", "shop"],
    &["follow-up", "shop"],
    &["promote", "shop@1.1", "--to", "production", "--dry-run"],
];

#[test]
fn every_answer_is_the_same_from_afar_to_the_byte() {
    let bed = line(Line::default());
    bed.ready();
    let server = Server::start(&bed);
    let token = bed.token("tester", "release,administer", "");
    for args in LOOKS {
        for format in ["text", "json"] {
            let args = [args, &["--format", format]].concat();
            // Numbers of decisions and moments of looking are equal only when nothing is new.
            bed.run(&args);
            let here = bed.run(&args);
            let there = server.afar(&bed, &token, &args);
            assert_eq!(there.code, here.code, "{}\n{}", there.whole(), here.whole());
            assert_eq!(without_moments(&there.stdout), without_moments(&here.stdout), "{args:?}");
            assert_eq!(there.stderr, here.stderr, "{args:?}");
        }
    }
}

/// A plan and a decision say when they were made; nothing else may differ.
fn without_moments(text: &str) -> String {
    let keep = |line: &&str| {
        !["\"at\":", "\"made\":", "\"digest\":", "\"proven-at\":"]
            .iter()
            .any(|key| line.contains(key))
    };
    text.lines().filter(keep).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_release_goes_from_another_machine_to_production_and_back() {
    let bed = line(Line::default());
    bed.running_everywhere("1.0");
    let server = Server::start(&bed);
    let token = bed.token("ada", "release,report,deploy", "");
    // Another folder, without configuration and ledger: all it has is the files and a token.
    let desk = Bed::new("");
    desk.write("dist/index.html", "1.1");
    let afar = |args: &[&str]| server.afar(&desk, &token, args);
    afar(&["release", "add", "shop@1.1", "dist", "--notes", "from afar"]).expect(0).says("Added");
    afar(&["deploy", "shop@1.1", "--to", "staging"]).expect(0);
    assert_eq!(bed.runs("staging", "nl"), "1.1");
    let verified = afar(&["verify", "shop@1.1", "--on", "staging"]).expect(0);
    assert!(verified.stderr.contains("page"), "progress comes as it happens: {}", verified.whole());
    afar(&["gate", "shop@1.1", "--to", "production"]).expect(0).says("Allowed");
    afar(&["promote", "shop@1.1", "--to", "production"])
        .expect(2)
        .says("there is no terminal to ask on");
    afar(&promotion("shop@1.1")).expect(0).says("Verified good");
    assert_eq!((bed.runs("production", "nl"), bed.runs("production", "in")), two("1.1"));
    let back = ["rollback", "shop/production", "--reason", "a try", "--confirm", "shop/production"];
    afar(&back).expect(0);
    assert_eq!((bed.runs("production", "nl"), bed.runs("production", "in")), two("1.0"));
    // Who did it is who the token is for, and not who asked for another name.
    bed.ok(&["history", "shop", "--all"]).says("ada");
    afar(&["--as", "eve", "status"]).expect(2).says("the token says who you are");
    bed.verify_ledger();
}

fn two(version: &str) -> (String, String) {
    (version.to_owned(), version.to_owned())
}

#[test]
fn what_belongs_here_is_not_done_there_and_a_server_that_is_away_is_said() {
    let bed = line(Line::default());
    let server = Server::start(&bed);
    let token = bed.token("ada", "release", "");
    server.afar(&bed, &token, &["check"]).expect(2).says("done where you are");
    server.afar(&bed, &token, &["gate", "shop@9.9", "--to", "production"]).expect(2);
    server.afar(&bed, &token, &["status", "--nonsense"]).expect(2);
    let port = server.port;
    server.stop().expect(0);
    let mut command = bed.command(&["status"]);
    command.env("PLIMSOLL_SERVER", format!("http://127.0.0.1:{port}"));
    let away = crate::bed::Running::start(command, &["status"]).wait();
    away.expect(69).says("does not answer");
}

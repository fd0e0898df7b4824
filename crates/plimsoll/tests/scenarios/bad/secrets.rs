//! Secrets in what people write: they are taken out of words, and refused in names.

use crate::bed::{Bed, Line, line};

const SECRET: &str = "hunter2-hunter2";

/// The line with a secret, and 1.0 everywhere, 1.1 on staging.
fn bed() -> Bed {
    let bed = line(Line::default());
    bed.ready();
    let configuration = bed.read("plimsoll.yaml");
    let secret = "secrets: { pw: \"file:pw.txt\" }\nroles: { editors: [tester] }";
    bed.write("plimsoll.yaml", format!("{secret}\n{configuration}"));
    bed.write("pw.txt", SECRET);
    bed
}

/// Neither on the screen nor anywhere in the ledger.
#[track_caller]
fn nowhere(bed: &Bed, args: &[&str], code: i32) {
    let output = bed.run(args).expect(code).lacks(SECRET);
    let ledger = bed.ok(&["ledger", "export"]).stdout;
    assert!(!ledger.contains(SECRET), "in the ledger after {}", output.whole());
}

#[test]
fn words_of_every_verb_are_written_down_and_shown_without_secrets() {
    let bed = bed();
    let why = format!("because of {SECRET} it is so");
    let why = why.as_str();
    bed.write("rel/new/index.html", "new");
    nowhere(&bed, &["release", "add", "shop@1.2", "rel/new", "--notes", why], 0);
    nowhere(&bed, &["sign-off", "shop@1.1", "--note", why], 0);
    let waive = ["waive", "shop@1.1", "--rule", "soak", "--until", "7d", "--reason", why];
    nowhere(&bed, &waive, 0);
    let given = bed.events().iter().rposition(|e| e["kind"].get("waiver-given").is_some());
    let given = (given.expect("it was given") + 1).to_string();
    nowhere(&bed, &["waive", "shop@1.1", "--withdraw", &given, "--reason", why], 0);
    let known = [
        "known-failure",
        "shop",
        "--check",
        "page",
        "--signature",
        why,
        "--test",
        why,
        "--ticket",
        why,
        "--until",
        "7d",
    ];
    nowhere(&bed, &known, 0);
    let known = bed.events().len().to_string();
    nowhere(&bed, &["known-failure", "shop", "--withdraw", &known, "--reason", why], 0);
    nowhere(&bed, &["freeze", "shop", "--until", "2h", "--reason", why], 0);
    let freeze = bed.events().len().to_string();
    nowhere(&bed, &["freeze", "shop", "--lift", &freeze, "--reason", why], 0);
    nowhere(&bed, &["hold", "shop", "--reason", why], 0);
    let promote = ["promote", "shop@1.1", "--to", "production", "--confirm", "shop/production"];
    nowhere(&bed, &[&promote[..], &["--break-glass", why]].concat(), 0);
    nowhere(&bed, &["follow-up", "shop", "--close", "all", "--reason", why], 0);
    nowhere(&bed, &["hold", "shop", "--release", "0", "--reason", why], 0);
    let back = ["rollback", "shop/production", "--confirm", "shop/production", "--reason", why];
    nowhere(&bed, &back, 0);
    nowhere(&bed, &["abort", "shop/production", "--reason", why], 10);
    for args in [&["history", "--all"][..], &["status"], &["history", "--format", "json"]] {
        bed.ok(args).lacks(SECRET);
    }
    // What was said around it is there.
    bed.ok(&["ledger", "export"]).says("because of [secret pw] it is so");
}

#[test]
fn a_command_line_that_is_wrong_does_not_repeat_a_secret() {
    let secret = "hunter2/of hunter2";
    let bed = bed();
    bed.write("pw.txt", secret);
    for args in [
        &["gate", "shop@hunter2/of hunter2", "--to", "production"][..],
        &["history", secret],
        &["gate", secret, "--to", "production", "--format", "json"],
        &["history", "--all", "--limit", secret],
        &["gate", "--nonsense=hunter2/of hunter2"],
        &[secret],
    ] {
        bed.run(args).expect(2).lacks("hunter2");
    }
}

#[test]
fn the_reason_of_an_abort_is_without_secrets() {
    let bed = line(Line { soak: "60s", ..Line::default() });
    bed.ready();
    let configuration = bed.read("plimsoll.yaml");
    bed.write("plimsoll.yaml", format!("secrets: {{ pw: \"file:pw.txt\" }}\n{configuration}"));
    bed.write("pw.txt", SECRET);
    let promotion = bed.spawn(&crate::bed::promotion("shop@1.1"));
    crate::bed::wait_until("it is under way", std::time::Duration::from_secs(20), || {
        bed.under_way().is_some()
    });
    bed.run(&["abort", "shop/production", "--reason", SECRET]).expect(0).lacks(SECRET);
    promotion.wait().lacks(SECRET);
    assert!(!bed.ok(&["ledger", "export"]).stdout.contains(SECRET));
}

#[test]
fn a_name_that_holds_a_secret_is_refused_and_not_repeated() {
    let bed = bed();
    let before = bed.events().len();
    bed.write("rel/new/index.html", "new");
    let version = format!("shop@{SECRET}");
    let artifact = format!("{SECRET}=rel/new");
    for args in [
        &["release", "add", &version, "rel/new"][..],
        &["release", "add", "shop@1.3", &artifact],
        &["adopt", &version, "--on", "production"],
        &["gate", &version, "--to", "production"],
        &["hold", "shop", "--reason", "why", "--as", SECRET],
        &["show", SECRET],
    ] {
        bed.run(args).expect(2).says("holds a secret").says("[secret pw]").lacks(SECRET);
    }
    assert_eq!(bed.events().len(), before);
}

//! What people say: reasons, confirmations, waivers that contradict.

use crate::bed::{Line, line};

#[test]
fn wrong_confirmation_changes_nothing() {
    let bed = line(Line::default());
    bed.ready();
    let before = bed.events().len();
    let base = ["promote", "shop@1.1", "--to", "production"];
    bed.run(&base).expect(2).says("--confirm shop/production").says("nothing was changed");
    for wrong in ["shop/staging", "production", "yes", "", "SHOP/PRODUCTION", "shop/production "] {
        let args = [&base[..], &["--confirm", wrong]].concat();
        bed.run(&args).expect(2).says("nothing was changed");
    }
    assert_eq!(bed.runs("production", "nl"), "1.0");
    let moved = bed
        .events()
        .iter()
        .skip(before)
        .any(|event| event["kind"].get("promotion-started").is_some());
    assert!(!moved);
    bed.promote("1.1").expect(0);
    bed.run(&["rollback", "shop/production"]).expect(2).says("nothing was changed");
    bed.run(&["rollback", "shop/production", "--confirm", "shop/staging"])
        .expect(2)
        .says("nothing was changed");
    assert_eq!(bed.runs("production", "nl"), "1.1");
}

#[test]
fn blank_reasons_are_refused() {
    let bed = line(Line::default());
    bed.ready();
    let before = bed.events().len();
    let long = "x".repeat(2_001);
    for reason in ["", "  ", "\t\n", &long] {
        bed.run(&["hold", "shop", "--reason", reason]).expect(2).says("--reason");
        bed.run(&["freeze", "shop", "--until", "2h", "--reason", reason])
            .expect(2)
            .says("--reason");
        bed.run(&["waive", "shop@1.1", "--rule", "soak", "--reason", reason, "--until", "7d"])
            .expect(2)
            .says("--reason");
        bed.run(&["abort", "shop/production", "--reason", reason]).expect(2).says("--reason");
        bed.run(&[
            "rollback",
            "shop/production",
            "--confirm",
            "shop/production",
            "--reason",
            reason,
        ])
        .expect(2)
        .says("--reason");
        let glass = [
            "promote",
            "shop@1.1",
            "--to",
            "production",
            "--confirm",
            "shop/production",
            "--break-glass",
            reason,
        ];
        bed.run(&glass).expect(2).says("--break-glass");
    }
    assert_eq!(bed.events().len(), before);
}

#[test]
fn ends_that_are_none_are_usage_errors() {
    let bed = line(Line::default());
    bed.ready();
    for end in ["yesterday", "2001-01-01", "-7d", "0s", "", "7", "99999999999999y", "2026-13-45"] {
        let until = format!("--until={end}");
        bed.run(&["waive", "shop@1.1", "--rule", "soak", "--reason", "why", &until])
            .expect(2)
            .says("--until");
    }
    bed.run(&["waive", "shop@1.1", "--rule", "nonsense", "--reason", "why", "--until", "7d"])
        .expect(2)
        .says("evidence");
    assert!(!bed.kinds().contains(&"waiver-given".to_owned()));
}

#[test]
fn two_waivers_that_contradict_both_stay_and_the_narrower_end_is_seen() {
    let bed = line(Line::default());
    bed.ready();
    // 1.1 is made red on staging, so that there is something to waive.
    bed.write("broken-staging-nl", "");
    bed.run(&["verify", "shop@1.1", "--on", "staging"]).expect(10);
    let gate = ["gate", "shop@1.1", "--to", "production"];
    bed.run(&gate).expect(10);
    let waive = |until: &str, reason: &str| {
        let args = [
            "waive", "shop@1.1", "--rule", "evidence", "--check", "page", "--reason", reason,
            "--until", until,
        ];
        bed.ok(&args)
    };
    waive("7d", "it is only the page");
    waive("2s", "it is never only the page");
    bed.ok(&gate).says("aived");
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    // The one that has ended does not end the other.
    bed.ok(&gate).says("aived");
    let granted = bed.events();
    let granted: Vec<String> = granted
        .iter()
        .filter(|event| event["kind"].get("waiver-given").is_some())
        .map(|event| event["seq"].to_string())
        .collect();
    assert_eq!(granted.len(), 2);
    // Taken back, it no longer covers anything, whatever the other said.
    bed.ok(&["waive", "shop@1.1", "--withdraw", &granted[0], "--reason", "the phone rang"]);
    bed.run(&gate).expect(10);
    // What is no waiver cannot be taken back.
    bed.run(&["waive", "shop@1.1", "--withdraw", "1", "--reason", "x"])
        .expect(10)
        .says("no waiver");
    bed.run(&["waive", "shop@1.1", "--withdraw", "99999", "--reason", "x"])
        .expect(10)
        .says("no waiver");
}

#[test]
fn words_of_people_cannot_paint_on_the_terminal() {
    let bed = line(Line::default());
    bed.ready();
    let paint = "a\u{1b}[2J\u{1b}]0;x\u{7}b\u{202e}c";
    bed.ok(&["hold", "shop", "--reason", paint]);
    for args in [
        &["status"][..],
        &["history"],
        &["gate", "shop@1.1", "--to", "production"],
        &["history", "--all"],
    ] {
        let output = bed.run(args);
        assert!(
            !output.stdout.contains('\u{1b}') && !output.stdout.contains('\u{7}'),
            "{:?}",
            output.stdout
        );
        assert!(!output.stdout.contains('\u{202e}'), "{:?}", output.stdout);
    }
}

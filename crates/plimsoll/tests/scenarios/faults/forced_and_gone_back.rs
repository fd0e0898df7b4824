//! A release that was forced in without evidence and went back asks nothing of the one that mends it.

use crate::bed::{Bed, Line, line};

/// Red in production while 1.1 runs there.
const RED_ON_1_1: &str = r#"
[ "$PLIMSOLL_ENVIRONMENT" = staging ] || ! grep -qx 1.1 world/production/in/version
"#;

/// 1.0 runs everywhere; 1.1 was never checked, was forced in, and has gone back by itself.
fn forced_and_gone_back() -> Bed {
    let bed = line(Line::default());
    bed.running_everywhere("1.0");
    bed.script("look", RED_ON_1_1);
    bed.add("shop@1.1", &[("index.html", "1.1")]).expect(0);
    bed.ok(&["deploy", "shop@1.1", "--to", "staging"]);
    let forced = ["promote", "shop@1.1", "--to", "production", "--confirm", "shop/production"];
    bed.run(&[&forced[..], &["--break-glass", "the shop is down"]].concat()).expect(20);
    for target in ["nl", "in"] {
        assert_eq!(bed.runs("production", target), "1.0");
    }
    bed
}

#[test]
fn what_it_left_open_is_moot_stays_to_be_seen_and_does_not_stop_the_mended_release() {
    let bed = forced_and_gone_back();
    bed.ok(&["history"]).says("moot").says("shop@1.1 was rolled back");
    bed.ok(&["follow-up", "shop"])
        .says("Nothing of shop is left open")
        .says("moot since")
        .says("was rolled back from every target of production");
    let listed = bed.ok(&["follow-up", "shop", "--format", "json"]).json();
    assert_eq!(listed["open"].as_array().map(Vec::len), Some(0), "{listed:#}");
    let moot = listed["moot"].as_array().expect("a list");
    assert_eq!(moot.len(), 2, "one check on two targets: {listed:#}");
    assert_eq!(moot[0]["what"]["release"], "shop@1.1");
    let id = moot[0]["what"]["id"].as_str().expect("a number");
    let close = ["follow-up", "shop", "--close", id, "--reason", "again"];
    assert_ne!(bed.run(&close).says("is moot").code, Some(0));
    bed.ok(&["status"]).lacks("left open");
    bed.on_staging("1.2");
    bed.promote("1.2").expect(0);
    for target in ["nl", "in"] {
        assert_eq!(bed.runs("production", target), "1.2");
    }
    bed.verify_ledger();
}

#[test]
fn the_last_words_of_a_broken_glass_are_that_it_was_broken_and_what_it_left_open() {
    let bed = line(Line::default());
    bed.running_everywhere("1.0");
    bed.add("shop@1.1", &[("index.html", "1.1")]).expect(0);
    bed.ok(&["deploy", "shop@1.1", "--to", "staging"]);
    let forced = ["promote", "shop@1.1", "--to", "production", "--confirm", "shop/production"];
    let glass = ["--target", "nl", "--quiet", "--break-glass", "the shop is down"];
    bed.run(&[&forced[..], &glass].concat())
        .expect(0)
        .says("BREAK-GLASS")
        .says("runs on 1 of 2 targets of")
        .says("2 follow-ups are left open")
        .says("→ plimsoll follow-up shop");
}

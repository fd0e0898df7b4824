//! What status and history say is so: nothing red, unverified or left behind is called well.

use std::time::Duration;

use crate::bed::{Line, line, promotion, wait_until};

#[test]
fn red_checks_are_on_the_board_and_in_the_answer_about_a_service() {
    let bed = line(Line::default());
    bed.running_everywhere("1.0");
    bed.ok(&["status"]).says("nothing waits");
    bed.write("broken-production-nl", "");
    bed.run(&["verify", "shop@1.0", "--on", "production"]).expect(10);
    for args in [&["status"][..], &["status", "shop"], &["show", "shop"]] {
        let output = bed.ok(args).lacks("nothing waits").says("page failed on nl");
        output.says("plimsoll show shop/production/nl");
    }
    for args in [&["status"][..], &["status", "shop"], &["show", "shop"]] {
        let json = bed.ok(&[args, &["--format", "json"]].concat()).json();
        assert_eq!(json["waiting"][0]["standing"], "failed", "{json:#}");
    }
}

#[test]
fn what_was_deployed_and_not_verified_waits() {
    let bed = line(Line::default());
    bed.running_everywhere("1.0");
    bed.add("shop@1.1", &[("index.html", "1.1")]).expect(0);
    bed.ok(&["deploy", "shop@1.1", "--to", "staging"]);
    bed.ok(&["status", "shop"])
        .says("not verified yet")
        .says("plimsoll verify shop@1.1 --on staging");
    bed.ok(&["verify", "shop@1.1", "--on", "staging"]);
    bed.ok(&["status", "shop"]).says("nothing waits");
}

#[test]
fn a_killed_promotion_is_called_interrupted_and_resume_is_named() {
    let bed = line(Line { soak: "60s", ..Line::default() });
    bed.ready();
    let running = bed.spawn(&promotion("shop@1.1"));
    wait_until("the first wave was verified", Duration::from_secs(30), || {
        bed.kinds().contains(&"wave-verified".to_owned())
    });
    bed.ok(&["status"]).says("moving").lacks("interrupted");
    let json = bed.ok(&["status", "shop", "--format", "json"]).json();
    assert_eq!(json["environments"][1]["driven"], true, "{json:#}");
    let id = bed.under_way().expect("it is under way");
    running.kill();
    bed.ok(&["show", &id])
        .says("the process that drove it")
        .says("plimsoll resume shop/production");
    for args in [&["status"][..], &["status", "shop"]] {
        bed.ok(args).says("interrupted").says("plimsoll resume shop/production");
    }
    let json = bed.ok(&["status", "shop", "--format", "json"]).json();
    assert_eq!(json["environments"][1]["driven"], false, "{json:#}");
    assert_eq!(json["waiting"][0]["standing"], "interrupted", "{json:#}");
    let json = bed.ok(&["show", &id, "--format", "json"]).json();
    assert_eq!(json["driven"], false);
}

#[test]
fn a_verification_is_one_line_of_history() {
    let bed = line(Line::default());
    bed.on_staging("1.0");
    bed.write("broken-staging-nl", "");
    bed.run(&["verify", "shop@1.0", "--on", "staging"]).expect(10);
    let output = bed.ok(&["history"]);
    assert_eq!(output.stdout.matches("shop@1.0, staging").count(), 2, "{}", output.whole());
    let output = output.says("verified").says("2 results passed").says("verification failed");
    output.says("1 of 2 passed; page failed on nl");
    let json = bed.ok(&["history", "--format", "json"]).json();
    assert_eq!(json["events"][0]["results"]["failed"], 1, "{json:#}");
    assert_eq!(json["truncated"], false);
}

#[test]
fn a_history_that_stops_says_so_and_how_to_go_on() {
    let bed = line(Line::default());
    bed.on_staging("1.0");
    let all = bed.ok(&["history", "--format", "json"]).json();
    let all: Vec<_> =
        all["events"].as_array().expect("a list").iter().map(|e| e["seq"].clone()).collect();
    assert!(all.len() >= 4, "{all:?}");
    let mut found = Vec::new();
    let mut before = None::<String>;
    loop {
        let more: Vec<&str> = before.iter().flat_map(|n| ["--before", n]).collect();
        let page = [&["history", "--limit", "1", "--format", "json"], more.as_slice()].concat();
        let page = bed.ok(&page).json();
        found.extend(page["events"].as_array().expect("a list").iter().map(|e| e["seq"].clone()));
        assert_eq!(page["truncated"], page["next"].is_u64(), "{page:#}");
        match page["next"].as_u64() {
            Some(next) => before = Some(next.to_string()),
            None => break,
        }
    }
    assert_eq!(found, all);
    bed.ok(&["history", "--limit", "2"]).says("older").says("plimsoll history --before");
    bed.ok(&["history"]).lacks("older");
}

#[test]
fn names_at_the_beginning_of_errors_stay_as_they_are() {
    let bed = line(Line::default());
    bed.ready();
    bed.run(&["sign-off", "shop@1.1"]).expect(10).says("✗ tester holds no role");
    bed.run(&["gate", "shop@1.1", "--to", "nowhere"]).expect(2).says("✗ shop has no environment");
    bed.run(&["status", "nope"]).expect(2).says("✗ There is no service");
}

#[test]
fn an_unknown_release_is_a_wrong_command_line_everywhere() {
    let bed = line(Line::default());
    bed.ready();
    for args in [
        &["gate", "shop@1.11", "--to", "production"][..],
        &["deploy", "shop@1.11", "--to", "staging"],
        &["promote", "shop@1.11", "--to", "production"],
        &["verify", "shop@1.11", "--on", "staging"],
        &["sign-off", "shop@1.11"],
        &["release", "show", "shop@1.11"],
        &["show", "shop@1.11"],
    ] {
        bed.run(args)
            .expect(2)
            .says("did you mean shop@1.1?")
            .says("plimsoll release add shop@1.11");
    }
}

#[test]
fn the_first_release_leads_to_what_production_runs() {
    let bed = line(Line::default());
    bed.add("shop@1.0", &[("index.html", "1.0")])
        .expect(0)
        .says("→ plimsoll adopt shop@1.0 --on production");
    bed.running_everywhere("1.0");
    bed.add("shop@1.1", &[("index.html", "1.1")]).expect(0).lacks("adopt").says("plimsoll deploy");
}

#[test]
fn an_adoption_that_is_red_says_what_was_recorded_and_what_not() {
    let bed = line(Line::default());
    bed.on_staging("1.0");
    bed.put_by_hand("1.0");
    bed.write("broken-production-nl", "");
    let adopt = ["adopt", "shop@1.0", "--on", "production"];
    bed.run(&adopt)
        .expect(10)
        .says("Adopted, not verified")
        .says("recorded: 1.0 runs on in, nl")
        .says("not recorded: that it is well on nl")
        .says("plimsoll verify shop@1.0 --on production");
    std::fs::remove_file(bed.path("broken-production-nl")).expect("it was written");
    bed.ok(&["verify", "shop@1.0", "--on", "production"]);
    bed.ok(&adopt).says("verified good");
}

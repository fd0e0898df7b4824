//! F09: the wrong hour. A window stops what enters, before every wave, and never what goes back.

use std::time::Duration;

use super::answer::{allows, refuses_exactly, requirement, unmet};
use super::shop::{Layout, PAGE, Shop, promotion};
use crate::bed::{Output, wait_until};

/// A moment so many seconds from now, as wall clock of a zone.
fn wall(zone: &str, seconds: i64) -> String {
    let mut date = std::process::Command::new("date");
    date.env("TZ", zone).arg(format!("--date=@{}", now() + seconds)).arg("+%Y-%m-%d %H:%M");
    let said = date.output().expect("date runs").stdout;
    String::from_utf8(said).expect("text").trim().to_owned()
}

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.expect("after 1970").as_secs()).expect("it fits")
}

/// A window of two hours around now by the wall clock of Los Angeles, which `zone` is said to be.
fn around_now(zone: &str, more: &str) -> String {
    let (from, to) = (wall("America/Los_Angeles", -3_600), wall("America/Los_Angeles", 3_600));
    format!(
        "- evidence: {{ max-age: 24h }}\n- freeze: {{ name: labs, from: \"{from}\", to: \"{to}\", zone: {zone}{more} }}"
    )
}

const ROLES: &str = "roles:\n  operators: [olga]\n  editors: [emil]\n";

fn layout(gate: &str) -> Layout<'_> {
    Layout {
        gate,
        promotion: "{ waves: [[nl-vm], rest], soak: 3s }",
        beside: ROLES,
        ..Layout::default()
    }
}

/// Release 1 everywhere and 2 on staging, both well.
fn with_candidate(gate: &str) -> Shop {
    let shop = Shop::running(&layout(gate));
    shop.add("2", PAGE);
    shop.staged("2");
    shop
}

/// The same, with a first wave that is watched for long enough for a window to begin.
fn with_slow_candidate(wait_at_most: &str) -> Shop {
    let promotion = format!("{{ waves: [[nl-vm], rest], soak: 6s, wait-at-most: {wait_at_most} }}");
    let gate = "- evidence: { max-age: 24h }";
    let shop = Shop::running(&Layout { promotion: &promotion, ..layout(gate) });
    shop.add("2", PAGE);
    shop.staged("2");
    shop
}

const LINE: &str = "freeze - - unmet";

#[test]
fn a_window_that_is_on_refuses_and_says_until_when_and_who_may_pass() {
    // Windows are told to the minute: both have to be of the same one.
    let (gate, until) = loop {
        let until = wall("America/Los_Angeles", 3_600);
        let gate = around_now("America/Los_Angeles", ", override-by: operators");
        if wall("America/Los_Angeles", 3_600) == until {
            break (gate, until);
        }
    };
    let shop = with_candidate(&gate);
    let clock = until.split(' ').nth(1).expect("a time");
    refuses_exactly(
        &shop.gate("2"),
        10,
        &[(LINE, &["labs, until", clock, " P"], "operators: pass it with a reason")],
    );
    shop.promote("2").expect(10);
    assert_eq!(shop.runs("production", "nl-vm"), "1");

    // Who does not hold the role is told so at once, and nothing is written.
    let waive = ["waive", "shop@2", "--rule", "freeze", "--until", "1h", "--reason", "it is small"];
    let refused = shop.bed.run(&[&waive[..], &["--as", "emil"]].concat()).expect(10);
    refused
        .says("emil may not override the freeze labs: only holders of operators may")
        .says("ask olga");
    refuses_exactly(&shop.gate("2"), 10, &[(LINE, &["labs, until"], "operators: pass it")]);
    // Who holds it needs a reason.
    let without = ["waive", "shop@2", "--rule", "freeze", "--until", "1h", "--as", "olga"];
    shop.bed.run(&without).expect(2);
    shop.bed.run(&[&without[..], &["--reason", " "]].concat()).expect(2);
    shop.bed.ok(&[&waive[..], &["--as", "olga"]].concat());
    // A waiver counts only while who gave it holds the role.
    let others = "roles:\n  operators: [otto]\n  editors: [emil]\n";
    shop.configure(&Layout { beside: others, ..layout(&gate) });
    refuses_exactly(&shop.gate("2"), 10, &[(LINE, &["olga waived it", "only operators may"], "")]);
    shop.configure(&layout(&gate));
    let allowed = allows(&shop.gate("2"));
    let waived = requirement(&allowed, "freeze - - waived");
    assert!(waived["reason"].as_str().expect("text").contains("it is small"), "{waived:#}");
    assert_eq!(waived["covers"]["state"], "unmet");
    assert_eq!(shop.promote("2").expect(0).json()["state"], "verified-good");
}

#[test]
fn a_window_that_names_nobody_is_passed_by_nobody() {
    let shop = with_candidate(&around_now("America/Los_Angeles", ""));
    let waive = ["waive", "shop@2", "--rule", "freeze", "--until", "1h", "--reason", "please"];
    let waive = [&waive[..], &["--as", "olga"]].concat();
    shop.bed.run(&waive).expect(10).says("Nobody may override the freeze labs");
    refuses_exactly(&shop.gate("2"), 10, &[(LINE, &["labs, until"], "ends by itself")]);
    // Nor is one that was given while the window still named somebody.
    shop.configure(&layout(&around_now("America/Los_Angeles", ", override-by: operators")));
    shop.bed.ok(&waive);
    shop.configure(&layout(&around_now("America/Los_Angeles", "")));
    refuses_exactly(&shop.gate("2"), 10, &[(LINE, &["nobody may"], "ends by itself")]);
}

#[test]
fn the_same_wall_clock_in_another_zone_and_another_service_are_no_fault() {
    // Half a day away from Los Angeles.
    let shop = with_candidate(&around_now("Asia/Kolkata", ""));
    let allowed = allows(&shop.gate("2"));
    requirement(&allowed, "freeze - - satisfied");
    assert_eq!(shop.promote("2").expect(0).json()["state"], "verified-good");

    // The window is the gate's of the one service, not of what stands beside it.
    let shop = with_candidate(&around_now("America/Los_Angeles", ""));
    let text = shop.bed.read("plimsoll.yaml");
    let (service, roles) = text.split_at(text.find("roles:").expect("there are roles"));
    let start = service.find("  shop:").expect("there is a shop");
    let blog = service[start..].replace("  shop:", "  blog:");
    let window = blog.lines().find(|line| line.contains("- freeze:")).expect("it has one");
    let blog = blog.replace(&format!("{window}\n"), "").replace("world/", "world/blog-");
    let blog =
        blog.replace("/staging/", "/blog-staging/").replace("/production/", "/blog-production/");
    shop.bed.write("plimsoll.yaml", format!("{service}{blog}{roles}"));
    for version in ["1", "2"] {
        let release = format!("blog@{version}");
        shop.bed.add(&release, PAGE).expect(0);
        shop.bed.ok(&["deploy", &release, "--to", "staging"]);
        shop.bed.ok(&["verify", &release, "--on", "staging"]);
        if version == "1" {
            let mut copy = std::process::Command::new("cp");
            copy.args(["-a", "world/blog-staging", "world/blog-production"])
                .current_dir(shop.bed.root());
            assert!(copy.status().expect("cp runs").success());
            shop.bed.ok(&["adopt", "blog@1", "--on", "production"]);
        }
    }
    shop.bed.ok(&["gate", "blog@2", "--to", "production"]);
    refuses_exactly(&shop.gate("2"), 10, &[(LINE, &["labs"], "")]);
}

#[test]
fn the_way_back_is_open_inside_a_window() {
    let shop = with_candidate("- evidence: { max-age: 24h }");
    shop.promote("2").expect(0);
    let gate = around_now("America/Los_Angeles", "");
    shop.configure(&layout(&gate));
    shop.bed.ok(&["freeze", "shop", "--until", "2h", "--reason", "labs are on"]);
    shop.bed.ok(&["hold", "shop", "--reason", "we look"]);
    shop.bed.ok(&["rollback", "shop/production", "--confirm", "shop/production"]);
    assert_eq!(shop.runs("production", "nl-vm"), "1");
    assert_eq!(shop.runs("production", "in-vm"), "1");
}

/// Freezes production from some seconds from now on, and starts a promotion.
fn frozen_during_the_first_wave(shop: &Shop) -> crate::bed::Running {
    let from = now() + 5;
    let mut date = std::process::Command::new("date");
    date.args(["-u", &format!("--date=@{from}"), "+%Y-%m-%dT%H:%M:%SZ"]);
    let from = String::from_utf8(date.output().expect("date runs").stdout).expect("text");
    shop.bed.ok(&[
        "freeze",
        "shop",
        "--to",
        "production",
        "--from",
        from.trim(),
        "--until",
        "2h",
        "--reason",
        "labs",
    ]);
    let release = promotion("shop@2");
    let mut running = shop.bed.spawn(&release);
    let began = std::time::Instant::now();
    wait_until("it waits before wave 2", Duration::from_secs(25), || {
        assert!(running.is_running(), "{}", shop.history());
        let status = shop.bed.run(&["status", "--format", "json"]);
        assert!(began.elapsed() < Duration::from_secs(24), "{}{}", status.whole(), shop.history());
        status.json()["waiting"][0]["standing"] == "waits"
    });
    assert_eq!(shop.runs("production", "nl-vm"), "2");
    assert_eq!(shop.runs("production", "in-vm"), "1", "wave 2 began inside the window");
    running
}

#[test]
fn a_window_that_begins_between_waves_stops_the_second_and_an_abort_goes_back() {
    let shop = with_slow_candidate("1h");
    let running = frozen_during_the_first_wave(&shop);
    let aborted = shop.bed.run(&["abort", "shop/production", "--reason", "not today"]);
    assert_eq!(aborted.code, Some(0), "{}", aborted.whole());
    let ended = running.wait().expect(20);
    assert_eq!(ended.json()["state"], "rolled-back");
    for target in ["nl-vm", "in-vm"] {
        assert_eq!(shop.runs("production", target), "1");
    }
    assert!(shop.history().contains("not today"));
}

#[test]
fn a_window_that_lasts_longer_than_a_promotion_may_wait_makes_it_go_back() {
    let shop = with_slow_candidate("3s");
    let ended = frozen_during_the_first_wave(&shop).wait().expect(20);
    let said = ended.json();
    assert_eq!(said["state"], "rolled-back");
    assert!(said["summary"].as_str().expect("text").contains("did not allow wave 2"), "{said:#}");
    assert_eq!(shop.runs("production", "nl-vm"), "1");
}

#[test]
fn a_window_that_is_lifted_lets_the_second_wave_go_on() {
    let shop = with_slow_candidate("1h");
    let running = frozen_during_the_first_wave(&shop);
    let gate = shop.gate("2").json();
    let line =
        unmet(&gate).into_iter().find(|line| line.starts_with("freeze")).expect("it is frozen");
    let event = requirement(&gate, &line)["evidence"]["id"].as_str().expect("an event").to_owned();
    shop.bed.ok(&["freeze", "shop", "--lift", &event, "--reason", "labs are over"]);
    let ended = running.wait().expect(0);
    assert_eq!(ended.json()["state"], "verified-good");
    assert_eq!(shop.runs("production", "in-vm"), "2");
}

/// Asks at a moment that is not now.
fn at(shop: &Shop, moment: &str, args: &[&str]) -> Output {
    let library = fake_clock().expect("libfaketime is there (apt-get install faketime)");
    shop.bed.run_with(
        &[
            ("LD_PRELOAD", &library),
            ("FAKETIME", &format!("@{moment}")),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ],
        args,
    )
}

/// Where the library is that gives a process another clock.
fn fake_clock() -> Option<String> {
    let folders = std::fs::read_dir("/usr/lib").ok()?.flatten();
    let places = folders.map(|folder| folder.path().join("faketime/libfaketime.so.1"));
    places.into_iter().find(|path| path.exists())?.to_str().map(str::to_owned)
}

#[test]
fn the_hour_that_comes_twice_is_inside_its_window_both_times() {
    let gate = "- evidence: { max-age: 24h }\n- freeze: { name: night, every: daily 01:00-02:00, zone: America/Los_Angeles }";
    let shop = Shop::open(&layout(gate));
    let mut minute = 0;
    // Each command a minute later, so that no evidence comes from the future.
    let mut step = |args: &[&str]| {
        minute += 1;
        at(&shop, &format!("2026-11-01 07:{minute:02}:00"), args).expect(0)
    };
    shop.bed.write("rel/1/index.html", "<h1>shop</h1>");
    step(&["release", "add", "shop@1", "rel/1"]);
    step(&["deploy", "shop@1", "--to", "staging"]);
    step(&["verify", "shop@1", "--on", "staging"]);
    for target in ["nl-vm", "in-vm"] {
        shop.put_by_hand("1", target);
    }
    step(&["adopt", "shop@1", "--on", "production"]);
    step(&["release", "add", "shop@2", "rel/1"]);
    step(&["deploy", "shop@2", "--to", "staging"]);
    step(&["verify", "shop@2", "--on", "staging"]);
    let ask = |moment: &str| {
        at(&shop, moment, &["gate", "shop@2", "--to", "production", "--format", "json"])
    };
    // Los Angeles goes from 01:59 PDT back to 01:00 PST at 09:00 UTC.
    allows(&ask("2026-11-01 07:59:00"));
    for twice in ["2026-11-01 08:30:00", "2026-11-01 09:30:00"] {
        let asked = ask(twice);
        assert!(asked.stdout.contains(&twice.replace(' ', "T")[..16]), "{}", asked.whole());
        refuses_exactly(
            &asked,
            10,
            &[(LINE, &["night, until 02:00 PST"], "ends by itself at 02:00 PST")],
        );
    }
    allows(&ask("2026-11-01 10:00:10"));
}

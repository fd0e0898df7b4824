//! OQ.3: a red check is run again where that tells something, and the gate says whose fault it is.

use serde_json::Value;

use super::answer::requirement;
use super::shop::{Layout, PAGE, Shop};

const PAGE_CHECK: &str = r#"page: { http: { path: /, contains: "<h1>" } }"#;

/// The requirement of a check on staging's nl-vm at the gate, and the words about it.
#[track_caller]
fn red(shop: &Shop, version: &str, check: &str, state: &str) -> (Value, String) {
    let gate = shop.gate(version);
    let line = format!("evidence shop/staging/nl-vm {check} {state}");
    let one = requirement(&gate.json(), &line).clone();
    let words = one["cause"]["reason"].as_str().unwrap_or_default().to_owned();
    (one, words)
}

fn shop(checks: &str) -> Shop {
    Shop::running(&Layout { checks, ..Layout::default() })
}

fn layout(checks: &str) -> Layout<'_> {
    Layout { checks, ..Layout::default() }
}

#[test]
fn what_is_green_in_production_is_a_regression_and_is_said_first() {
    let shop = shop(PAGE_CHECK);
    let feed = format!("a-feed: {{ http: /feed }}\n{PAGE_CHECK}");
    shop.configure(&layout(&feed));
    shop.add("2", &[("index.html", "<p>no heading</p>")]);
    shop.on_staging("2");
    let verified = shop.verify("2");
    assert_eq!(verified.code, Some(10), "{}", verified.whole());
    assert!(verified.stderr.contains("looking for the cause"), "{}", verified.whole());

    let (one, words) = red(&shop, "2", "page", "failed");
    assert_eq!(one["cause"]["cause"], "regression", "{one:#}");
    assert!(words.contains("green on production/nl-vm with 1"), "{words}");
    let (one, words) = red(&shop, "2", "a-feed", "failed");
    assert_eq!(one["cause"]["cause"], "was-red-before", "{one:#}");
    assert!(words.contains("on production/nl-vm since"), "{words}");

    // Of two red checks the release's fault comes first, whatever their names.
    let decision = shop.gate("2").json();
    let first = &decision["requirements"][0];
    assert_eq!(first["check"], "page", "{decision:#}");
    let summary = decision["summary"].as_str().expect("a sentence");
    assert!(summary.starts_with("Refused: page failed"), "{summary}");

    let run = one["evidence"]["id"].as_str().expect("a number");
    let shown = shop.bed.run(&["show", run, "--format", "json"]).json();
    let runs = shown["control"]["runs"].as_array().expect("a list");
    let asked: Vec<_> = runs.iter().map(|run| run["question"].as_str().expect("a word")).collect();
    assert_eq!(asked, ["again", "last-good"], "{shown:#}");
    let text = shop.bed.run(&["show", run]);
    assert!(text.stdout.contains("on production/nl-vm with 1"), "{}", text.whole());
}

#[test]
fn what_is_sometimes_red_is_flaky_and_counted() {
    let shop = shop(PAGE_CHECK);
    let toss = r#"only: { targets: [nl-vm] }, command: { shell: 'echo x >> tosses; test $(($(wc -l < tosses) % 2)) = 0' }"#;
    shop.configure(&layout(&format!("{PAGE_CHECK}\ntoss: {{ {toss} }}")));
    shop.add("2", PAGE);
    shop.on_staging("2");
    let verified = shop.verify("2");
    assert_eq!(verified.code, Some(10), "{}", verified.whole());
    let (one, words) = red(&shop, "2", "toss", "flaky");
    assert_eq!(
        (one["cause"]["cause"].as_str(), words.as_str()),
        (Some("flaky"), "3 of 5 runs were red")
    );
    let tosses = std::fs::read_to_string(shop.bed.path("tosses")).expect("it was run");
    assert_eq!(tosses.lines().count(), 5, "one run and four control runs");
}

#[test]
fn what_broke_under_both_is_the_environment() {
    let mut shop = Shop::open(&Layout::default());
    shop.serve_with("location = /shared { return 200 'ok'; }");
    let shared = format!("shared: {{ http: \"{}/shared\" }}\n{PAGE_CHECK}", shop.web.url("all"));
    shop.configure(&layout(&shared));
    shop.add("1", PAGE);
    shop.staged("1");
    shop.adopt("1");
    shop.serve_with("location = /shared { return 503; }");
    shop.add("2", PAGE);
    shop.on_staging("2");
    shop.verify("2");
    let (one, words) = red(&shop, "2", "shared", "failed");
    assert_eq!(one["cause"]["cause"], "environment", "{one:#}");
    assert!(words.contains("production/nl-vm with 1 is red now"), "{words}");
}

#[test]
fn a_check_that_was_changed_is_run_as_it_was_before() {
    let shop = shop(PAGE_CHECK);
    shop.configure(&layout(r#"page: { http: { path: /, contains: "<h2>" } }"#));
    let verified = shop.verify("1");
    assert_eq!(verified.code, Some(10), "{}", verified.whole());
    let cause = &verified.json()["results"][0]["cause"];
    assert_eq!(cause["cause"], "check-changed", "{cause:#}");
}

#[test]
fn a_command_goes_to_production_only_if_it_is_marked_safe_there() {
    let shop = shop(PAGE_CHECK);
    let suite = |safe: &str| {
        format!(
            "{PAGE_CHECK}\nsuite: {{ {safe}only: {{ sites: [nl] }}, command: {{ shell: 'echo $PLIMSOLL_ENVIRONMENT $PLIMSOLL_RELEASE >> where; test $PLIMSOLL_RELEASE = 1' }} }}"
        )
    };
    shop.configure(&layout(&suite("")));
    shop.add("2", PAGE);
    shop.on_staging("2");
    shop.verify("2");
    let (one, words) = red(&shop, "2", "suite", "failed");
    assert_eq!(one["cause"]["cause"], "unclear", "{one:#}");
    assert!(words.contains("safe-on-production"), "{words}");
    let ran = || std::fs::read_to_string(shop.bed.path("where")).expect("it was run");
    assert_eq!(ran(), "staging 2\nstaging 2\n");

    shop.configure(&layout(&suite("safe-on-production: true, ")));
    shop.verify("2");
    let (one, _) = red(&shop, "2", "suite", "failed");
    assert_eq!(one["cause"]["cause"], "regression", "{one:#}");
    let in_turn = "staging 2\nstaging 2\nproduction 1\nstaging 2\nproduction 1\n";
    assert!(ran().ends_with(in_turn), "{}", ran());
}

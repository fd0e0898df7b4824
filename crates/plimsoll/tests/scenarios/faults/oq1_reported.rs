//! OQ.1: a suite that others run counts like one of our own, and its absence is no pass.

use super::answer::{allows, refuses_exactly};
use super::shop::{Layout, PAGE, Shop};

const CHECKS: &str = "page: { http: { path: /, contains: \"<h1>\" } }\nsuite: { reported: { from: the nightly suite, min-tests: 2 }, only: { environments: [staging] } }";

const GREEN: &str =
    r#"<testsuite name="s"><testcase name="one"/><testcase name="two"/></testsuite>"#;
const SHORT: &str = r#"<testsuite name="s"><testcase name="one"/></testsuite>"#;
const RED: &str = r#"<testsuite name="s"><testcase name="one"/><testcase name="two"><failure message="no &lt;h1&gt;"/></testcase></testsuite>"#;

const NEXT: &str = "the nightly suite: plimsoll report";

/// A shop with release 1 everywhere and release 2 on staging, checked by plimsoll.
fn shop() -> Shop {
    let shop = Shop::open(&Layout { sites: &["nl"], checks: CHECKS, ..Layout::default() });
    for (name, file) in [("green", GREEN), ("short", SHORT), ("red", RED)] {
        shop.bed.write(&format!("{name}.xml"), file);
    }
    shop.add("1", PAGE);
    shop.on_staging("1");
    shop.adopt("1");
    shop.add("2", PAGE);
    shop.on_staging("2");
    let next =
        "the nightly suite: plimsoll report shop/staging/nl-vm suite --version 2 --junit FILE";
    let waits = shop.bed.run(&["verify", "shop@2", "--on", "staging"]).expect(11);
    waits.says("not reported yet; it comes from the nightly suite").says(next);
    shop
}

fn report(shop: &Shop, more: &[&str]) -> crate::bed::Output {
    let mut args = vec!["report", "shop/staging/nl-vm", "suite", "--version", "2"];
    args.extend(more);
    shop.bed.run(&args)
}

fn refuses(shop: &Shop, code: i32, state: &str, reason: &str) {
    let line = format!("evidence shop/staging/nl-vm suite {state}");
    refuses_exactly(&shop.gate("2"), code, &[(&line, &[reason], "")]);
}

#[test]
fn a_suite_that_others_run_is_waited_for_and_counts_once_it_is_reported() {
    let shop = shop();
    let missing = "not reported for this deployment yet; it comes from the nightly suite";
    let line = "evidence shop/staging/nl-vm suite not-run";
    refuses_exactly(&shop.gate("2"), 11, &[(line, &[missing], NEXT)]);
    report(&shop, &["--junit", "short.xml"]).expect(11);
    refuses(&shop, 11, "not-run", "1 test was executed, at least 2 must be");
    report(&shop, &["--junit", "red.xml"]).expect(10);
    refuses(&shop, 10, "failed", "1 of 2 tests failed: two: no <h1>");
    let url = "https://ci.example/runs/118";
    report(&shop, &["--junit", "green.xml", "--url", url]).expect(0).says("2 tests passed");
    allows(&shop.gate("2"));
    shop.bed.ok(&["show", "shop/staging/nl-vm/suite"]).says("by tester").says(url);
    // What it completed is verified good, and a verification counts it.
    assert!(shop.bed.kinds().iter().any(|kind| kind == "verified-good"));
    shop.verify("2").expect(0);
    // Of the next deployment it says nothing.
    shop.on_staging("2");
    shop.verify("2").expect(11);
    refuses(&shop, 11, "stale", "deployed again");
}

#[test]
fn a_report_that_is_not_of_this_deployment_is_refused_and_writes_nothing() {
    let shop = shop();
    let before = shop.bed.kinds().len();
    let other = ["report", "shop/staging/nl-vm", "suite", "--version", "1", "--junit", "green.xml"];
    shop.bed.run(&other).expect(10).says("2 is on shop/staging/nl-vm, not 1");
    let early = ["--junit", "green.xml", "--began", "2018-01-25T14:30:00Z"];
    report(&shop, &early).expect(10).says("suite ran before 2 was deployed");
    report(&shop, &["--outcome", "passed"]).expect(2).says("a JUnit file, not an outcome alone");
    shop.bed.write("half.xml", "<testsuite>");
    report(&shop, &["--junit", "half.xml"]).expect(2).says("cannot be read");
    report(&shop, &["--junit", "none.xml"]).expect(2).says("cannot be read");
    report(&shop, &["--junit", "green.xml", "--url", "javascript:alert(1)"]).expect(2);
    let ours = ["report", "shop/staging/nl-vm", "page", "--version", "2", "--outcome", "passed"];
    shop.bed.run(&ours).expect(10).says("plimsoll runs page itself");
    let there =
        ["report", "shop/production/nl-vm", "suite", "--version", "1", "--junit", "green.xml"];
    shop.bed.run(&there).expect(10).says("suite is not expected on shop/production/nl-vm");
    assert_eq!(shop.bed.kinds().len(), before, "nothing was written");
}

#[test]
fn only_who_may_report_it_does_and_the_refusal_names_them() {
    let shop = shop();
    report(&shop, &["--junit", "green.xml"]).expect(0);
    allows(&shop.gate("2"));
    let text = shop.bed.read("plimsoll.yaml").replace("min-tests: 2", "by: testers, min-tests: 2");
    shop.bed.write("plimsoll.yaml", format!("{text}roles: {{ testers: [shop-ci] }}\n"));
    shop.bed.ok(&["check"]);
    // Another circle is another check: what anybody reported does not count for it.
    refuses(&shop, 11, "stale", "the check was changed");
    let before = shop.bed.kinds().len();
    let refused = report(&shop, &["--junit", "green.xml"]).expect(10);
    refused.says("tester may not report suite; who may: testers (shop-ci)").says("--as");
    assert_eq!(shop.bed.kinds().len(), before, "nothing was written");
    report(&shop, &["--junit", "green.xml", "--as", "shop-ci"]).expect(0);
    allows(&shop.gate("2"));
}

#[test]
fn a_report_while_something_else_runs_there_is_of_the_wrong_version() {
    let shop = shop();
    let link = shop.bed.path("world/staging/nl-vm/current");
    std::fs::remove_file(&link).expect("it is there");
    std::os::unix::fs::symlink("releases/1", &link).expect("a link can be made");
    report(&shop, &["--junit", "green.xml"]).expect(10).says("1 answered, not 2");
}

//! What is served on staging is changed by hand after the deployment: what the checks look at is
//! then not the release, although it says so.

use std::fs;

use super::answer::{allows, refuses_exactly};
use super::shop::{FILES, Layout, Shop};

const LINE: &str = "evidence shop/staging/nl-vm page wrong-version";

fn with_a_candidate(layout: &Layout<'_>) -> Shop {
    let shop = Shop::running(layout);
    shop.add("2", &[("index.html", "<h1>two</h1>"), ("about.html", "<h1>us</h1>")]);
    shop.on_staging("2");
    shop
}

fn served(shop: &Shop, file: &str) -> std::path::PathBuf {
    shop.bed.path(&format!("world/staging/nl-vm/current/{file}"))
}

#[test]
fn bytes_changed_before_the_checks_are_no_evidence_for_the_release() {
    let shop = with_a_candidate(&Layout { sites: &["nl"], ..Layout::default() });
    fs::write(served(&shop, "index.html"), "<h1>by hand</h1>").expect("written");
    let verified = shop.verify("2");
    assert_ne!(verified.code, Some(0), "{}", verified.whole());
    let says: &[&str] = &["an altered 2", "index.html was changed"];
    refuses_exactly(&shop.gate("2"), 10, &[(LINE, says, "plimsoll deploy shop@2 --to staging")]);
    // The release itself, put there again, is what can be checked.
    shop.bed.ok(&["deploy", "shop@2", "--to", "staging"]);
    shop.verify("2").expect(0);
    allows(&shop.gate("2"));
    shop.promote("2").expect(0);
}

#[test]
fn bytes_changed_after_the_checks_take_their_evidence_away_until_they_are_back() {
    let shop = with_a_candidate(&Layout { sites: &["nl"], ..Layout::default() });
    shop.verify("2").expect(0);
    allows(&shop.gate("2"));
    fs::remove_file(served(&shop, "about.html")).expect("removed");
    let says: &[&str] = &["an altered 2", "about.html is missing"];
    refuses_exactly(&shop.gate("2"), 10, &[(LINE, says, "plimsoll deploy shop@2 --to staging")]);
    shop.bed.run(&["history"]).expect(0).says("drifted").says("about.html is missing");
    fs::write(served(&shop, "about.html"), "<h1>us</h1>").expect("written");
    // The question that sees the end of a drift writes it down; the next one is free of it.
    shop.bed.run(&["gate", "shop@2", "--to", "production"]);
    allows(&shop.gate("2"));
}

#[test]
fn what_the_site_itself_writes_is_declared_and_disturbs_nothing() {
    let platform = FILES.replace("files: {", "files: { mutable: [cache/**],");
    let platforms = &[("vm", platform.as_str())][..];
    let shop = with_a_candidate(&Layout { sites: &["nl"], platforms, ..Layout::default() });
    fs::create_dir(served(&shop, "cache")).expect("made");
    fs::write(served(&shop, "cache/page"), "cached").expect("written");
    shop.verify("2").expect(0);
    allows(&shop.gate("2"));
    fs::write(served(&shop, "shell.php"), "").expect("written");
    let says: &[&str] = &["shell.php was added", "mutable:"];
    refuses_exactly(&shop.gate("2"), 10, &[(LINE, says, "plimsoll deploy shop@2 --to staging")]);
}

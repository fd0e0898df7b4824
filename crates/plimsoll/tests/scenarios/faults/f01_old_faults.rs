//! F01 on a site that has lived for years: what was wrong before is no fault of the release, what is
//! new is, and the pictures show it.

use super::answer::requirement;
use super::shop::{Layout, Shop};

/// A picture has been missing for years.
const OLD: &str = "<!doctype html><title>shop</title><link rel=stylesheet href=style.css>\
    <h1>shop</h1><img src=old.png alt=''><p>words";
const CSS: &str = "h1 { background: #252; color: #fff; height: 200px }";

#[test]
fn an_old_fault_fails_no_release_a_new_one_does_and_the_pictures_show_it() {
    let shop = Shop::open(&Layout { sites: &["nl"], ..Layout::default() });
    shop.add("1", &[("index.html", OLD), ("style.css", CSS)]);
    shop.staged("1");
    shop.adopt("1");
    shop.configure(&Layout { sites: &["nl"], checks: "home: { page: / }", ..Layout::default() });

    // Nobody has written a word about the old fault, and the release goes all the way.
    let other_words = OLD.replace("<p>words", "<p>other words");
    shop.add("2", &[("index.html", &other_words), ("style.css", CSS)]);
    shop.on_staging("2");
    let verified = shop.verify("2");
    assert_eq!(verified.code, Some(0), "{}", verified.whole());
    shop.promote("2").expect(0);

    // The third release forgot its style sheet, and lost one more picture.
    let third = format!("{other_words}<img src=new.png alt=''>");
    shop.add("3", &[("index.html", &third)]);
    shop.on_staging("3");
    assert_eq!(shop.verify("3").code, Some(10));
    let gate = shop.gate("3").json();
    let one = requirement(&gate, "evidence shop/staging/nl-vm home failed");
    let run = one["evidence"]["id"].as_str().expect("a number").to_owned();
    let shown = shop.bed.run(&["show", &run, "--format", "json"]).json();
    let attempts = shown["attempts"].as_array().expect("a list");
    let failed = attempts.last().expect("one")["cases"]["failed"].as_array().expect("a list");
    let tests: Vec<_> = failed.iter().map(|case| case["test"].as_str().expect("a text")).collect();
    assert!(tests.iter().any(|test| test.contains("style.css answers 404")), "{shown:#}");
    assert!(tests.iter().any(|test| test.contains("new.png answers 404")), "{shown:#}");
    assert!(tests.iter().all(|test| !test.contains("old.png")), "{shown:#}");

    // Where the pictures are is said, and they are written out.
    let text = shop.bed.run(&["show", &run]);
    assert!(
        text.stdout.contains(&format!("plimsoll show {run} --pictures DIR")),
        "{}",
        text.whole()
    );
    let folder = shop.bed.path("looked");
    let folder = folder.to_str().expect("a plain path");
    let text = shop.bed.run(&["show", &run, "--pictures", folder]);
    assert!(text.stdout.contains("what changed, framed"), "{}", text.whole());
    for name in ["desktop.png", "desktop-before.png", "desktop-framed.png"] {
        let bytes = std::fs::read(shop.bed.path(&format!("looked/{name}"))).expect(name);
        assert!(bytes.starts_with(b"\x89PNG"), "{name}");
    }
}

#[test]
fn a_style_sheet_that_was_lost_on_production_stays_red_until_it_is_back_and_the_way_back_is_green()
{
    let checks = "home: { page: / }";
    let mut shop = Shop::open(&Layout { sites: &["nl"], checks, ..Layout::default() });
    let links = "<link rel=stylesheet href=style.css><link rel=stylesheet href=bar.css>";
    let page = format!("<!doctype html><title>shop</title>{links}<h1>shop</h1><p>words");
    let bar = ("bar.css", "h1 { border-bottom: 6px solid #e8751a }");
    shop.add("1", &[("index.html", &page), ("style.css", CSS), bar]);
    shop.staged("1");
    shop.adopt("1");
    let verify = |shop: &Shop, version: &str| {
        shop.bed.run(&["verify", &format!("shop@{version}"), "--on", "production"])
    };
    verify(&shop, "1").expect(0);

    shop.serve_with("sub_filter '<link rel=stylesheet href=bar.css>' '';");
    for look in 1..=3 {
        let looked = verify(&shop, "1");
        assert_eq!(looked.code, Some(10), "look {look}: {}", looked.whole());
        assert!(
            looked.stdout.contains("bar.css of the good page"),
            "look {look}: {}",
            looked.whole()
        );
        assert!(!looked.stdout.contains("flaky"), "look {look}: {}", looked.whole());
        assert!(!looked.stdout.contains("test red"), "it is no test: {}", looked.whole());
    }
    shop.serve_with("");
    verify(&shop, "1").expect(0);

    // The next release has one more; going back from it is going back to what was good.
    let more = page.replace("<h1>", "<link rel=stylesheet href=more.css><h1>");
    let sheet = ("more.css", "p { letter-spacing: 3px }");
    shop.add("2", &[("index.html", &more), ("style.css", CSS), bar, sheet]);
    shop.staged("2");
    shop.promote("2").expect(0);
    verify(&shop, "2").expect(0);
    shop.bed.ok(&["rollback", "shop/production", "--to", "1", "--confirm", "shop/production"]);
    verify(&shop, "1").expect(0);
}

//! A release that changes the look on purpose: red on staging, until somebody says that it is meant. That
//! covers its pictures, in this release, and nothing that its style sheets lost.

use super::shop::{Layout, Shop};

const CARDS: &str = "<!doctype html><html lang=en><title>shop</title><link rel=stylesheet href=style.css>\
    <div class=hero>Forests and paper</div><div class=card>Some words that people read each day</div>\
    <div class=card>More words that people read each day</div>";
const CSS: &str = "body { margin: 0 } .hero { background: #e40; color: #fff; padding: 60px; font-size: 40px }\
    .card { padding: 20px; border: 1px solid #333 }";
const NEW: &str = "body { margin: 0; background: #112; color: #eee; font-family: serif }\
    .hero { background: #024; color: #fd0; padding: 20px; font-size: 70px; text-align: center }\
    .card { padding: 90px; border: 9px solid #666 }";

#[test]
fn a_look_that_is_meant_passes_in_its_release_and_covers_nothing_that_is_lost() {
    let checks = "home: { page: / }";
    let shop = Shop::open(&Layout { sites: &["nl"], checks, ..Layout::default() });
    shop.add("1", &[("index.html", CARDS), ("style.css", CSS)]);
    shop.staged("1");
    shop.adopt("1");

    shop.add("2", &[("index.html", CARDS), ("style.css", NEW)]);
    shop.on_staging("2");
    let red = shop.verify("2");
    assert_eq!(red.code, Some(10), "{}", red.whole());
    assert!(red.stdout.contains("/ has lost its style"), "{}", red.whole());
    let meant = |version: &str| {
        let words = ["known-failure", "shop", "--check", "home", "--look", version];
        let more = ["--ticket", "DESIGN-7, the new dress", "--until", "30d"];
        shop.bed.run(&[&words[..], &more[..]].concat())
    };
    meant("2").expect(0);
    let known = shop.verify("2");
    assert_eq!(known.code, Some(0), "{}", known.whole());
    assert!(known.stdout.contains("known-failure"), "{}", known.whole());
    let gate = shop.gate("2");
    assert!(gate.stdout.contains("DESIGN-7, the new dress by"), "{}", gate.whole());

    // The next release has that look too, and it was meant for another one.
    shop.add("3", &[("index.html", CARDS), ("style.css", NEW)]);
    shop.on_staging("3");
    assert_eq!(shop.verify("3").code, Some(10));

    // What a sheet did and does no more is another failure.
    shop.add("4", &[("index.html", CARDS), ("style.css", ".q { color: red }")]);
    shop.on_staging("4");
    meant("4").expect(0);
    let lost = shop.verify("4");
    assert_eq!(lost.code, Some(10), "{}", lost.whole());
    assert!(lost.stdout.contains("style.css does no more what it did"), "{}", lost.whole());
    // A look is of a release that there is.
    meant("9").expect(2);
}

#[test]
fn a_look_cannot_be_put_off_by_its_words() {
    let shop =
        Shop::open(&Layout { sites: &["nl"], checks: "home: { page: / }", ..Layout::default() });
    shop.add("1", &[("index.html", CARDS), ("style.css", CSS)]);
    shop.staged("1");
    shop.adopt("1");
    shop.add("2", &[("index.html", CARDS), ("style.css", NEW)]);
    shop.on_staging("2");
    shop.verify("2");
    let test = "/staging/nl-vm/current/ has lost its style: <n> of the picture changed beside the good page";
    let from = "shop/staging/nl-vm";
    let words = ["known-failure", "shop", "--check", "home", "--from", from, "--test", test];
    let refused = shop.bed.run(&[&words[..], &["--ticket", "X-1", "--until", "30d"]].concat());
    assert_eq!(refused.code, Some(2), "{}", refused.whole());
    assert!(refused.stderr.contains("--look 2"), "{}", refused.whole());
}

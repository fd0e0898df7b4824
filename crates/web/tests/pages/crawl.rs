//! Every page that a link leads to answers, says what it is, holds no style and no script of its
//! own, and none of what others wrote is markup in it.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_web::router;

use crate::fleet::{HOSTILE, fleet};
use crate::visit::{Browser, Page, attributes};

/// What a page of ours never holds: everything of it would come from outside.
const NEVER: [&str; 8] =
    ["<script", " style=\"", "<style", "javascript:", "<img", "\u{202e}", "\u{2066}", "\u{7}"];

/// Walks from the board to wherever links lead. Gives every page by its address.
async fn crawl(browser: &Browser) -> BTreeMap<String, Page> {
    let mut waiting: Vec<String> = vec!["/".to_owned(), "/marks".to_owned()];
    let mut seen: BTreeSet<String> = waiting.iter().cloned().collect();
    let mut pages = BTreeMap::new();
    while let Some(address) = waiting.pop() {
        let page = browser.get(&address).await;
        if page.is_html() {
            let text = page.text();
            for link in attributes(&text, "href") {
                assert!(link.starts_with('/') || link.starts_with('#'), "{address}: {link}");
                let place = link.split('#').next().unwrap_or_default().to_owned();
                if !place.is_empty() && seen.insert(place.clone()) {
                    waiting.push(place);
                }
                if let (Some(id), true) = (link.strip_prefix('#'), link.starts_with('#')) {
                    assert!(text.contains(&format!("id=\"{id}\"")), "{address}: no {link}");
                }
            }
        }
        pages.insert(address, page);
    }
    pages
}

/// The one script that there is, on pages where something moves.
const OURS: &str = "<script src=\"/static/live.js?v=";

fn examine(address: &str, page: &Page) {
    let goes_on = page.status == axum::http::StatusCode::SEE_OTHER;
    assert!(page.status.is_success() || goes_on, "{address}: {} {}", page.status, page.text());
    if goes_on || !page.is_html() {
        return;
    }
    let text = page.text();
    let but_ours = text.replacen(OURS, "", 1);
    for never in NEVER {
        assert!(!but_ours.contains(never), "{address} holds {never:?}");
    }
    let title = text.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next());
    assert!(title.is_some_and(|title| title.trim().len() > " · plimsoll".len()), "{address}");
    assert_eq!(text.matches("<h1").count(), 1, "{address} has one answer");
    assert!(text.contains("class=\"skip\" href=\"#main\""), "{address}");
    assert!(text.contains("<time datetime=\""), "{address}: as of when?");
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{address}");
    // Ids are unique, and every label belongs to a field.
    let ids = attributes(&text, "id");
    let unique: BTreeSet<_> = ids.iter().collect();
    assert_eq!(ids.len(), unique.len(), "{address}: {ids:?}");
    for label in attributes(&text, "for") {
        assert!(unique.contains(&label), "{address}: nothing is labelled by {label}");
    }
    for form in text.split("<form").skip(1) {
        let form = form.split("</form>").next().unwrap_or_default();
        if form.contains("method=\"post\"") && !form.contains("action=\"/sign-in\"") {
            assert!(form.contains("name=\"form_token\" value=\"sha256:"), "{address}: {form}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_link_answers_and_nothing_from_outside_is_markup() {
    let fleet = fleet(3).await;
    let router = router(&fleet.site);
    for browser in [Browser::new(&router), Browser::signed_in(&router, &fleet.all).await] {
        let pages = crawl(&browser).await;
        assert!(pages.len() > 150, "{} pages", pages.len());
        for (address, page) in &pages {
            examine(address, page);
        }
        let all: String = pages.values().filter(|page| page.is_html()).map(Page::text).collect();
        assert!(all.contains("&#60;script&#62;alert(1)"), "what is hostile is shown, as text");
        for kind in ["/gate/", "/runs/", "/decisions/", "/promotions/", "/targets/", "/blobs/"] {
            assert!(pages.keys().any(|address| address.starts_with(kind)), "{kind}");
        }
    }
    assert!(HOSTILE.contains("<script"));
}

#[tokio::test(start_paused = true)]
async fn what_is_not_there_is_a_page_in_the_same_house() {
    let fleet = fleet(0).await;
    let router = router(&fleet.site);
    let browser = Browser::new(&router);
    for (address, status) in [
        ("/nothing", 404),
        ("/releases/planet4@9.9", 404),
        ("/releases/%3Cscript%3E", 404),
        ("/runs/r-999999", 404),
        ("/runs/r-1", 404),
        ("/decisions/g-1", 404),
        ("/promotions/p-1", 404),
        ("/targets/planet4/staging/nowhere", 404),
        ("/services/nobody", 404),
        ("/gate/planet4@1.23/staging", 422),
        ("/gate/planet4@1.23/production?at=yesterday", 422),
        ("/gate/planet4@1.23/production?at=2999-01-01", 422),
        ("/history?before=x", 422),
    ] {
        let page = browser.get(address).await;
        assert_eq!(page.status.as_u16(), status, "{address}: {}", page.text());
        let text = page.text();
        assert!(page.is_html() && text.contains("class=\"verdict"), "{address}");
        assert!(!text.contains("<script"), "{address}");
    }
}

#[tokio::test(start_paused = true)]
async fn pictures_belong_to_a_run_and_are_kept_by_the_browser() {
    let fleet = fleet(0).await;
    let browser = Browser::new(&router(&fleet.site));
    let page = browser.get(&format!("/runs/{}", fleet.pictured)).await.text();
    assert!(page.contains("class=\"frame\""), "changes are framed");
    let picture = attributes(&page, "href").into_iter().find(|href| href.starts_with("/blobs/"));
    let picture = picture.expect("it shows pictures");
    let found = browser.get(&picture).await;
    assert_eq!(found.header("content-type"), "image/png");
    assert!(found.header("cache-control").contains("immutable"));
    assert!(found.body.starts_with(b"\x89PNG"));
    let (path, _) = picture.split_once('?').expect("it names its run");
    assert_eq!(browser.get(path).await.status.as_u16(), 422, "without its run");
    let other = format!("/blobs/{}.png?run={}", crate::fleet::elsewhere(), fleet.pictured);
    assert_eq!(browser.get(&other).await.status.as_u16(), 404);
    let output = browser.get(&format!("/runs/{}/output", fleet.pictured)).await;
    assert!(output.header("content-type").starts_with("text/plain"));
    assert!(output.header("content-security-policy").contains("sandbox"));
}

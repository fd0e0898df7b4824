use serde_json::{Value, json};

use super::*;

const PAGE: &str = "http://nl.example/";

fn ask(recorder: &mut Recorder, id: &str, url: &str, kind: &str) {
    let loader = if kind == "Document" { id } else { "main" };
    recorder.apply(
        "Network.requestWillBeSent",
        &json!({ "requestId": id, "loaderId": loader, "frameId": "frame", "type": kind,
                 "timestamp": 1.0, "request": { "url": url } }),
    );
}

fn answer(recorder: &mut Recorder, id: &str, kind: &str, status: u16, mime: &str) {
    let response = json!({ "status": status, "mimeType": mime });
    let event = json!({ "requestId": id, "type": kind, "response": response });
    recorder.apply("Network.responseReceived", &event);
    let end = json!({ "requestId": id, "timestamp": 1.25, "encodedDataLength": 500.0 });
    recorder.apply("Network.loadingFinished", &end);
}

fn page() -> Recorder {
    let mut recorder = Recorder::new("frame");
    ask(&mut recorder, "main", PAGE, "Document");
    recorder
        .apply("Page.frameNavigated", &json!({ "frame": { "id": "frame", "loaderId": "main" } }));
    answer(&mut recorder, "main", "Document", 200, "text/html");
    recorder
}

fn seen(sheets: Value) -> Seen {
    serde_json::from_value(json!({ "url": PAGE, "sheets": sheets })).expect("fits")
}

fn words(facts: &PageFacts, expected: &Expected, good: Option<&PageFacts>) -> Vec<String> {
    judge(facts, expected, good).into_iter().map(|finding| finding.words).collect()
}

fn found(recorder: &Recorder, sheets: Value) -> Vec<String> {
    let mut facts = recorder.facts(Some(&seen(sheets)));
    facts.asked = PAGE.to_owned();
    words(&facts, &Expected::default(), None)
}

#[test]
fn a_style_sheet_is_told_once_with_its_reason() {
    let css = "http://nl.example/style.css";
    let sheet = json!([{ "url": css, "applied": false, "rules": null }]);
    let mut recorder = page();
    ask(&mut recorder, "1", css, "Stylesheet");
    assert_eq!(
        found(&recorder, sheet.clone()),
        ["the style sheet /style.css had not arrived when the time was over"]
    );
    answer(&mut recorder, "1", "Stylesheet", 200, "text/css");
    assert_eq!(
        found(&recorder, sheet.clone()),
        ["the style sheet /style.css arrived, but the browser does not use it"]
    );
    let log =
        format!("Failed to find a valid digest in the 'integrity' attribute for resource '{css}'");
    recorder.apply("Log.entryAdded", &json!({ "entry": { "level": "error", "text": log } }));
    assert_eq!(
        found(&recorder, sheet),
        [
            "the style sheet /style.css is blocked: its content does not fit the integrity that the page asks"
        ]
    );
}

#[test]
fn a_style_sheet_that_the_browser_refuses_was_not_given_up_by_the_page() {
    let css = "http://nl.example/style.css";
    let mut recorder = page();
    ask(&mut recorder, "1", css, "Stylesheet");
    let gone = json!({ "requestId": "1", "canceled": true, "errorText": "net::ERR_ABORTED" });
    recorder.apply("Network.loadingFailed", &gone);
    let log = format!(
        "Refused to apply style from '{css}' because its MIME type ('text/plain') is not a supported stylesheet MIME type"
    );
    recorder.apply("Log.entryAdded", &json!({ "entry": { "level": "error", "text": log } }));
    assert_eq!(
        found(&recorder, json!([{ "url": css, "applied": true, "rules": null }])),
        ["the style sheet /style.css is refused: its type is text/plain"]
    );
    let sheets = seen(json!([{ "url": css, "applied": true, "rules": null }]));
    let facts = recorder.facts(Some(&sheets));
    assert_eq!(facts.applied_sheets(), 0, "the browser keeps an empty one in its place");
    assert!(!facts.style_sheets[0].applied);
}

#[test]
fn an_answer_that_the_browser_refuses_to_show_has_its_status_all_the_same() {
    let css = "http://nl.example/style.css";
    for (status, said) in [
        (404, "the style sheet /style.css answers 404"),
        (200, "the style sheet /style.css is refused: its type is text/html"),
    ] {
        let mut recorder = page();
        ask(&mut recorder, "1", css, "Stylesheet");
        let extra = json!({ "requestId": "1", "statusCode": status });
        recorder.apply("Network.responseReceivedExtraInfo", &extra);
        let gone = json!({ "requestId": "1", "canceled": true, "errorText": "net::ERR_ABORTED" });
        recorder.apply("Network.loadingFailed", &gone);
        let log =
            format!("Refused to apply style from '{css}' because its MIME type ('text/html')");
        recorder.apply("Log.entryAdded", &json!({ "entry": { "level": "error", "text": log } }));
        let sheet = json!([{ "url": css, "applied": true, "rules": null }]);
        assert_eq!(found(&recorder, sheet), [said]);
        assert_eq!(recorder.facts(None).resources[0].status, Some(status));
    }
}

#[test]
fn sheets_may_be_merged_split_inlined_or_rewritten_and_nothing_that_they_did_may_be_lost() {
    let (hero, cta) = (1_u32, 2_u32);
    let number =
        |selector: &str| selector.bytes().fold(7_u32, |n, b| n * 31 % 65_521 + u32::from(b));
    let build = |sheets: Value, live: &[&str], looks: &[(u32, u32)]| {
        let kinds: Vec<Value> = looks
            .iter()
            .map(|(kind, style)| json!({ "kind": kind, "styles": [style], "area": 100 }))
            .collect();
        let live: Vec<u32> = live.iter().map(|selector| number(selector)).collect();
        let seen = json!({ "url": PAGE, "sheets": sheets, "live": live, "kinds": kinds });
        let mut facts = page().facts(Some(&serde_json::from_value(seen).expect("fits")));
        facts.asked = PAGE.to_owned();
        facts
    };
    let sheet = |name: Option<&str>, effects: &[(&str, u32)]| {
        let url = name.map(|name| format!("http://nl.example/{name}.css"));
        let effect = |(selector, kind): &(&str, u32)| json!({ "selector": selector, "on": [kind], "declares": [number(selector)] });
        let effects: Vec<Value> = effects.iter().map(effect).collect();
        json!({ "url": url, "applied": true, "rules": 3, "effects": effects })
    };
    let (main, blocks) = (
        sheet(Some("main"), &[("body", 9)]),
        sheet(Some("blocks"), &[(".hero", hero), (".cta", cta)]),
    );
    let good =
        build(json!([main, blocks]), &["body", ".hero", ".cta"], &[(9, 90), (hero, 10), (cta, 20)]);
    let told = |facts: &PageFacts| words(facts, &Expected::default(), Some(&good));
    let bare = [(9, 90), (hero, 11), (cta, 21)];
    for (what, sheets, live, looks) in [
        ("merged", json!([sheet(Some("all"), &[])]), &["body", ".hero", ".cta"][..], &bare[..]),
        (
            "rewritten, and as it was",
            json!([main]),
            &["body", ":is(.hero)"],
            &[(9, 90), (hero, 10), (cta, 20)],
        ),
        ("no element is left", json!([main]), &["body"], &[(9, 90)]),
        ("other values", json!([main, blocks]), &["body", ".hero", ".cta"], &bare),
    ] {
        assert_eq!(told(&build(sheets, live, looks)), [""; 0], "{what}");
    }
    let lost = "/blocks.css of the good page is missing, and so is what it did to .hero and 1 more";
    for (what, sheets, live, said) in [
        ("a lost link", json!([main]), &["body"][..], lost),
        ("lost, and another came", json!([main, sheet(None, &[("body", 9)])]), &["body"], lost),
        (
            "cut off",
            json!([main, blocks]),
            &["body", ".hero"],
            "/blocks.css does no more what it did to .cta",
        ),
    ] {
        assert_eq!(told(&build(sheets, live, &bare)), [said], "{what}");
    }
    // A few rules of a large sheet are an edit, unless the picture shows that they are not.
    let many: Vec<(String, u32)> = (0..40).map(|n| (format!(".m{n}"), n + 10)).collect();
    let large: Vec<(&str, u32)> = many.iter().map(|(name, kind)| (name.as_str(), *kind)).collect();
    let looks = |style: u32| -> Vec<(u32, u32)> {
        many.iter().map(|(_, kind)| (*kind, if *kind < 16 { style } else { 1 })).collect()
    };
    let live: Vec<&str> = many.iter().map(|(name, _)| name.as_str()).collect();
    let whole = build(json!([sheet(Some("all"), &large)]), &live, &looks(1));
    let cut = build(json!([sheet(Some("all"), &large)]), &live[6..], &looks(2));
    for (picture_share, lost) in [(0.1, 0), (0.3, 1)] {
        let expected = Expected { picture_share, ..Expected::default() };
        assert_eq!(words(&cut, &expected, Some(&whole)).len(), lost, "{picture_share}");
    }
    // A picture that is the same in every pixel has lost nothing.
    let same = Expected { same_picture: true, ..Expected::default() };
    assert_eq!(words(&build(json!([main]), &["body"], &bare), &same, Some(&good)), [""; 0]);
    // What was kept says as much.
    let kept: PageFacts =
        serde_json::from_value(serde_json::to_value(&good).expect("JSON")).expect("reads");
    let again = build(json!([main]), &["body"], &bare);
    assert_eq!(words(&again, &Expected::default(), Some(&kept)), [lost]);
}

#[test]
fn a_page_that_is_another_s_is_not_the_release() {
    let facts = |asked: &str, document: &str| PageFacts {
        asked: asked.to_owned(),
        url: document.to_owned(),
        document: document.to_owned(),
        status: Some(200),
        ..PageFacts::default()
    };
    let (staging, production) = ("http://127.0.0.1:8001/", "http://127.0.0.1:8002/");
    let good = facts(production, production);
    let led = facts(production, "http://127.0.0.1:8002/login");
    let told = |page: &PageFacts, good: &PageFacts| words(page, &Expected::default(), Some(good));
    assert_eq!(told(&facts(staging, staging), &good), [""; 0]);
    assert_eq!(
        told(&facts(staging, production), &good),
        [
            "/ sends its visitor to 127.0.0.1:8002, so that the release is not what is seen there (allow-hosts)"
        ]
    );
    let login = facts(staging, "http://127.0.0.1:8001/login");
    assert_eq!(told(&login, &good), ["/ sends its visitor to /login, and the good page does not"]);
    assert_eq!(told(&login, &led), [""; 0]);
    for (asked, end) in [
        ("http://nl.example/", "https://nl.example/"),
        ("http://nl.example/", "https://www.nl.example/index.html"),
    ] {
        assert_eq!(told(&facts(asked, end), &good), [""; 0], "{end}");
    }
    let allowed = Expected { allow_hosts: vec!["127.0.0.1".into()], ..Expected::default() };
    assert_eq!(words(&facts(staging, production), &allowed, Some(&good)), [""; 0]);
    // What is the good page's own says nothing about the release.
    let css = super::facts::Resource {
        url: "http://127.0.0.1:8002/main.css".into(),
        kind: "Stylesheet".into(),
        status: Some(200),
        mime: "text/css".into(),
        bytes: 10,
        took_ms: Some(1),
        failure: None,
        empty: false,
        cut_short: false,
    };
    let mut borrows = facts(staging, staging);
    borrows.resources.push(css);
    assert_eq!(
        told(&borrows, &good),
        [
            "the style sheet http://127.0.0.1:8002/main.css is the good page's own, and not the release's (allow-hosts)"
        ]
    );
}

#[test]
fn a_page_that_lost_two_thirds_of_its_text_has_lost_its_content() {
    let facts = |text_length| PageFacts {
        asked: PAGE.to_owned(),
        url: PAGE.to_owned(),
        status: Some(200),
        text_length,
        ..PageFacts::default()
    };
    for (here, there, lost) in [(40, 120, false), (39, 120, true), (0, 59, false), (9, 9000, true)]
    {
        let told = words(&facts(here), &Expected::default(), Some(&facts(there)));
        assert_eq!(!told.is_empty(), lost, "{here} of {there}: {told:?}");
    }
}

#[test]
fn an_import_names_the_sheet_that_imports_it() {
    let (css, part) = ("http://nl.example/style.css", "http://nl.example/part.css");
    let sheets = json!([
        { "url": css, "applied": true, "rules": 3 },
        { "url": part, "by": css, "applied": false, "rules": null },
    ]);
    let mut recorder = page();
    ask(&mut recorder, "1", css, "Stylesheet");
    answer(&mut recorder, "1", "Stylesheet", 200, "text/css");
    ask(&mut recorder, "2", part, "Stylesheet");
    answer(&mut recorder, "2", "Stylesheet", 404, "text/html");
    assert_eq!(
        found(&recorder, sheets),
        ["the style sheet /part.css, imported by /style.css, answers 404"]
    );
}

#[test]
fn what_belongs_to_others_is_given_up_or_ignored_fails_nothing() {
    let mut recorder = page();
    for (id, url, kind, status) in [
        ("1", "http://ads.example/a.js", "Script", 404),
        ("2", "http://nl.example/api/me", "Fetch", 401),
        ("3", "http://nl.example/favicon.ico", "Other", 404),
        ("4", "http://nl.example/old/x.png", "Image", 404),
        ("5", "http://nl.example/api/list", "Fetch", 500),
    ] {
        ask(&mut recorder, id, url, kind);
        answer(&mut recorder, id, kind, status, "text/plain");
    }
    ask(&mut recorder, "6", "http://nl.example/gone.js", "Script");
    let gone = json!({ "requestId": "6", "canceled": true, "errorText": "net::ERR_ABORTED" });
    recorder.apply("Network.loadingFailed", &gone);
    let mut facts = recorder.facts(None);
    facts.asked = PAGE.to_owned();
    let mut expected = Expected { ignore: vec!["/old/".into()], ..Expected::default() };
    assert_eq!(words(&facts, &expected, None), ["what scripts ask for, /api/list answers 500"]);
    expected.own_hosts.push("ads.example".into());
    assert!(
        words(&facts, &expected, None)
            .contains(&"the script http://ads.example/a.js answers 404".into())
    );
}

#[test]
fn beside_a_good_page_old_faults_are_let_be_and_new_ones_are_told() {
    let build = |images: &[&str], throws: &[&str]| {
        let mut recorder = page();
        for (number, image) in images.iter().enumerate() {
            let id = format!("i{number}");
            ask(&mut recorder, &id, image, "Image");
            answer(&mut recorder, &id, "Image", 404, "text/html");
        }
        for text in throws {
            let details =
                json!({ "exception": { "description": text }, "url": "http://nl.example/a.js" });
            recorder.apply("Runtime.exceptionThrown", &json!({ "exceptionDetails": details }));
        }
        let mut facts = recorder.facts(None);
        facts.asked = PAGE.to_owned();
        facts
    };
    let good = build(&["http://www.example/old.png"], &["TypeError: old"]);
    let here = build(
        &["http://nl.example/old.png", "http://nl.example/new.png"],
        &["TypeError: old", "TypeError: new"],
    );
    assert_eq!(
        words(&here, &Expected::default(), Some(&good)),
        ["the picture /new.png answers 404", "a script fails: TypeError: new (/a.js:1:1)"]
    );
    let strict = Expected { strictness: Strictness::Exceptions, ..Expected::default() };
    assert_eq!(words(&here, &strict, Some(&good)).len(), 3, "old exceptions count as well");
    assert_eq!(
        words(&here, &Expected::default(), None).len(),
        4,
        "with nothing to compare all count"
    );
}

#[test]
fn without_a_document_nothing_else_is_told() {
    let mut recorder = Recorder::new("frame");
    let mut facts = recorder.facts(None);
    facts.asked = PAGE.to_owned();
    assert_eq!(words(&facts, &Expected::default(), None), ["/ never answered"]);
    ask(&mut recorder, "main", PAGE, "Document");
    for (error, side, said) in [
        ("net::ERR_CONNECTION_REFUSED", Side::Release, "/ cannot be had: connection refused"),
        (
            "net::ERR_TOO_MANY_REDIRECTS",
            Side::Release,
            "/ redirects without end, at last to itself",
        ),
        ("net::ERR_NAME_NOT_RESOLVED", Side::Ours, "/ cannot be had: its host name does not exist"),
    ] {
        let mut recorder = recorder.clone();
        recorder
            .apply("Network.loadingFailed", &json!({ "requestId": "main", "errorText": error }));
        let mut facts = recorder.facts(None);
        facts.asked = PAGE.to_owned();
        assert_eq!(
            judge(&facts, &Expected::default(), None),
            [Finding { side, words: said.into(), of_look: false }]
        );
    }
}

#[test]
fn a_page_that_asks_without_end_is_recorded_in_bounded_memory() {
    let mut recorder = page();
    for number in 0..10_000 {
        ask(&mut recorder, &format!("r{number}"), "http://nl.example/poll", "Fetch");
        let details = json!({ "text": "x".repeat(5_000) });
        recorder.apply("Runtime.exceptionThrown", &json!({ "exceptionDetails": details }));
    }
    let facts = recorder.facts(None);
    assert!(facts.resources.len() < 3_001 && facts.more_resources > 6_000);
    assert!(facts.console.len() == 100 && facts.exceptions == 10_000);
    assert!(facts.console.iter().all(|line| line.text.len() < 1_010));
}

#[test]
fn what_is_blocked_on_a_page_with_tls_says_why_and_the_heaviest_and_slowest_are_ranked() {
    let mut recorder = page();
    ask(&mut recorder, "1", "http://nl.example/plain.js", "Script");
    let blocked = json!({ "requestId": "1", "errorText": "", "blockedReason": "mixed-content" });
    recorder.apply("Network.loadingFailed", &blocked);
    for number in 2..12_u32 {
        let (id, url) = (number.to_string(), format!("http://nl.example/{number}.png"));
        ask(&mut recorder, &id, &url, "Image");
        let response = json!({ "status": 200, "mimeType": "image/png" });
        let event = json!({ "requestId": id, "type": "Image", "response": response });
        recorder.apply("Network.responseReceived", &event);
        let end = json!({ "requestId": id, "timestamp": 1.0 + 1.0 / f64::from(number),
                          "encodedDataLength": number * 100 });
        recorder.apply("Network.loadingFinished", &end);
    }
    let mut facts = recorder.facts(None);
    facts.asked = PAGE.to_owned();
    assert_eq!(
        words(&facts, &Expected::default(), None),
        ["the script /plain.js is blocked: http on an https page"]
    );
    let urls = |ranked: &[Ranked]| ranked.iter().map(|one| one.url.clone()).collect::<Vec<_>>();
    let named = |numbers: [u32; 5]| numbers.map(|n| format!("http://nl.example/{n}.png")).to_vec();
    assert_eq!(urls(&facts.heaviest), named([11, 10, 9, 8, 7]));
    assert_eq!(urls(&facts.slowest), named([2, 3, 4, 5, 6]));
    assert_eq!((facts.heaviest[0].by, facts.slowest[0].by), (1_100, 500));
}

#[test]
fn old_faults_are_found_again_on_a_site_that_lies_in_another_folder() {
    let build = |base: &str, images: &[&str]| {
        let mut recorder = Recorder::new("frame");
        ask(&mut recorder, "main", base, "Document");
        answer(&mut recorder, "main", "Document", 200, "text/html");
        for (number, image) in images.iter().enumerate() {
            let id = format!("i{number}");
            ask(&mut recorder, &id, &format!("{base}{image}"), "Image");
            answer(&mut recorder, &id, "Image", 404, "text/html");
        }
        let mut facts = recorder.facts(None);
        facts.asked = base.to_owned();
        facts
    };
    let good = build("http://www.example/production/nl/", &["old.png"]);
    let here = build("http://stage.example/staging/nl/", &["old.png", "new.png"]);
    assert_eq!(
        words(&here, &Expected::default(), Some(&good)),
        ["the picture /staging/nl/new.png answers 404"]
    );
}

#[test]
fn what_is_asked_for_is_called_what_it_is() {
    let mut recorder = page();
    let of_other = |recorder: &mut Recorder, id: &str, url: &str, more: Value| {
        let mut event = json!({ "requestId": id, "loaderId": "main", "frameId": "frame", "type": "Other",
                                "timestamp": 1.0, "request": { "url": url } });
        for (key, value) in more.as_object().expect("a map") {
            match key.as_str() {
                "initiator" => event["initiator"] = value.clone(),
                key => event["request"][key] = value.clone(),
            }
        }
        recorder.apply("Network.requestWillBeSent", &event);
        answer(recorder, id, "Other", 404, "text/html");
    };
    let icon = json!({ "initiator": { "type": "other" } });
    of_other(&mut recorder, "1", "http://nl.example/favicon.ico", icon.clone());
    of_other(&mut recorder, "2", "http://nl.example/i.png", icon);
    let ahead =
        json!({ "headers": { "Sec-Purpose": "prefetch" }, "initiator": { "type": "parser" } });
    of_other(&mut recorder, "3", "http://nl.example/next.html", ahead);
    of_other(&mut recorder, "4", "http://nl.example/pre.json", json!({ "isLinkPreload": true }));
    ask(&mut recorder, "5", "http://nl.example/t.vtt", "TextTrack");
    answer(&mut recorder, "5", "TextTrack", 404, "text/html");
    // The answer to a beacon says less of it than its request, and nobody misses it.
    ask(&mut recorder, "6", "http://nl.example/beacon", "Ping");
    answer(&mut recorder, "6", "Other", 404, "text/html");
    let mut facts = recorder.facts(None);
    facts.asked = PAGE.to_owned();
    assert_eq!(
        words(&facts, &Expected::default(), None),
        [
            "the icon /i.png answers 404",
            "the preloaded /pre.json answers 404",
            "the text track /t.vtt answers 404",
        ]
    );
    assert_eq!((facts.failed().count(), facts.missed()), (6, 3), "three that fail nothing");
}

#[test]
fn a_rejection_that_is_handled_later_is_no_fault_and_another_stays_one() {
    let mut recorder = page();
    for (number, text) in [(1, "Error: late"), (2, "Error: never")] {
        let details = json!({ "exceptionId": number, "exception": { "description": text } });
        recorder.apply("Runtime.exceptionThrown", &json!({ "exceptionDetails": details }));
    }
    recorder.apply("Runtime.exceptionRevoked", &json!({ "reason": "handled", "exceptionId": 1 }));
    let mut facts = recorder.facts(None);
    facts.asked = PAGE.to_owned();
    assert_eq!(facts.exceptions, 1);
    assert_eq!(words(&facts, &Expected::default(), None), ["a script fails: Error: never"]);
}

#[test]
fn a_new_sheet_for_printers_or_of_a_comment_alone_lost_nothing_and_any_other_empty_one_fails() {
    let build = |content: Option<SheetContent>, unused: bool| {
        let mut recorder = page();
        let url = "http://nl.example/new.css";
        let mut sheets = Vec::new();
        if content.is_some() {
            ask(&mut recorder, "1", url, "Stylesheet");
            answer(&mut recorder, "1", "Stylesheet", 200, "text/css");
            sheets.push(json!({ "url": url, "applied": true, "unused": unused, "rules": 0 }));
        }
        let mut facts = recorder.facts(Some(&seen(Value::from(sheets))));
        facts.asked = PAGE.to_owned();
        for sheet in &mut facts.style_sheets {
            sheet.content = content.unwrap_or_default();
        }
        facts
    };
    let good = build(None, false);
    let beside = |facts: &PageFacts, good| words(facts, &Expected::default(), good);
    for (content, unused, harmless) in [
        (SheetContent::Comments, false, true),
        (SheetContent::Comments, true, true),
        (SheetContent::Empty, true, true),
        (SheetContent::Css, true, true),
        (SheetContent::Empty, false, false),
        (SheetContent::Css, false, false),
        (SheetContent::Html, true, false),
    ] {
        let facts = build(Some(content), unused);
        let said = beside(&facts, Some(&good));
        assert_eq!(said.is_empty(), harmless, "{content:?} {unused}: {said:?}");
        // With nothing to compare it with, each sheet must apply a rule.
        assert_eq!(beside(&facts, None).len(), 1, "{content:?}");
    }
    // One that did something on the good page is not new.
    let mut there = build(Some(SheetContent::Css), false);
    there.style_sheets[0].rules = Some(9);
    let emptied = build(Some(SheetContent::Comments), false);
    assert_eq!(beside(&emptied, Some(&there)), ["the style sheet /new.css applies no rule"]);
}

//! F01: an asset is missing on one site of one platform, and the page answers 200 all the same.

use super::answer::{allows, refuses_exactly};
use super::shop::{Layout, Shop};

const SITES: [&str; 3] = ["nl", "in", "gb"];

const VM: &str = r#"{ deploy: { files: { root: "world/{{ environment.name }}/{{ target.name }}", artifact: vm } } }"#;
const K8S: &str = r#"{ deploy: { files: { root: "world/{{ environment.name }}/{{ target.name }}", artifact: k8s } } }"#;

/// The page, and its style sheet with what it imports.
const BY_HTTP: &str = r#"
home: { http: { path: /, contains: 'rel="stylesheet"' } }
style: { http: { path: /style.css, status: 200, expect-headers: { Content-Type: { contains: text/css } }, matches: '\{[^}]+\}' } }
colours: { http: { path: /colours.css, status: 200, matches: '\{[^}]+\}' } }
"#;

/// The page, and whatever style sheet it names.
const BY_COMMAND: &str = r#"
home: { http: { path: /, contains: 'rel="stylesheet"' } }
style: { command: [./style] }
"#;

/// Follows the page to its style sheet, and looks whether a browser would use it.
const STYLE: &str = r#"
page=$(curl -fsS "$PLIMSOLL_URL/") || exit 1
name=$(printf %s "$page" | sed -n 's/.*href="\([^"]*\)".*/\1/p')
[ -n "$name" ] || { echo "the page names no style sheet"; exit 1; }
got=$(curl -sS -o "$PLIMSOLL_OUT/style" -w '%{http_code} %{content_type}' "$PLIMSOLL_URL/$name")
[ "$got" = "200 text/css" ] || { echo "$name answers $got"; exit 1; }
grep -q '{' "$PLIMSOLL_OUT/style" || { echo "$name holds no rule"; exit 1; }
asked=$(printf %s "$page" | sed -n 's/.*integrity="sha256-\([^"]*\)".*/\1/p')
is=$(openssl dgst -sha256 -binary "$PLIMSOLL_OUT/style" | openssl base64)
[ -z "$asked" ] || [ "$asked" = "$is" ] || { echo "$name is not what its integrity says"; exit 1; }
"#;

const PAGE: &str = r#"<link rel="stylesheet" href="style.css">"#;
const SHEET: &str = "@import \"colours.css\";\nh1 { margin: 0 }";
const COLOURS: &str = "h1 { color: green }";

fn layout(checks: &str) -> Layout<'_> {
    Layout {
        sites: &SITES,
        platforms: &[("vm", VM), ("k8s", K8S)],
        checks,
        folder_of_site: true,
        ..Layout::default()
    }
}

/// Names a release of two directories, one for each platform, with every site in both; `change`
/// says what is other in a file, `None` leaves it out.
fn add(shop: &Shop, version: &str, change: impl Fn(&str, &str) -> Option<String>) {
    for platform in ["vm", "k8s"] {
        for site in SITES {
            for (name, text) in
                [("index.html", PAGE), ("style.css", SHEET), ("colours.css", COLOURS)]
            {
                let place = format!("{platform}/{site}/{name}");
                if let Some(text) = change(&place, text) {
                    shop.bed.write(&format!("rel/{version}/{place}"), text);
                }
            }
        }
    }
    let (vm, k8s) = (format!("vm=rel/{version}/vm"), format!("k8s=rel/{version}/k8s"));
    shop.bed.ok(&["release", "add", &format!("shop@{version}"), &vm, &k8s]);
}

fn running(checks: &str) -> Shop {
    let shop = Shop::open(&layout(checks));
    shop.bed.script("style", STYLE);
    add(&shop, "1", |_, text| Some(text.to_owned()));
    shop.staged("1");
    shop.adopt("1");
    shop
}

/// The gate refuses for this check on nl-k8s and for nothing else; the check run says why.
#[track_caller]
fn refused_on_nl_k8s_only(shop: &Shop, version: &str, check: &str, why: &str) {
    shop.on_staging(version);
    let found = shop.verify(version).expect(10);
    assert_eq!(found.json()["counts"]["failed"], 1, "{}", found.whole());
    let line = format!("evidence shop/staging/nl-k8s {check} failed");
    refuses_exactly(&shop.gate(version), 10, &[(&line, &[why], "mend it in a new release")]);
    shop.promote(version).expect(10);
    assert_eq!(shop.runs("production", "nl-k8s"), "1");
}

#[test]
fn a_style_sheet_that_one_site_of_one_platform_lacks_is_refused_there_only() {
    let shop = running(BY_HTTP);
    add(&shop, "2", |place, text| (place != "k8s/nl/style.css").then(|| text.to_owned()));
    refused_on_nl_k8s_only(&shop, "2", "style", "404");

    add(&shop, "3", |place, text| {
        Some(if place == "k8s/nl/style.css" { String::new() } else { text.to_owned() })
    });
    refused_on_nl_k8s_only(&shop, "3", "style", "it is empty");

    add(&shop, "4", |place, text| {
        let none = "/* built without its rules */";
        Some(if place == "k8s/nl/style.css" { none } else { text }.to_owned())
    });
    refused_on_nl_k8s_only(&shop, "4", "style", "body does not match");

    add(&shop, "5", |place, text| (place != "k8s/nl/colours.css").then(|| text.to_owned()));
    refused_on_nl_k8s_only(&shop, "5", "colours", "404");
}

#[test]
fn a_style_sheet_that_is_sent_as_plain_text_is_refused_there_only() {
    let mut shop = running(BY_HTTP);
    shop.serve_with(
        "location /staging/nl-k8s/ { types { text/html html; text/plain css; } add_header X-Content-Type-Options nosniff; }",
    );
    add(&shop, "2", |_, text| Some(text.to_owned()));
    refused_on_nl_k8s_only(&shop, "2", "style", "text/plain");
}

#[test]
fn a_style_sheet_under_a_new_name_that_its_page_knows_is_no_fault_and_a_wrong_integrity_is() {
    let shop = running(BY_COMMAND);
    // The fault, as the same check sees it.
    add(&shop, "2", |place, text| (place != "k8s/nl/style.css").then(|| text.to_owned()));
    refused_on_nl_k8s_only(&shop, "2", "style", "style.css answers 404");

    let integrity = r#"<link rel="stylesheet" href="style.css" integrity="sha256-AAAA">"#;
    add(&shop, "3", |place, text| {
        Some(if place == "k8s/nl/index.html" { integrity } else { text }.to_owned())
    });
    refused_on_nl_k8s_only(&shop, "3", "style", "integrity");

    // The twin: a new hash in the name, the page with it, and the old address gone.
    for platform in ["vm", "k8s"] {
        for site in SITES {
            let page = PAGE.replace("style.css", "style.5f3a.css");
            shop.bed.write(&format!("rel/4/{platform}/{site}/index.html"), page);
            shop.bed.write(&format!("rel/4/{platform}/{site}/style.5f3a.css"), SHEET);
        }
    }
    shop.bed.ok(&["release", "add", "shop@4", "vm=rel/4/vm", "k8s=rel/4/k8s"]);
    shop.staged("4");
    allows(&shop.gate("4"));
    let ended = shop.promote("4").expect(0);
    assert_eq!(ended.json()["state"], "verified-good");
    assert_eq!(shop.runs("production", "nl-k8s"), "4");
}

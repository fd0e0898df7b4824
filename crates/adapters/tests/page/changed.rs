//! Pages of which something is not as it was, though nothing is missing: keys in place of words, the other
//! direction, tables without rows, a window full of nothing, rules that lost what the rest of them needs;
//! and changes that look like these and are none.

use plimsoll_core::catalog::CompareWith;
use plimsoll_core::record::Outcome;
use plimsoll_engine::ports::{Before, Beside};

use crate::bed::{Bed, Reply, Site, came_to, html, page, passed};
use crate::broken::{Changed, beside, site};

/// A page in a language, with a style of its own.
fn paged(html_tag: &str, css: &str, inside: &str) -> Changed {
    let words =
        "<h1>Forests</h1><p class=lead>Forests are worth more than the paper they become.</p>";
    let css = format!("body{{margin:0;font:16px sans-serif}}.lead{{padding:9px}}{css}");
    let whole = format!(
        "<!doctype html><html {html_tag}><meta charset=utf-8><title>Forests</title>\
         <style>{css}</style>{words}{inside}"
    );
    vec![("/", html(&whole))]
}

fn plain(inside: &str) -> Changed {
    paged("lang=en", "", inside)
}

fn css(css: &str, inside: &str) -> Changed {
    paged("lang=en", css, inside)
}

async fn all_fail(cases: Vec<(&str, Changed, Changed, &str)>) {
    let bed = Bed::new();
    for (what, good, here, said) in cases {
        came_to(what, &beside(&bed, site(&good), site(&here)).await, Outcome::Failed, said);
    }
}

async fn all_pass(cases: Vec<(&str, Changed, Changed)>) {
    let bed = Bed::new();
    for (what, good, here) in cases {
        passed(what, &beside(&bed, site(&good), site(&here)).await);
    }
}

const ARABIC: &str = "<p>الغابات أكثر قيمة من الورق الذي تصنع منه، وهذا ما يعرفه كل من يعيش فيها ومعها \
    ومنها، في كل بلد وفي كل زمان، وسوف يبقى كذلك ما بقيت الأشجار واقفة على ضفاف الأنهار</p>";

fn table(rows: usize, around: &str) -> String {
    let row = "<tr><td>Oak</td><td>12 m</td></tr>".repeat(rows);
    format!(
        "<section><h2>Trees</h2><table class=trees><thead><tr><th>Tree</th><th>Height</th></tr></thead>\
         <tbody>{row}</tbody></table>{around}</section><p>Words that stay below the table on every day</p>"
    )
}

fn list(rows: usize, around: &str) -> String {
    let row = "<li>Something to buy</li>".repeat(rows);
    format!(
        "<h2>Shop</h2>{around}<ul id=goods>{row}</ul><p>Words that stay below the list each day</p>"
    )
}

const GRID: &str =
    ".cards{padding:9px;display:grid;grid-template-columns:1fr 1fr;gap:9px}.bar{background:#eee}";
const CARDS: &str = "<div class=bar>A bar over it</div>\
    <div class=cards><p>One card with words</p><p>Another card</p><p>A third card</p></div>";
const STUCK: &str = ".bar{position:absolute;top:300px;left:40px;background:#eee;padding:9px}";
const BRAND: &str =
    ":root{--brand:#063;--ink:#fff}.cards{background:var(--brand);color:var(--ink)}";

#[tokio::test(flavor = "multi_thread")]
async fn text_that_nobody_wrote_in_the_place_of_words_fails() {
    let hello = |words: &str| plain(&format!("<p class=hello>{words}</p>"));
    let menu =
        |one: &str, two: &str| plain(&format!("<nav><a>{one}</a></nav><b class=by>{two}</b>"));
    let shows = "shows the key of a text in place of words";
    all_fail(vec![
        ("a key in a menu", menu("Contact", "Ada"), menu("nav.contact", "Ada"), shows),
        ("several keys", hello("Hello <i>you</i>"), hello("home.hello <i>home.you</i>"), shows),
        (
            "undefined",
            hello("Hello Ada!"),
            hello("Hello undefined!"),
            "p.hello shows a value that is none",
        ),
        ("NaN", hello("€ 12"), hello("€ NaN"), "p.hello shows a value that is none: € NaN"),
        ("an object", hello("Ada"), hello("[object Object]"), "an object in place of its words"),
        (
            "a place",
            hello("Hello Ada"),
            hello("Hello %s!"),
            "a place for a value that nothing filled",
        ),
    ])
    .await;
    all_pass(vec![
        ("an author", menu("Contact", "Ada Lovelace"), menu("Contact", "ada.lovelace")),
        ("a host", hello("Read more"), hello("www.forest.example")),
        ("an article about it", hello("Words"), hello("Why undefined is not null in a language")),
        ("one that always showed it", hello("€ NaN"), hello("€ NaN")),
        ("code", hello("Words"), hello("<code>undefined</code>")),
        ("a new part of the page", plain(""), plain("<aside><h4>sys.path</h4></aside>")),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_reads_the_other_way_fails_unless_its_language_does() {
    let good = || plain("");
    let turned = "reads from right to left, and the good page from left to right";
    all_fail(vec![
        ("dir", good(), paged("lang=en dir=rtl", "", ""), turned),
        ("by a style", good(), css("body{direction:rtl}", ""), turned),
    ])
    .await;
    all_pass(vec![
        ("a new language", good(), paged("lang=ar dir=rtl", "", ARABIC)),
        ("a language that nobody names", good(), paged("lang=en dir=rtl", "", &ARABIC.repeat(3))),
        ("a quotation", good(), plain("<blockquote dir=rtl lang=he>שלום</blockquote>")),
        ("both", paged("lang=ar dir=rtl", "", ARABIC), paged("lang=ar dir=rtl", "", ARABIC)),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_or_list_that_lost_all_its_rows_fails_unless_it_says_so() {
    all_fail(vec![
        (
            "a table",
            plain(&table(6, "")),
            plain(&table(0, "")),
            "table.trees («Trees») is empty, and has 6 rows on the good page",
        ),
        ("a list", plain(&list(5, "")), plain(&list(0, "")), "ul#goods is empty, and has 5 rows"),
    ])
    .await;
    let nothing = "<p class=empty>Nothing to buy today</p>";
    let cards =
        "<section><h2>Trees</h2><div class=tree>Oak</div><div class=tree>Elm</div></section>";
    all_pass(vec![
        ("empty today", plain(&list(5, "")), plain(&list(0, nothing))),
        ("said below", plain(&table(6, "")), plain(&table(0, "<p>No trees</p>"))),
        ("fewer", plain(&table(6, "")), plain(&table(1, ""))),
        ("no table any more", plain(&table(6, "")), plain(cards)),
        ("more of them", plain(&table(6, "")), plain(&format!("{}{}", table(6, ""), list(0, "")))),
        ("empty there too", plain(&list(0, "")), plain(&list(0, ""))),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_full_of_nothing_above_the_words_fails() {
    let below =
        |style: &str| plain(&format!("<div class=space style='{style}'></div><p>Far below</p>"));
    let above = |style: &str| css(&format!("h1{{margin-top:{style}}}"), "<p>Far below</p>");
    all_fail(vec![
        (
            "above",
            above("0"),
            above("2000px"),
            "/ begins 2000 px down: above it nothing can be seen",
        ),
        ("between", below(""), below("height:1500px"), "shows nothing from"),
    ])
    .await;
    all_pass(vec![
        ("there too", below("height:1500px"), below("height:1500px")),
        ("a picture", below(""), below("height:1500px;background:linear-gradient(red,blue)")),
        ("a little more", below(""), below("height:400px")),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_lost_what_the_rest_of_it_needs_fails() {
    let without = |whole: &str, part: &str| whole.replace(part, "");
    let with = |sheet: &str| css(sheet, CARDS);
    all_fail(vec![
        (
            "a grid",
            with(GRID),
            with(&GRID.replace("display:grid", "display:gird")),
            ".cards says grid-template-columns, and the display that this needs is lost",
        ),
        (
            "a place",
            with(STUCK),
            with(&without(STUCK, "position:absolute;")),
            ".bar says top, and the position that this needs is lost",
        ),
        (
            "a variable",
            with(BRAND),
            with(&without(BRAND, "--brand:#063;")),
            "nothing sets --brand any more, and .cards asks for it",
        ),
    ])
    .await;
    all_pass(vec![
        (
            "no grid on purpose",
            with(GRID),
            with(&without(GRID, "display:grid;grid-template-columns:1fr 1fr;gap:9px")),
        ),
        ("another rule says so", with(GRID), with(&format!("{GRID}div.cards{{display:block}}"))),
        ("columns", with(GRID), with(&GRID.replace("display:grid", "display:flex;flex-wrap:wrap"))),
        (
            "minified and in another order",
            with(GRID),
            with(".bar{background:#eee}.cards{grid-gap:9px;padding:9px;grid-template-columns:1fr 1fr;display:grid}"),
        ),
        ("a variable by another name", with(BRAND), with(&BRAND.replace("--brand", "--green"))),
        ("a variable and what stands in", with(BRAND), with(
            &BRAND.replace("--brand:#063;", "").replace("var(--brand)", "var(--brand,#063)"),
        )),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_that_was_kept_before_it_was_measured_says_nothing_of_it() {
    let bed = Bed::new();
    let served = |files: Changed| async move {
        let Reply::Whole(page) = files[0].1.clone() else { panic!("a page") };
        Site::start(move |_, _| Reply::Whole(page.clone())).await
    };
    let words = served(plain("<p class=hello>Hello Ada!</p>")).await;
    let blank = served(plain("<p class=hello>Hello undefined!</p>")).await;
    let mut check = page("/");
    check.compare_with = CompareWith::Usual;
    let kept = bed.look_beside(&words.url(), &check, 60, Beside::default()).await;
    passed("kept", &kept);
    let text = String::from_utf8(kept.output).expect("JSON");
    assert!(text.contains("\"measures\": 1"), "{text}");
    let old = text.replace("\"measures\": 1", "\"measures\": 0");
    for (output, outcome) in [(&text, Outcome::Failed), (&old, Outcome::Passed)] {
        let output = bed.kept.keep(output.as_bytes());
        let before = vec![Before { words: "before".into(), output, compared: false }];
        let beside = Beside { before, ..Beside::default() };
        let looked = bed.look_beside(&blank.url(), &check, 60, beside).await;
        assert_eq!(looked.attempt.outcome, outcome, "{}", looked.attempt.finding);
    }
}

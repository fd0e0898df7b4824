//! Ways in which a page is broken for its visitors that only show beside the good page: everything
//! answers 200, and no style sheet is missing.

use std::collections::BTreeMap;

use plimsoll_core::catalog::CompareWith;
use plimsoll_core::record::Outcome;
use plimsoll_engine::ports::Beside;

use crate::bed::{Bed, Reply, Site, came_to, context, file, html, not_found, page, passed, typed};

const HEAD: &str = "<!doctype html><html lang=en><title>T</title><link rel=stylesheet href=/a.css>";
const CSS: &str = "body{margin:0;background:#fff;color:#222}.hero{background:#e40;padding:60px;\
    font-size:40px;color:#fff}.card{border:1px solid #333;padding:20px}";
const WORDS: &str = "<div class=hero>Forests are worth more than paper</div>\
    <div class=card>Something that visitors read every day</div>";
const SPRITE: &str = "<svg xmlns='http://www.w3.org/2000/svg'><symbol id='i' viewBox='0 0 9 9'>\
    <rect width='9' height='9'/></symbol></svg>";

/// Files that are others than usual.
pub type Changed = Vec<(&'static str, Reply)>;

/// The files of a site by their paths.
pub type Files = BTreeMap<&'static str, Reply>;

pub fn site(more: &[(&'static str, Reply)]) -> Files {
    let mut files =
        Files::from([("/", html(&format!("{HEAD}{WORDS}"))), ("/a.css", typed("text/css", CSS))]);
    files.extend(more.iter().cloned());
    files
}

fn body(more: &str) -> Reply {
    html(&format!("{HEAD}{WORDS}{more}"))
}

fn styled(rules: &str) -> Reply {
    typed("text/css", &format!("{CSS}{rules}"))
}

/// A picture that a browser drew.
async fn photo(bed: &Bed) -> Vec<u8> {
    let drawn =
        "<!doctype html><title>T</title><body style='background:linear-gradient(red,blue)'>";
    let site = Site::start(move |_, _| html(drawn)).await;
    bed.look(&site.url(), &page("/")).await.pictures.remove(0).1
}

async fn serve(files: Files) -> Site {
    Site::start(move |path, _| files.get(path).cloned().unwrap_or_else(not_found)).await
}

/// Looks at a release beside production.
pub async fn beside(bed: &Bed, good: Files, here: Files) -> plimsoll_engine::ports::Attempted {
    let (production, staging) = (serve(good).await, serve(here).await);
    let mut check = page("/");
    check.compare_with = CompareWith::Usual;
    let targets = vec![context(&production.url())];
    bed.look_beside(&staging.url(), &check, 60, Beside { targets, ..Beside::default() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_visitors_miss_fails_with_its_reason() {
    let bed = Bed::new();
    let png = photo(&bed).await;
    let picture = |percent: usize| file("image/png", &png[..png.len() * percent / 100]);
    let image = || body("<img src=/p.png width=400 height=200>");
    let icon = || body("<svg width=90 height=90><use href='/s.svg#i'/></svg>");
    let svg = |text: &str| typed("image/svg+xml", text);
    let layers = |order: &str| {
        let words = format!(
            "<style>@layer {order};@layer a{{.hero{{background:#08a}}}}@layer b{{.hero{{background:#fc0}}}}</style>{WORDS}"
        );
        html(&format!("{HEAD}{}", words.replace("class=hero", "class='hero own'")))
    };
    let throws = |times: u32| {
        let once = "setTimeout(() => { let d; d.length }, 0);";
        body(&format!("<script>for (let i = 0; i < {times}; i++) {once}</script>"))
    };
    let cases: Vec<(&str, Changed, Changed, &str)> = vec![
        (
            "cut short",
            vec![("/", image()), ("/p.png", picture(100))],
            vec![("/", image()), ("/p.png", picture(60))],
            "the picture /p.png is cut short: its end is missing",
        ),
        (
            "an icon that is not in the sprite any more",
            vec![("/", icon()), ("/s.svg", svg(SPRITE))],
            vec![("/", icon()), ("/s.svg", svg("<svg xmlns='http://www.w3.org/2000/svg'/>"))],
            "the drawing i of /s.svg is not there",
        ),
        (
            "more of an old exception",
            vec![("/", throws(1))],
            vec![("/", throws(9))],
            "a script fails as on the good page, and more often: TypeError",
        ),
        (
            "letters in the colour of their ground",
            vec![],
            vec![("/a.css", styled(".card{color:#fff}"))],
            "nobody can read div.card: it has the colour of what is behind it",
        ),
        (
            "a placeholder that nothing filled",
            vec![],
            vec![("/", body("<p>Hello {{ user.name }}</p>"))],
            "the text shows a placeholder that nothing filled: {{ user.name }}",
        ),
    ];
    for (what, good, here, said) in cases {
        came_to(what, &beside(&bed, site(&good), site(&here)).await, Outcome::Failed, said);
    }
    // The sheet of the page itself is in no layer, and would win.
    let css = || ("/a.css", typed("text/css", "body{margin:0}.card{padding:9px}"));
    let turned =
        beside(&bed, site(&[("/", layers("a,b")), css()]), site(&[("/", layers("b,a")), css()]));
    let said = "the same style rules are in another order, and another one wins: background-color";
    came_to("layers", &turned.await, Outcome::Failed, said);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rules_of_another_origin_s_sheet_are_read_all_the_same() {
    let bed = Bed::new();
    let cdn = |css: &str| {
        let css = typed("text/css", css);
        Site::start(move |_, _| css.clone())
    };
    let (whole, gutted) = (cdn(CSS).await, cdn(".nothing{color:red}").await);
    let imports = {
        let text = format!("@import '{}/x.css';", whole.url());
        Site::start(move |_, _| typed("text/css", &text)).await
    };
    let linked = |from: &Site| {
        let link = format!("<link rel=stylesheet href={}/x.css>", from.url());
        site(&[("/", html(&format!("<!doctype html><title>T</title>{link}{WORDS}")))])
    };
    let lost = beside(&bed, linked(&whole), linked(&gutted)).await;
    came_to("gutted", &lost, Outcome::Failed, "/x.css");
    assert!(lost.attempt.finding.contains("what it did to"), "{}", lost.attempt.finding);
    passed("imported", &beside(&bed, linked(&whole), linked(&imports)).await);
    passed("the site's own now", &beside(&bed, linked(&whole), site(&[])).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_looks_like_it_and_is_none_of_it_passes() {
    let bed = Bed::new();
    let png = photo(&bed).await;
    let picture = |percent: usize| file("image/png", &png[..png.len() * percent / 100]);
    let caption = |style: &str| {
        body(&format!(
            "<figure style='position:relative;margin:0'><img src=/p.png width=400 height=200>\
             <figcaption style='position:absolute;top:40px;{style}'>A caption</figcaption></figure>"
        ))
    };
    let slide = |colour: &str, words: &str| {
        body(&format!("<div class=slide style='background:{colour};padding:90px'>{words}</div>"))
    };
    let widgets = |many: usize| body(&"<i><script>{ let d; d.length }</script></i>".repeat(many));
    let photo = || ("/p.png", picture(100));
    for (what, good, here) in [
        (
            "words onto a photograph",
            vec![("/", caption("color:#222")), photo()],
            vec![("/", caption("color:#fff")), photo()],
        ),
        (
            "another slide",
            vec![("/", slide("#a33", "Spring"))],
            vec![("/", slide("#33a", "Autumn"))],
        ),
        ("a second widget with the old fault", vec![("/", widgets(1))], vec![("/", widgets(2))]),
        ("an edited rule", vec![], vec![("/a.css", styled(".card{border-color:#888}"))]),
        (
            "an icon of a menu that is closed",
            vec![],
            vec![("/", body("<nav hidden><svg width=9 height=9><use href='#none'/></svg></nav>"))],
        ),
        (
            "cut short there too",
            vec![("/", caption("")), ("/p.png", picture(60))],
            vec![("/", caption("")), ("/p.png", picture(60))],
        ),
    ] {
        passed(what, &beside(&bed, site(&good), site(&here)).await);
    }
}

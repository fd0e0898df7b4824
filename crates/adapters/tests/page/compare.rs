//! Beside the page that is known to be good.

use plimsoll_core::catalog::CompareWith;
use plimsoll_core::record::Outcome;
use plimsoll_engine::ports::{Before, Beside};

use crate::bed::{
    Bed, Reply, Site, came_to, context, html, not_found, output, page, passed, typed, with,
};

const OLD: &str = "<!doctype html><title>T</title><img src=/old.png><script>throw new Error('old')</script>\
    <link rel=stylesheet href=/a.css><p>Words";

fn answer(body: &str) -> impl Fn(&str, &str) -> Reply + Send + Sync + 'static + use<> {
    let body = body.to_owned();
    move |path, _| match path {
        "/" => html(&body),
        "/a.css" => typed("text/css", "p { color: red }"),
        _ => not_found(),
    }
}

fn today(urls: &[&str]) -> Beside {
    Beside { targets: urls.iter().map(|url| context(url)).collect(), ..Beside::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_with_old_faults_passes_beside_production_and_new_ones_show() {
    let bed = Bed::new();
    let production = Site::start(answer(OLD)).await;
    let same = Site::start(answer(OLD)).await;
    let worse =
        Site::start(answer(&format!("{OLD}<img src=/new.png><script>null.x</script>"))).await;
    let mut check = page("/");
    check.compare_with = CompareWith::Usual;
    let beside = today(&[&production.url()]);
    let good = bed.look_beside(&same.url(), &check, 60, beside.clone()).await;
    passed("old faults", &good);
    let names: Vec<_> = good.pictures.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["desktop.png", "desktop-before.png"]);
    let bad = bed.look_beside(&worse.url(), &check, 60, beside).await;
    came_to("new faults", &bad, Outcome::Failed, "the picture /new.png answers 404, and 1 more");
    // Each is a failure of its own, so that one that is known hides no other.
    let cases = bad.attempt.cases.expect("cases");
    let tests: Vec<_> = cases.failed.iter().map(|case| case.test.as_str()).collect();
    assert_eq!(tests[0], "the picture /new.png answers 404");
    assert!(tests.len() == 2 && tests[1].starts_with("a script fails: TypeError"), "{tests:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_that_became_one_for_printers_is_lost_to_visitors() {
    let bed = Bed::new();
    let styled = |media: &str| {
        answer(&format!(
            "<!doctype html><title>T</title><link rel=stylesheet href=/a.css {media}><p>Words"
        ))
    };
    let production = Site::start(styled("")).await;
    let mut check = page("/");
    check.compare_with = CompareWith::Usual;
    let beside = || today(&[&production.url()]);
    let print = Site::start(styled("media=print")).await;
    let looked = bed.look_beside(&print.url(), &check, 60, beside()).await;
    came_to("print", &looked, Outcome::Failed, "/a.css does no more what it did to p");
    let screen = Site::start(styled("media='screen, print'")).await;
    passed("screen", &bed.look_beside(&screen.url(), &check, 60, beside()).await);
    // One that is for printers on both is nobody's fault.
    let both = Site::start(styled("media=print")).await;
    let same = today(&[&both.url()]);
    passed("both", &bed.look_beside(&print.url(), &check, 60, same).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_production_cannot_be_seen_that_is_said_and_fails_no_one() {
    let bed = Bed::new();
    let clean = Site::start(|_, _| html("<!doctype html><title>T</title><p>Words")).await;
    let faulty = Site::start(answer(OLD)).await;
    let down = Site::start(|_, _| with(503, &[("content-type", "text/html")], "down")).await;
    let mut check = page("/");
    check.compare_with = CompareWith::Usual;
    let nobody = today(&["http://127.0.0.1:1", &down.url()]);
    let looked = bed.look_beside(&clean.url(), &check, 60, nobody.clone()).await;
    let said = "it was not compared with what is known to be good";
    came_to("clean", &looked, Outcome::Passed, said);
    assert!(looked.attempt.finding.contains("it answers 503"), "{}", looked.attempt.finding);
    assert!(output(&looked).contains(said), "it is kept as a finding");
    let looked = bed.look_beside(&faulty.url(), &check, 60, nobody).await;
    came_to("faulty", &looked, Outcome::Failed, "the picture /old.png answers 404");
    assert!(looked.attempt.finding.contains(said), "{}", looked.attempt.finding);
    // One that answers is enough, and a page is never compared with itself.
    let answering = today(&["http://127.0.0.1:1", &faulty.url()]);
    let same = Site::start(answer(OLD)).await;
    passed("the second one", &bed.look_beside(&same.url(), &check, 60, answering).await);
    let itself = bed.look_beside(&faulty.url(), &check, 60, today(&[&faulty.url()])).await;
    came_to("itself", &itself, Outcome::Failed, "it is this very page");
}

#[tokio::test(flavor = "multi_thread")]
async fn production_itself_is_compared_with_what_it_was() {
    let bed = Bed::new();
    let mut check = page("/");
    check.compare_with = CompareWith::Usual;
    let site = Site::start(answer(OLD)).await;
    let first = bed.look_beside(&site.url(), &check, 60, Beside::default()).await;
    came_to("nothing is known yet", &first, Outcome::Failed, "/old.png answers 404");
    assert!(!first.attempt.finding.contains("compared"), "{}", first.attempt.finding);
    // Staging was compared with it before the release came.
    let staging = Site::start(answer(OLD)).await;
    let looked = bed.look_beside(&staging.url(), &check, 60, today(&[&site.url()])).await;
    passed("staging", &looked);
    let before = |compared, output: &[u8]| Beside {
        before: vec![Before { words: "before".into(), output: bed.kept.keep(output), compared }],
        ..Beside::default()
    };
    let beside = before(true, &looked.output);
    let second = bed.look_beside(&site.url(), &check, 60, beside.clone()).await;
    passed("as staging saw it", &second);
    let third = bed.look_beside(&site.url(), &check, 60, before(false, &second.output)).await;
    passed("as it was itself", &third);
    // However often it is looked for: what is lost stays lost.
    let worse = Site::start(answer(&OLD.replace("<link rel=stylesheet href=/a.css>", ""))).await;
    let looked = bed.look_beside(&worse.url(), &check, 60, beside).await;
    let said = "/a.css of the good page is missing, and so is what it did to p";
    came_to("less", &looked, Outcome::Failed, said);
}

const SHOP: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Shop</title>\
    <link rel=stylesheet href=/shop.css><header><h1>Shop</h1></header><div class=hero>Welcome to the shop\
    </div><div class=grid><div class=card>One thing to buy</div><div class=card>Another thing</div>\
    <div class=card>A third <a class=cta>Buy</a></div></div><p>Words that every visitor reads with joy.";
const SHOP_CSS: &str = "body{font:16px sans-serif;background:#eef5ee;color:#123;margin:0}\
    header{background:#0a5;color:#fff;padding:20px}.hero{background:#e40;color:#fff;font-size:40px;padding:60px}\
    .grid{display:grid;grid-template-columns:1fr 1fr 1fr;gap:10px;padding:20px}\
    .card{background:#fff;border:1px solid #ccc;border-radius:8px;padding:20px}\
    .cta{display:inline-block;background:#06c;color:#fff;padding:10px 20px}";

async fn shop(body: &str, css: &str) -> Site {
    let (body, css) = (body.to_owned(), css.to_owned());
    Site::start(move |path, _| match path {
        "/" => html(&body),
        "/shop.css" => typed("text/css", &css),
        _ => not_found(),
    })
    .await
}

/// Pages that answer 200, with every sheet in its place, and are not what visitors expect.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_has_lost_its_looks_or_its_content_fails_by_its_picture() {
    let bed = Bed::new();
    let production = shop(SHOP, SHOP_CSS).await;
    let mut check = page("/");
    check.compare_with = CompareWith::Usual;
    let beside = || today(&[&production.url()]);
    let print = format!("@media print{{{SHOP_CSS}}} .other{{color:red}}");
    let comment = format!(".other{{color:red}} /* {SHOP_CSS}");
    let overlay =
        format!("{SHOP}<div style='position:fixed;inset:0;background:#222;color:#fff'>Soon");
    let style = "/ has lost its style";
    for (what, body, css, said) in [
        ("for printers, inside", SHOP, print.as_str(), style),
        ("a comment that does not end", SHOP, &comment, style),
        ("a condition that nobody meets", SHOP, &format!("@supports(no:1){{{SHOP_CSS}}}"), style),
        (
            "an error page's text",
            "<!doctype html><title>Shop</title>Error",
            SHOP_CSS,
            "lost most of its text",
        ),
        ("under a cover", &overlay, SHOP_CSS, "lost"),
    ] {
        let site = shop(body, css).await;
        let looked = bed.look_beside(&site.url(), &check, 60, beside()).await;
        let all = format!("{}{}", looked.attempt.finding, output(&looked));
        assert!(looked.attempt.outcome == Outcome::Failed && all.contains(said), "{what}: {all}");
    }
    let bare = shop(SHOP, ".other{color:red}").await;
    let looked = bed.look_beside(&bare.url(), &check, 60, beside()).await;
    let finding = &looked.attempt.finding;
    assert!(
        finding
            .contains("look at both: plimsoll show planet4/staging/nl-vm/home --pictures looked"),
        "{finding}"
    );
    let cases = looked.attempt.cases.as_ref().expect("cases");
    let picture = |case: &&plimsoll_core::record::CaseFailure| case.test.contains("lost its style");
    let test = &cases.failed.iter().find(picture).expect("the picture's").test;
    assert_eq!(test, "/ has lost its style: <n> of the picture changed beside the good page");
    check.picture = plimsoll_core::catalog::PictureRule::Off;
    let looked = bed.look_beside(&bare.url(), &check, 60, beside()).await;
    assert!(!looked.attempt.finding.contains("picture"), "{}", looked.attempt.finding);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_content_in_the_same_style_fails_nothing() {
    let bed = Bed::new();
    let production = shop(SHOP, SHOP_CSS).await;
    let mut check = page("/");
    check.compare_with = CompareWith::Usual;
    let large = "<svg width=800 height=2000><rect width=800 height=2000 fill=maroon /></svg>";
    let sale = SHOP.replace(
        "<header>",
        "<div class=sale style='background:gold;padding:9px'>Sale</div><header>",
    );
    for (what, body, css) in [
        ("nothing", SHOP.to_owned(), SHOP_CSS.to_owned()),
        ("words", SHOP.replace("Welcome to the shop", "Welkom in de winkel"), SHOP_CSS.to_owned()),
        ("a banner", sale, SHOP_CSS.to_owned()),
        ("a picture that is larger than the page", format!("{SHOP}{large}"), SHOP_CSS.to_owned()),
        ("rewritten selectors", SHOP.to_owned(), SHOP_CSS.replace(".card{", ":is(.card){")),
        ("another spacing", SHOP.to_owned(), SHOP_CSS.replace("padding:20px", "padding:14px")),
        (
            "inlined",
            SHOP.replace(
                "<link rel=stylesheet href=/shop.css>",
                &format!("<style>{SHOP_CSS}</style>"),
            ),
            String::from("a{}"),
        ),
    ] {
        let site = shop(&body, &css).await;
        passed(what, &bed.look_beside(&site.url(), &check, 60, today(&[&production.url()])).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_lost_inside_shadow_roots_and_frames_is_lost() {
    let bed = Bed::new();
    let widget = |mode: &str, css: &str| {
        format!(
            "<!doctype html><title>T</title><p>Words that stay</p><x-w></x-w><script>\
             const r = document.querySelector('x-w').attachShadow({{ mode: '{mode}' }});\
             r.innerHTML = '<style>{css}</style><div class=hero>Hello</div>'</script>"
        )
    };
    let adopted = |css: &str| {
        format!(
            "<!doctype html><title>T</title><p>Words that stay</p><div class=hero>Hello</div><script>\
             const s = new CSSStyleSheet(); s.replaceSync('{css}');\
             document.adoptedStyleSheets = [s]</script>"
        )
    };
    let frame = |css: &str| {
        format!(
            "<!doctype html><title>T</title><p>Words that stay</p>\
             <iframe srcdoc='<style>{css}</style><div class=hero>Hello</div>'></iframe>"
        )
    };
    let css = ".hero{background:#e40;color:#fff;padding:30px}";
    let mut check = page("/");
    check.compare_with = CompareWith::Usual;
    for (what, good, bad) in [
        ("open", widget("open", css), widget("open", "")),
        ("closed", widget("closed", css), widget("closed", "")),
        ("adopted", adopted(css), adopted("")),
        ("frame", frame(css), frame("")),
    ] {
        let (good, bad) = (shop(&good, "").await, shop(&bad, "").await);
        let looked = bed.look_beside(&bad.url(), &check, 60, today(&[&good.url()])).await;
        came_to(what, &looked, Outcome::Failed, "what it did to .hero");
        passed(what, &bed.look_beside(&good.url(), &check, 60, today(&[&bad.url()])).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_another_s_or_borrows_its_sheets_is_not_the_release() {
    let bed = Bed::new();
    let production = shop(SHOP, SHOP_CSS).await;
    let there = production.url();
    let mut check = page("/");
    check.compare_with = CompareWith::Usual;
    let borrowed = SHOP.replace("href=/shop.css", &format!("href={there}/shop.css"));
    let script = format!("{SHOP}<script>location = '{there}/'</script>");
    for (what, body, said) in [
        ("sent on by a script", script.as_str(), "/ sends its visitor to 127.0.0.1:"),
        ("production's sheet", &borrowed, "is the good page's own, and not the release's"),
        ("a login", &format!("{SHOP}<script>location = '/login'</script>"), "/ answers 404"),
    ] {
        let site = shop(body, SHOP_CSS).await;
        let looked = bed.look_beside(&site.url(), &check, 60, today(&[&there])).await;
        came_to(what, &looked, Outcome::Failed, said);
    }
    // One that sends its visitors to the candidate is not the good page.
    let mirror = shop(&format!("<script>location = '{there}/'</script>"), "").await;
    let looked = bed.look_beside(&there, &check, 60, today(&[&mirror.url()])).await;
    came_to("a mirror", &looked, Outcome::Passed, "it sends its visitor to 127.0.0.1:");
}

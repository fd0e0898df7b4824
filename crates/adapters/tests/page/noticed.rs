//! What a browser tells in its log alone, what stands where nobody sees it, and what waits for ever.

use std::time::{Duration, Instant};

use plimsoll_core::catalog::HttpMatch;
use plimsoll_core::record::Outcome;

use crate::bed::{Bed, Reply, Site, came_to, html, not_found, output, page, passed, typed, with};
use crate::broken::{Changed, beside, site};

const HEAD: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>T</title>\
    <style>body{margin:0;font:16px sans-serif}.top{background:#135;color:#fff;padding:9px}</style>\
    <h1 class=top>The shop</h1>";
const STORY: &str = "<main class=main><div class=wrap><p class=story>A very good tea with a long story about \
    where it comes from and who has picked it, up in the hills, every morning of a long and wet spring</p></div></main>";

fn shop(more: &str) -> Reply {
    html(&format!("{HEAD}{STORY}{more}"))
}

fn policy(rule: &str, more: &str) -> Reply {
    let headers = [("content-type", "text/html"), ("content-security-policy", rule)];
    with(200, &headers, &format!("{HEAD}{STORY}{more}"))
}

fn module(mime: &str) -> Reply {
    typed(mime, "document.querySelector('h1').title = 'started'")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_browser_refuses_and_tells_its_log_alone_fails() {
    let bed = Bed::new();
    let frame = "<iframe src=/f.html></iframe>";
    let inline = "<script>document.title = 'drawn by a script'</script>";
    let starts = "<script type=module src=/a.mjs></script>";
    let f = || ("/f.html", html("<p>In a frame"));
    let cases: Vec<(&str, Changed, Changed, &str)> = vec![
        (
            "a frame",
            vec![("/", shop(frame)), f()],
            vec![("/", policy("frame-src 'none'", frame)), f()],
            "the page's content security policy blocks /f.html",
        ),
        (
            "a script inside",
            vec![("/", shop(inline))],
            vec![("/", policy("script-src 'self'", inline))],
            "blocks a script inside the page, and the good page's does not",
        ),
        (
            "a module",
            vec![("/", shop(starts)), ("/a.mjs", module("text/javascript"))],
            vec![("/", shop(starts)), ("/a.mjs", module("application/octet-stream"))],
            "the script /a.mjs",
        ),
        (
            "it sends on",
            vec![("/", shop(""))],
            vec![("/", shop("<meta http-equiv=refresh content='60;url=/other'>"))],
            "/ sends its visitor on to /other, and the good page does not",
        ),
    ];
    for (what, good, here, said) in cases {
        came_to(what, &beside(&bed, site(&good), site(&here)).await, Outcome::Failed, said);
    }
    for (what, good, here) in [
        (
            "only reported",
            vec![("/", shop(inline))],
            vec![(
                "/",
                with(
                    200,
                    &[
                        ("content-type", "text/html"),
                        ("content-security-policy-report-only", "script-src 'self'"),
                    ],
                    &format!("{HEAD}{STORY}{inline}"),
                ),
            )],
        ),
        (
            "blocked there too",
            vec![("/", policy("frame-src 'none'", frame)), f()],
            vec![("/", policy("frame-src 'none'", frame)), f()],
        ),
        (
            "to itself",
            vec![("/", shop(""))],
            vec![("/", shop("<meta http-equiv=refresh content=60>"))],
        ),
    ] {
        passed(what, &beside(&bed, site(&good), site(&here)).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn text_that_is_cut_away_or_shrunk_or_turned_away_is_not_there() {
    let bed = Bed::new();
    let styled = |css: &str| shop(&format!("<style>{css}</style>"));
    let mut check = page("/");
    check.expect_text = vec![HttpMatch::Contains("long story about".into())];
    for (css, seen) in [
        ("main{height:0;overflow:hidden}", false),
        ("main{max-height:4px;overflow:clip}", false),
        ("html,body{height:40px;overflow:hidden}", false),
        ("main{transform:scale(0)}", false),
        ("main{zoom:.05}", false),
        ("main{filter:opacity(0)}", false),
        ("main{mask:linear-gradient(transparent,transparent)}", false),
        ("main{position:fixed;top:2000px}", false),
        (".story{font-size:0}", false),
        (".story{text-indent:-9999px;overflow:hidden}", false),
        (".story{transform:rotateY(180deg);backface-visibility:hidden}", false),
        (".wrap{background:#fff;position:relative}.story{position:relative;z-index:-1}", false),
        ("main{height:4px;overflow:auto}", true),
        ("main{height:0}", true),
        ("body{overflow:hidden}", true),
        ("main{overflow:hidden;position:relative;left:40px}", true),
        ("main{opacity:.5;transform:scale(.8);filter:grayscale(1)}", true),
        ("main{mask:linear-gradient(black,transparent)}", true),
        (".wrap{display:contents}", true),
        ("main{overflow:hidden;height:0}.wrap{position:absolute;top:90px}", true),
        (".story{position:sticky;top:0}", true),
    ] {
        let body = styled(css);
        let site = Site::start(move |_, _| body.clone()).await;
        let looked = bed.look(&site.url(), &check).await;
        match seen {
            true => passed(css, &looked),
            false => came_to(css, &looked, Outcome::Failed, "does not contain"),
        }
    }
    let gone = beside(
        &bed,
        site(&[("/", shop(""))]),
        site(&[("/", styled("main{height:0;overflow:hidden}"))]),
    );
    came_to("beside the good page", &gone.await, Outcome::Failed, "lost most of its text");
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_that_their_loader_never_brought_fail() {
    let bed = Bed::new();
    let drawn = "<svg xmlns='http://www.w3.org/2000/svg' width='300' height='200'><rect width='90' height='90'/></svg>";
    let dot = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
    let image = |src: &str| {
        let one = format!("<img class=tea width=300 height=200 {src}>");
        vec![("/", shop(&one.repeat(3))), ("/tea.svg", typed("image/svg+xml", drawn))]
    };
    let said = "img.tea shows no picture, and does on the good page";
    for src in [format!("src={dot} data-src=/tea.svg"), "data-src=/tea.svg".into()] {
        let looked = beside(&bed, site(&image("src=/tea.svg")), site(&image(&src))).await;
        came_to(&src, &looked, Outcome::Failed, said);
        passed("there too", &beside(&bed, site(&image(&src)), site(&image(&src))).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_or_a_question_for_a_password_keeps_no_page_waiting() {
    let bed = Bed::new();
    let answer = |path: &str, _: &str| match path {
        "/worker" => shop("<script>new Worker('/w.js').postMessage(1)</script>"),
        "/w.js" => typed("text/javascript", "onmessage = () => postMessage(2)"),
        "/asks" => shop("<img src=/a.png width=90 height=90>"),
        "/fetch" => shop("<script>fetch('/a.png').catch(() => 0)</script>"),
        "/a.png" => with(401, &[("www-authenticate", "Basic realm=x")], "no"),
        _ => not_found(),
    };
    let site = Site::start(answer).await;
    let began = Instant::now();
    let looked = bed.look(&site.url(), &page("/worker")).await;
    passed("a worker", &looked);
    assert!(!looked.attempt.finding.contains("never became quiet"), "{}", looked.attempt.finding);
    let view = &looked.attempt.page.as_ref().expect("a view").views[0];
    assert_eq!(view.failed_resources, 0, "{}", output(&looked));
    let asked = bed.look(&site.url(), &page("/asks")).await;
    came_to("a picture", &asked, Outcome::Failed, "the picture /a.png answers 401");
    passed("a fetch", &bed.look(&site.url(), &page("/fetch")).await);
    // With all of its patience each of them would take 15 s and more.
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_as_code_handled_later_or_asked_for_ahead_is_no_fault() {
    let bed = Bed::new();
    let article = |text: &str| shop(&format!("<h2>How to</h2><pre><code>{text}</code></pre>"));
    let caught = "<script>const p = Promise.reject(new Error('late'));setTimeout(() => p.catch(() => 0), 50)</script>";
    for (what, here) in [
        ("a template", article("Hello {{ name }}")),
        ("PHP", article("&lt;?php echo 1; ?>")),
        ("a traceback", article("Traceback (most recent call last):\n  File 'a.py', line 3")),
        ("handled later", shop(caught)),
        ("asked for ahead", shop("<link rel=prefetch href=/next.html>")),
    ] {
        let (good, here) = (site(&[("/", shop("<h2>How to</h2>"))]), site(&[("/", here)]));
        passed(what, &beside(&bed, good, here).await);
    }
}

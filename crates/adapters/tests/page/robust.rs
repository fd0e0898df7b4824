//! Pages that do not want to be looked at: each its own clear answer in bounded time and memory,
//! and the page next to it is not harmed.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use plimsoll_core::record::Outcome;

use crate::bed::{Bed, Reply, Site, came_to, html, not_found, page, passed, typed, with};

const GOOD: &str = "<!doctype html><title>T</title><style>p{color:red}</style><p>Words";

#[tokio::test(flavor = "multi_thread")]
async fn every_unruly_page_has_its_own_answer_and_harms_no_other() {
    let bed = Bed::new();
    let good = Site::start(|_, _| html(GOOD)).await;
    let cases: Vec<(&str, &str, Outcome, &str)> = vec![
        ("/round", "", Outcome::Failed, "redirects without end"),
        (
            "/wander",
            "<script>location='/wander?'+Math.random()</script>",
            Outcome::Failed,
            "on and on",
        ),
        ("/alerts", "<script>for(;;)alert(1)</script>", Outcome::Failed, "dialog after dialog"),
        (
            "/alert",
            "<script>alert(1);confirm(2);prompt(3)</script><p>Words",
            Outcome::Passed,
            "answers 200",
        ),
        ("/file", "", Outcome::Failed, "is a download (application/zip)"),
        (
            "/click",
            "<a id=a href=/file download>x</a><script>a.click()</script>",
            Outcome::Passed,
            "answers 200",
        ),
        ("/pop", "<script>open('/pop');open('/')</script><p>Words", Outcome::Passed, "answers 200"),
        ("/auth", "", Outcome::Failed, "answers 401"),
        ("/big", "", Outcome::Failed, "is larger than 5 MB"),
        (
            "/poll",
            "<p>Words<script>setInterval(()=>fetch('/api?'+Math.random()),50)</script>",
            Outcome::Passed,
            "never became quiet",
        ),
        (
            "/tick",
            "<p id=p>Words<script>setInterval(()=>p.textContent=Math.random(),1)</script>",
            Outcome::Passed,
            "never looked the same twice",
        ),
        (
            "/spin",
            "<p>Words<script>for(;;);</script>",
            Outcome::Failed,
            "a script runs without end",
        ),
        ("/hang", "", Outcome::Failed, "/hang"),
        ("/leave", "<p>Words<script>onbeforeunload=()=>1</script>", Outcome::Passed, "answers 200"),
    ];
    let looks = cases.into_iter().map(|(path, body, outcome, said)| {
        let (bed, good) = (&bed, good.url());
        async move {
            let site = Site::start(move |asked, _| {
                let body = format!("<!doctype html><title>T</title>{body}");
                match asked.split('?').next().unwrap_or_default() {
                    "/round" => with(302, &[("location", "/round")], ""),
                    "/file" => typed("application/zip", "PK"),
                    "/auth" => with(401, &[("www-authenticate", "Basic realm=x")], "no"),
                    "/big" => Reply::Endless(
                        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<p>".into(),
                    ),
                    "/hang" => Reply::Hang,
                    "/api" => typed("text/plain", "x"),
                    "/favicon.ico" => not_found(),
                    _ => html(&body),
                }
            })
            .await;
            let mut check = page(path);
            check.max_bytes = 5_000_000;
            let began = Instant::now();
            let attempted = bed.look_within(&site.url(), &check, 15).await;
            came_to(path, &attempted, outcome, said);
            // Fourteen pages wait for four places; one alone ends within its limit.
            assert!(began.elapsed() < Duration::from_secs(90), "{path}: {:?}", began.elapsed());
            passed(path, &bed.look(&good, &page("/")).await);
        }
    });
    join_all(looks).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_eats_all_memory_fails_and_the_next_one_is_shown() {
    let bed = Bed::new();
    let site = Site::start(|path, _| match path {
        "/" => html("<!doctype html><p>x<script>setTimeout(()=>{const a=[];for(;;)a.push(new Array(1e6).fill(a.length+.5))},0)</script>"),
        "/good" => html(GOOD),
        _ => not_found(),
    })
    .await;
    let attempted = bed.look(&site.url(), &page("/")).await;
    came_to("memory", &attempted, Outcome::Failed, "crashes its process, twice");
    passed("next", &bed.look(&site.url(), &page("/good")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_is_killed_is_started_again_and_nothing_passes_unseen() {
    let bed = Bed::new();
    let site = Site::start(|path, _| match path {
        "/slow" => Reply::Hang,
        _ => html(GOOD),
    })
    .await;
    passed("before", &bed.look(&site.url(), &page("/")).await);
    let killer = async {
        // Twice: the second time the page has no third chance.
        for _ in 0..2 {
            let heads = site.heads.lock().expect("whole").len();
            while site.heads.lock().expect("whole").len() == heads {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            let number = bed.ground.browsers.process().await.expect("it runs");
            let number = rustix::process::Pid::from_raw(number.cast_signed()).expect("a process");
            rustix::process::kill_process(number, rustix::process::Signal::KILL).expect("killed");
        }
    };
    let check = page("/slow");
    let url = site.url();
    let (attempted, ()) = tokio::join!(bed.look(&url, &check), killer);
    came_to("killed", &attempted, Outcome::Errored, "the browser died, twice");
    passed("after", &bed.look(&site.url(), &page("/")).await);
}

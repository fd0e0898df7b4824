//! Changes that every release brings raise no alarm.

use futures_util::future::join_all;

use crate::bed::{Bed, Site, html, not_found, page, passed, typed};

const HEAD: &str = "<!doctype html><html lang=en><title>Planet</title>";
const CSS: &str =
    "body{margin:0}h1{color:#252}.row{display:flex}@media(max-width:600px){h1{top:0}}";

fn whole(body: &str) -> String {
    format!("{HEAD}<link rel=stylesheet href=/style.css><h1>Forests</h1>{body}")
}

#[tokio::test(flavor = "multi_thread")]
async fn harmless_changes_pass() {
    let bed = Bed::new();
    let minified = "body{margin:0}h1{color:#252}";
    let changes: Vec<(&str, String, String)> = vec![
        ("nothing", whole("<p>Words"), CSS.into()),
        ("a text", whole("<p>Other words"), CSS.into()),
        (
            "a date",
            whole("<time>2026-11-21</time><script>document.write(new Date())</script>"),
            CSS.into(),
        ),
        ("another picture", whole("<img src=/b.svg alt=''>"), CSS.into()),
        (
            "reordered rules",
            whole("<p>Words"),
            ".row{display:flex}h1{color:#252}body{margin:0}".into(),
        ),
        ("a minified sheet", whole("<p>Words"), minified.into()),
        (
            "a banner row",
            whole("<div style='height:60px;background:gold'>Sale</div><p>Words"),
            CSS.into(),
        ),
        (
            "a hashed name that changed with the page",
            whole("<p>Words").replace("/style.css", "/style.9f8e7d.css"),
            String::new(),
        ),
        (
            "another's advertisement is missing",
            whole("<script src=http://127.0.0.1:1/ad.js></script>"),
            CSS.into(),
        ),
        (
            "an answer for those who are logged in",
            whole("<script>fetch('/api/me')</script>"),
            CSS.into(),
        ),
        ("an empty inline style", whole("<style></style><p>Words"), CSS.into()),
        (
            "a style sheet for print",
            whole("<link rel=stylesheet media=print href=/style.css><p>W"),
            CSS.into(),
        ),
        (
            "an alternate style that is not there",
            whole("<link rel='alternate stylesheet' title=x href=/style.css>"),
            CSS.into(),
        ),
        (
            "a script that handles its error",
            whole("<script>try{null.x}catch(e){console.warn(e)}</script>"),
            CSS.into(),
        ),
        (
            "a script that says nothing",
            whole("<script>console.error('one of many')</script>"),
            CSS.into(),
        ),
        (
            "an endless animation",
            whole("<style>@keyframes s{to{rotate:1turn}}h1{animation:s 1s infinite}</style>"),
            CSS.into(),
        ),
        ("rules inside layers alone", whole("<p>Words"), "@layer a{h1{color:red}}".into()),
        ("only imports", whole("<p>Words"), "@import '/style.9f8e7d.css';".into()),
        (
            "a stream that stays open",
            whole("<script>new EventSource('/events')</script>"),
            CSS.into(),
        ),
        ("a redirect to a language", "MOVE".into(), CSS.into()),
    ];
    let looks = changes.into_iter().map(|(what, body, css)| {
        let bed = &bed;
        async move {
            let site = Site::start(move |path, _| match path {
                "/" if body == "MOVE" => crate::bed::with(302, &[("location", "/en/")], ""),
                "/" => html(&body),
                "/en/" => html(&whole("<p>Words")),
                "/style.css" if !css.is_empty() => typed("text/css", &css),
                "/style.9f8e7d.css" => typed("text/css", CSS),
                "/b.svg" => typed(
                    "image/svg+xml",
                    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'/>",
                ),
                "/api/me" => crate::bed::with(401, &[("content-type", "application/json")], "{}"),
                "/events" => crate::bed::Reply::Hang,
                _ => not_found(),
            })
            .await;
            passed(what, &bed.look(&site.url(), &page("/")).await);
        }
    });
    join_all(looks).await;
}

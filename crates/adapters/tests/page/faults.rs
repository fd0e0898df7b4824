//! A page that answers 200 and has lost its style sheet, in every way in which it can.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use futures_util::future::join_all;
use plimsoll_core::catalog::CompareWith;
use plimsoll_core::record::Outcome;

use crate::bed::{Bed, Reply, Site, came_to, html, not_found, output, page, passed, typed, with};

const CSS: &str = "body { margin: 0; font: 16px sans-serif } h1 { color: #252 }";
const DOT: &str = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='40'/>";
const PAGE: &str = "<!doctype html><html lang=nl><title>Planet</title>\
    <link rel=stylesheet href=/style.css><h1>Forests</h1><p>Words.";

async fn fault(
    bed: &Bed,
    what: &str,
    secs: u64,
    answer: impl Fn(&str) -> Reply + Send + Sync + 'static,
    said: &str,
) {
    let site = Site::start(move |path, _| answer(path)).await;
    let attempted = bed.look_within(&site.url(), &page("/"), secs).await;
    came_to(what, &attempted, Outcome::Failed, said);
    let view = &attempted.attempt.page.as_ref().expect("a summary").views[0];
    assert_eq!(view.status, Some(200), "{what}: the page itself answers");
    assert!(!attempted.pictures.is_empty(), "{what}: there is a picture of it, late or not");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_far_down_is_loaded_and_looked_at_too() {
    let body = |far: &str| {
        let far = format!("<img src={far} loading=lazy alt='' width=40 height=40>");
        format!("<!doctype html><title>T</title><p>Words<div style='height:9000px'></div>{far}")
    };
    let answer = |body: String| {
        move |path: &str, _: &str| match path {
            "/" => html(&body),
            "/there.svg" => typed("image/svg+xml", DOT),
            _ => not_found(),
        }
    };
    let bed = Bed::new();
    let lost = Site::start(answer(body("/far.svg"))).await;
    let said = "the picture /far.svg answers 404";
    came_to("lost", &bed.look(&lost.url(), &page("/")).await, Outcome::Failed, said);
    let there = Site::start(answer(body("/there.svg"))).await;
    let looked = bed.look(&there.url(), &page("/")).await;
    passed("there", &looked);
    assert!(output(&looked).contains("/there.svg"), "it was asked for");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_on_which_nothing_can_be_seen_is_blank_whatever_it_contains() {
    let bed = Bed::new();
    let page_of = |style: &'static str, more: &'static str| {
        move |path: &str, _: &str| match path {
            "/" => html(&format!(
                "<!doctype html><title>T</title><style>{style}</style><h1>Words</h1>{more}"
            )),
            _ => not_found(),
        }
    };
    for (what, style, more) in [
        ("not rendered", "body { display: none }", ""),
        ("see-through", "body { opacity: 0 }", ""),
        ("hidden", "html { visibility: hidden }", ""),
        ("of the ground's colour", "h1 { color: #fff }", ""),
        ("covered", "div { position: fixed; inset: 0; background: #fff }", "<div></div>"),
    ] {
        let site = Site::start(page_of(style, more)).await;
        came_to(what, &bed.look(&site.url(), &page("/")).await, Outcome::Failed, "/ is blank");
    }
    let site = Site::start(page_of("h2 { color: red }", "")).await;
    passed("seen", &bed.look(&site.url(), &page("/")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_that_the_browser_refused_is_not_counted_as_one_that_applies() {
    let nosniff = [("content-type", "text/plain"), ("x-content-type-options", "nosniff")];
    let refused = Site::start(move |path, _| match path {
        "/" => html(PAGE),
        _ => with(200, &nosniff, CSS),
    })
    .await;
    let attempted = Bed::new().look(&refused.url(), &page("/")).await;
    let view = &attempted.attempt.page.as_ref().expect("a summary").views[0];
    assert_eq!((view.style_sheets, view.applied_style_sheets), (1, 0));
    assert!(output(&attempted).contains("\"applied\": false"), "{}", output(&attempted));
}

fn site(css: impl Fn() -> Reply + Send + Sync + 'static) -> impl Fn(&str) -> Reply {
    move |path| match path {
        "/" => html(PAGE),
        "/style.css" => css(),
        _ => not_found(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_of_losing_a_style_sheet_fails_with_its_reason() {
    let bed = Bed::new();
    let b = &bed;
    let sri = PAGE.replace(
        "href=/style.css",
        "href=/style.css integrity=sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    );
    let cases: Vec<futures_util::future::BoxFuture<'_, ()>> = vec![
        Box::pin(fault(b, "404", 60, site(not_found), "the style sheet /style.css answers 404")),
        Box::pin(fault(
            b,
            "200 with HTML",
            60,
            site(|| html("<h1>Gone</h1>")),
            "the style sheet /style.css is refused: its type is text/html",
        )),
        Box::pin(fault(
            b,
            "HTML as text/css",
            60,
            site(|| {
                typed("text/css", "<!doctype html><style>a { color: red }</style> h1 { top: 0 }")
            }),
            "the style sheet /style.css is a page, not a style sheet",
        )),
        Box::pin(fault(
            b,
            "0 bytes",
            60,
            site(|| typed("text/css", "")),
            "the style sheet /style.css is empty",
        )),
        Box::pin(fault(
            b,
            "no rule",
            60,
            site(|| typed("text/css", "/* the build had nothing to say */")),
            "the style sheet /style.css applies no rule",
        )),
        Box::pin(fault(
            b,
            "text/plain and nosniff",
            60,
            site(|| {
                let headers =
                    [("content-type", "text/plain"), ("x-content-type-options", "nosniff")];
                with(200, &headers, CSS)
            }),
            "the style sheet /style.css is refused: its type is text/plain",
        )),
        Box::pin(fault(
            b,
            "404 and nosniff",
            60,
            site(|| {
                let headers =
                    [("content-type", "text/html"), ("x-content-type-options", "nosniff")];
                with(404, &headers, "<h1>Gone</h1>")
            }),
            "the style sheet /style.css answers 404",
        )),
        Box::pin(fault(
            b,
            "CSP",
            60,
            |path| match path {
                "/" => {
                    let policy = ("content-security-policy", "style-src 'none'");
                    with(200, &[("content-type", "text/html"), policy], PAGE)
                }
                _ => typed("text/css", CSS),
            },
            "the style sheet /style.css is blocked by the page's content security policy",
        )),
        Box::pin(fault(
            b,
            "SRI",
            60,
            move |path| if path == "/" { html(&sri) } else { typed("text/css", CSS) },
            "does not fit the integrity",
        )),
        Box::pin(fault(
            b,
            "inside @import",
            60,
            |path| match path {
                "/" => html(PAGE),
                "/style.css" => typed("text/css", &format!("@import '/blocks.css';{CSS}")),
                _ => not_found(),
            },
            "the style sheet /blocks.css, imported by /style.css, answers 404",
        )),
        Box::pin(fault(
            b,
            "slow beyond patience",
            8,
            site(|| Reply::Hang),
            "the style sheet /style.css had not arrived when the time was over",
        )),
    ];
    join_all(cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_things_that_a_page_can_lose_fail_too() {
    let bed = Bed::new();
    for (what, body, said) in [
        ("a script", "<script src=/a.js></script><p>Words", "the script /a.js answers 404"),
        ("a picture", "<img src=/a.png><p>Words", "the picture /a.png answers 404"),
        ("a broken picture", "<img src=/broken.png><p>Words", "/broken.png cannot be decoded"),
        ("everything", "<div></div>", "/ is blank"),
        (
            "a font",
            "<style>@font-face{font-family:F;src:url(/f.woff2)} p{font-family:F}</style><p>Words",
            "the font /f.woff2 answers 404",
        ),
        (
            "another port refuses",
            "<script src=http://127.0.0.1:1/x.js></script><p>Words",
            "answers 200",
        ),
    ] {
        let body = format!("<!doctype html><title>T</title>{body}");
        let site = Site::start(move |path, _| match path {
            "/" => html(&body),
            "/broken.png" => typed("image/png", "this is no picture"),
            _ => not_found(),
        })
        .await;
        let attempted = bed.look(&site.url(), &page("/")).await;
        let outcome = if said == "answers 200" { Outcome::Passed } else { Outcome::Failed };
        came_to(what, &attempted, outcome, said);
    }
    let site =
        Site::start(|_, _| with(503, &[("content-type", "text/html")], "<h1>Down</h1>")).await;
    came_to("503", &bed.look(&site.url(), &page("/")).await, Outcome::Failed, "/ answers 503");
    let gone = bed.look("http://127.0.0.1:1", &page("/")).await;
    came_to("nobody", &gone, Outcome::Failed, "cannot be had");
    let nowhere = bed.look("http://does-not-exist.invalid", &page("/")).await;
    came_to("no such name", &nowhere, Outcome::Errored, "host name does not exist");
}

struct Nginx(Child);

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Three sites on two stacks, each a folder behind its own port of one nginx.
fn nginx(root: &Path, ports: &[(String, u16)]) -> Nginx {
    let mut servers = String::new();
    for (name, port) in ports {
        let folder = root.join(name);
        servers.push_str(&format!(
            "server {{ listen 127.0.0.1:{port}; root {}; }}\n",
            folder.display()
        ));
    }
    let r = root.display();
    let conf = format!(
        "daemon off; master_process off; pid {r}/pid; error_log {r}/error.log;\n\
         events {{ worker_connections 256; }}\n\
         http {{ types {{ text/html html; text/css css; }} access_log off;\n\
         client_body_temp_path {r}/t1; proxy_temp_path {r}/t2; fastcgi_temp_path {r}/t3;\n\
         uwsgi_temp_path {r}/t4; scgi_temp_path {r}/t5;\n{servers}}}\n"
    );
    std::fs::write(root.join("nginx.conf"), conf).expect("written");
    let child = Command::new("nginx")
        .args(["-p".as_ref(), root.as_os_str(), "-c".as_ref(), root.join("nginx.conf").as_os_str()])
        .stderr(Stdio::null())
        .spawn()
        .expect("nginx is installed");
    Nginx(child)
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("bound").port()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_style_that_one_stack_did_not_build_fails_on_its_sites_and_on_no_other() {
    let root = tempfile::tempdir().expect("a directory");
    let mut ports = Vec::new();
    for stack in ["vm", "k8s"] {
        for site in ["nl", "in", "br"] {
            let name = format!("{site}-{stack}");
            let folder = root.path().join(&name);
            std::fs::create_dir(&folder).expect("made");
            std::fs::write(folder.join("index.html"), PAGE).expect("written");
            // The script that builds it was forgotten for two of the three sites of one stack.
            if stack == "vm" || site == "br" {
                std::fs::write(folder.join("style.css"), CSS).expect("written");
            }
            ports.push((name, free_port()));
        }
    }
    let _nginx = nginx(root.path(), &ports);
    for (_, port) in &ports {
        while std::net::TcpStream::connect(("127.0.0.1", *port)).is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    let bed = Bed::new();
    let looks = ports.iter().map(|(name, port)| {
        let bed = &bed;
        async move { (name, bed.look(&format!("http://127.0.0.1:{port}"), &page("/")).await) }
    });
    for (name, attempted) in join_all(looks).await {
        if matches!(name.as_str(), "nl-k8s" | "in-k8s") {
            came_to(name, &attempted, Outcome::Failed, "the style sheet /style.css answers 404");
        } else {
            passed(name, &attempted);
        }
        assert_eq!(attempted.pictures[0].0, "desktop.png", "{name}");
        assert!(attempted.pictures[0].1.starts_with(b"\x89PNG"), "{name}");
        assert!(output(&attempted).contains("\"browser\": \"Chrome/"), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_a_good_site_only_what_is_new_fails() {
    let old = "<!doctype html><title>T</title><img src=/old.png><script>throw new Error('old')</script>\
        <link rel=stylesheet href=/a.css><link rel=stylesheet href=/b.css><p>Words";
    let answer = |body: String| {
        move |path: &str, _: &str| match path {
            "/" => html(&body),
            "/a.css" => typed("text/css", CSS),
            "/b.css" => typed("text/css", "p { border-top: 6px solid #e8751a }"),
            "/all.css" => {
                typed("text/css", &format!("{CSS} p{{border-top:6px solid rgb(232,117,26)}}"))
            }
            _ => not_found(),
        }
    };
    let good = Site::start(answer(old.to_owned())).await;
    let same = Site::start(answer(old.to_owned())).await;
    let fewer = Site::start(answer(old.replace("<link rel=stylesheet href=/b.css>", ""))).await;
    let throws = format!("{old}<script>null.x</script>");
    let throws = Site::start(answer(throws)).await;
    let bed = Bed::new();
    let mut check = page("/");
    check.compare_with = CompareWith::Url(good.url().parse().expect("a template"));
    passed("old faults", &bed.look(&same.url(), &check).await);
    let links = "<link rel=stylesheet href=/a.css><link rel=stylesheet href=/b.css>";
    let inlined = format!("<style>{CSS}</style><link rel=stylesheet href=/b.css>");
    for (what, instead) in [
        ("merged", "<link rel=stylesheet href=/all.css>"),
        ("one of them inlined", inlined.as_str()),
    ] {
        let site = Site::start(answer(old.replace(links, instead))).await;
        passed(what, &bed.look(&site.url(), &check).await);
    }
    let said = "/b.css of the good page is missing, and so is what it did to p";
    came_to("fewer", &bed.look(&fewer.url(), &check).await, Outcome::Failed, said);
    let said = "a script fails: TypeError";
    came_to("throws", &bed.look(&throws.url(), &check).await, Outcome::Failed, said);
    let alone = bed.look(&same.url(), &page("/")).await;
    came_to("alone", &alone, Outcome::Failed, "the picture /old.png answers 404");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_origin_does_not_permit_and_what_was_changed_on_the_way_is_named() {
    let bed = Bed::new();
    let fonts = Site::start(|_, _| typed("font/woff2", "no font, and nobody may have it")).await;
    let font = format!(
        "<style>@font-face{{font-family:F;src:url({}/f.woff2)}} p{{font-family:F}}</style><p>Words",
        fonts.url()
    );
    let digest = "integrity=sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let scripts = Site::start(|_, _| {
        let headers =
            [("content-type", "text/javascript"), ("cross-origin-resource-policy", "same-origin")];
        with(200, &headers, "1")
    })
    .await;
    let corp = format!(
        "<script src={}/c.js></script><p>Words",
        scripts.url().replace("127.0.0.1", "localhost")
    );
    for (what, body, said) in [
        ("a font without CORS", font.as_str(), "is blocked: its origin does not permit it"),
        (
            "a script that was changed",
            &format!("<script src=/a.js {digest}></script><p>Words"),
            "the script /a.js is blocked: its content does not fit the integrity",
        ),
        ("a script of a closed origin", corp.as_str(), "is blocked: its origin does not permit it"),
    ] {
        let body = format!("<!doctype html><title>T</title>{body}");
        let site = Site::start(move |path, _| match path {
            "/" => html(&body),
            "/a.js" => typed("text/javascript", "1"),
            _ => not_found(),
        })
        .await;
        let mut check = page("/");
        check.own_hosts = vec!["127.0.0.1".into(), "localhost".into()];
        came_to(what, &bed.look(&site.url(), &check).await, Outcome::Failed, said);
    }
}

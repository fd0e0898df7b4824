//! Fifty page checks beside fifty cold starts of chromium, in one run.
//!
//! `cargo run -p plimsoll-adapters --example page_rate [PAGES]`

#[path = "../tests/page/bed.rs"]
#[expect(dead_code, reason = "the tests need more of it")]
mod bed;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use plimsoll_core::record::Outcome;

use bed::{Bed, Site, html, page, typed};

const PAGE: &str = "<!doctype html><html lang=en><title>Planet</title><link rel=stylesheet href=/s.css>\
    <h1>Forests</h1><p>Words and more words.<img src=/a.svg>";

fn cold(url: &str) -> Duration {
    let profile = tempfile::tempdir().expect("a directory");
    let picture = profile.path().join("p.png");
    let began = Instant::now();
    let status = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"])
        .arg("--window-size=800,600")
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("--screenshot={}", picture.display()))
        .arg(url)
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .status();
    assert!(status.is_ok_and(|status| status.success()) && picture.exists(), "a picture");
    began.elapsed()
}

#[tokio::main]
async fn main() {
    let pages: usize = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(50);
    let site = Site::start(|path, _| match path {
        "/s.css" => typed("text/css", "body{margin:0;font:16px sans-serif}h1{color:#252}"),
        "/a.svg" => {
            typed("image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>")
        }
        _ => html(PAGE),
    })
    .await;
    let (url, bed, check) = (site.url(), Bed::new(), page("/"));
    // The browser's own start is in the time.
    let began = Instant::now();
    let looks = join_all((0..pages).map(|_| bed.look(&url, &check))).await;
    let warm = began.elapsed();
    let passed = looks.iter().filter(|one| one.attempt.outcome == Outcome::Passed).count();
    let starts = move || (0..pages).map(|_| cold(&url)).sum::<Duration>();
    let cold = tokio::task::spawn_blocking(starts).await.expect("it ran");
    println!(
        "{pages} page checks ({passed} passed): {:.2} s; {pages} cold starts: {:.2} s; ratio {:.2}",
        warm.as_secs_f64(),
        cold.as_secs_f64(),
        warm.as_secs_f64() / cold.as_secs_f64()
    );
}

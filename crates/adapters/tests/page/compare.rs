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
    came_to("print", &looked, Outcome::Failed, "0 style sheets apply, where the good page has 1");
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
    came_to("less", &looked, Outcome::Failed, "0 style sheets apply, where the good page has 1");
}

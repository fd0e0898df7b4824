//! The `http` check from the job to the evidence.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use plimsoll_adapters::check::http::run;
use plimsoll_adapters::secrets::Secrets;
use plimsoll_adapters::values::Values;
use plimsoll_core::catalog::{
    Argv, Check, CheckKind, CommandDeploy, DeployKind, HttpCheck, HttpMatch, JsonExpectation,
    Observe, ObserveKind, Platform, Scope, SecretRef, Target, TlsExpectation, VersionFrom,
};
use plimsoll_core::record::Outcome;
use plimsoll_core::units::Period;
use plimsoll_engine::ports::{Attempted, CheckJob, TargetContext};

use crate::servers::{answering, moved, ok, recording};

fn check(path: &str) -> HttpCheck {
    HttpCheck {
        path: path.parse().expect("a template"),
        method: "GET".into(),
        headers: BTreeMap::new(),
        body: None,
        status: BTreeSet::new(),
        redirects: 0,
        expect_headers: BTreeMap::new(),
        expect_body: Vec::new(),
        expect_json: Vec::new(),
        tls: TlsExpectation::default(),
        max_body_bytes: 1 << 20,
    }
}

fn platform() -> Platform {
    let argv =
        Argv { argv: vec!["true".parse().expect("a template")], env: BTreeMap::new(), dir: None };
    let deploy = CommandDeploy { deploy: argv, roll_back: None, prove: None, aim: None };
    let observe = Observe {
        kind: ObserveKind::Link,
        version: VersionFrom::Text,
        within: Period::from_secs(5),
    };
    Platform { deploy: DeployKind::Command(deploy), observe, within: Period::from_secs(60) }
}

fn context(url: Option<String>, vars: &[(&str, &str)]) -> TargetContext {
    TargetContext {
        id: "planet4/staging/nl-vm".parse().expect("a target"),
        target: Target {
            site: "nl".parse().expect("a site"),
            platform: "vm".parse().expect("a platform"),
            url,
            vars: vars.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect(),
        },
        platform: platform(),
    }
}

async fn attempt_with(context: TargetContext, http: HttpCheck, secrets: &Secrets) -> Attempted {
    let job = CheckJob {
        context,
        name: "home".parse().expect("a name"),
        check: Check {
            kind: CheckKind::Http(http.clone()),
            only: Scope::default(),
            within: Period::from_millis(2_000),
            retries: 0,
            at_once: None,
            safe_on_production: false,
            control_runs: Check::CONTROL_RUNS,
        },
        version: "1.23".parse().expect("a version"),
        begun: plimsoll_engine::ports::Begun::default(),
        beside: plimsoll_engine::ports::Beside::default(),
    };
    let values = Values::of_target(&job.context, secrets).with_version(&job.version);
    run(&job, &http, &values, Path::new(".")).await
}

async fn attempt(address: std::net::SocketAddr, http: HttpCheck) -> Attempted {
    attempt_with(context(Some(format!("http://{address}")), &[]), http, &Secrets::none()).await
}

fn text(attempted: &Attempted) -> String {
    String::from_utf8_lossy(&attempted.output).into_owned()
}

#[tokio::test]
async fn an_answer_as_expected_passes_with_its_times() {
    let address = answering(|_| ok("Welcome")).await;
    let attempted = attempt(address, check("/")).await;
    assert_eq!(attempted.attempt.outcome, Outcome::Passed);
    assert!(
        attempted.attempt.finding.starts_with("/ answers 200 in "),
        "{}",
        attempted.attempt.finding
    );
    assert!(attempted.attempt.timings.is_some_and(|timings| timings.total_us > 0));
    let output = text(&attempted);
    assert!(
        output.contains("> GET http://127.0.0.1:") && output.ends_with("\nWelcome"),
        "{output}"
    );
}

#[tokio::test]
async fn every_unmet_expectation_is_a_clear_finding() {
    let address = answering(|head| match head.split(' ').nth(1) {
        Some("/health") => {
            "HTTP/1.1 200 OK\r\nX-Mode: live\r\nX-Mode: fast\r\nconnection: close\r\n\r\n\
            {\"status\": \"down\", \"nodes\": [{\"up\": 1}]}"
                .into()
        }
        Some("/old") => moved("/new"),
        _ => "HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n\r\ngone".into(),
    })
    .await;
    let json = |pointer: &str, equals: Option<serde_json::Value>| JsonExpectation {
        pointer: pointer.into(),
        equals,
    };
    let set = |change: fn(&mut HttpCheck), path: &str| {
        let mut http = check(path);
        change(&mut http);
        http
    };
    let mut with_json = check("/health");
    for (http, said) in [
        (
            set(|c| c.status = [200].into(), "/static/style.css"),
            "/static/style.css answers 404, 200 is expected",
        ),
        (check("/x"), "/x answers 404, any 2xx is expected"),
        (
            set(|c| c.status = [200, 204, 301].into(), "/x"),
            "/x answers 404, 200, 204 or 301 is expected",
        ),
        (set(|c| c.status = [200].into(), "/old"), "/old answers 302 (to /new), 200 is expected"),
        (
            set(|c| c.expect_body = vec![HttpMatch::Contains("Welcome".into())], "/health"),
            "/health: body lacks «Welcome»",
        ),
        (
            set(|c| c.expect_body = vec![HttpMatch::Lacks("down".into())], "/health"),
            "/health: body contains «down», which it must not",
        ),
        (
            set(|c| c.expect_body = vec![HttpMatch::Matches("^up$".into())], "/health"),
            "/health: body does not match «^up$»",
        ),
        (
            set(
                |c| {
                    drop(c.expect_headers.insert("x-mode".into(), HttpMatch::Equals("slow".into())))
                },
                "/health",
            ),
            "/health: header x-mode is «live», «slow» is expected",
        ),
        (
            set(
                |c| drop(c.expect_headers.insert("x-mode".into(), HttpMatch::Lacks("fast".into()))),
                "/health",
            ),
            "/health: header x-mode contains «fast», which it must not",
        ),
        (
            set(
                |c| drop(c.expect_headers.insert("x-none".into(), HttpMatch::Equals("a".into()))),
                "/health",
            ),
            "/health: header x-none is missing, «a» is expected",
        ),
    ] {
        let attempted = attempt(address, http).await;
        assert_eq!(attempted.attempt.outcome, Outcome::Failed, "{said}");
        assert_eq!(attempted.attempt.finding, said);
    }
    with_json.expect_json = vec![
        json("/status", Some("up".into())),
        json("/nodes/0/up", Some(1.0.into())),
        json("/none", None),
    ];
    let attempted = attempt(address, with_json).await;
    assert_eq!(attempted.attempt.finding, "/health: `/status` is \"down\", \"up\" is expected");
    assert!(text(&attempted).contains("* /health: `/none` is missing\n"), "{}", text(&attempted));
    assert!(!text(&attempted).contains("/nodes/0/up` is"), "{}", text(&attempted));
}

#[tokio::test]
async fn headers_and_bodies_as_expected_pass() {
    let address = answering(|_| {
        "HTTP/1.1 301 M\r\nLocation: /b\r\nX-A: one\r\nX-A: two\r\ncontent-length: 9\r\n\r\n{\"a\":[1]}".into()
    })
    .await;
    let mut http = check("/");
    http.status = [301].into();
    http.expect_headers = [
        ("location".into(), HttpMatch::Equals("/b".into())),
        ("x-a".into(), HttpMatch::Matches("^tw".into())),
        ("x-none".into(), HttpMatch::Lacks("x".into())),
    ]
    .into();
    http.expect_body = vec![HttpMatch::Contains("a".into()), HttpMatch::Lacks("b".into())];
    http.expect_json = vec![JsonExpectation { pointer: "/a/0".into(), equals: Some(1.into()) }];
    let attempted = attempt(address, http).await;
    assert_eq!(attempted.attempt.outcome, Outcome::Passed, "{}", attempted.attempt.finding);
}

#[tokio::test]
async fn what_cannot_be_asked_is_errored_and_sends_nothing() {
    let (address, heads) = recording().await;
    let url = Some(format!("http://{address}"));
    let evil = [("lang", "nl\r\nX-Evil: 1")];
    let mut injected = check("/");
    injected.headers =
        [("X-Lang".into(), "{{ target.vars.lang }}".parse().expect("a template"))].into();
    let mut pattern = check("/");
    pattern.expect_body = vec![HttpMatch::Matches("(".into())];
    for (context, http, said) in [
        (context(url.clone(), &evil), injected, "line break"),
        (context(url.clone(), &evil), check("/{{ target.vars.lang }}"), "line break"),
        (context(url.clone(), &[]), check("/{{ target.vars.none }}"), "has no value"),
        (context(None, &[]), check("/"), "no url"),
        (context(None, &[]), check("http://user:pw@127.0.0.1/"), "user name"),
    ] {
        let attempted = attempt_with(context, http, &Secrets::none()).await;
        assert_eq!(attempted.attempt.outcome, Outcome::Errored, "{said}");
        assert!(attempted.attempt.finding.contains(said), "{}", attempted.attempt.finding);
    }
    assert!(heads.lock().expect("whole").is_empty());
}

#[tokio::test]
async fn secrets_are_sent_and_never_kept() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), "hunter2-hunter2\n").expect("written");
    let path = file.path().to_string_lossy().into_owned();
    let secrets = Secrets::new(
        [("token".parse().expect("a name"), SecretRef::File(path))].into(),
        Path::new("/"),
    );
    let address = answering(|head| {
        assert!(head.contains("x-key: hunter2-hunter2"), "{head}");
        "HTTP/1.1 500 hunter2-hunter2\r\nX-Echo: hunter2-hunter2\r\nSet-Cookie: sid=abcdef; Path=/\r\n\
         content-length: 15\r\n\r\nhunter2-hunter2"
            .into()
    })
    .await;
    let mut http = check("/?key={{ secrets.token }}");
    http.headers = [("X-Key".into(), "{{ secrets.token }}".parse().expect("a template"))].into();
    http.expect_body = vec![HttpMatch::Lacks("hunter".into()), HttpMatch::Equals("x".into())];
    let attempted =
        attempt_with(context(Some(format!("http://{address}")), &[]), http, &secrets).await;
    assert_eq!(attempted.attempt.outcome, Outcome::Failed);
    for kept in [text(&attempted), attempted.attempt.finding.clone()] {
        assert!(!kept.contains("hunter2") && !kept.contains("abcdef"), "{kept}");
    }
    assert!(text(&attempted).contains("< set-cookie: sid=[hidden]"), "{}", text(&attempted));
    assert!(text(&attempted).contains("[secret token]"), "{}", text(&attempted));
}

#[tokio::test]
async fn a_server_that_is_not_there_fails_and_a_long_body_is_kept_in_part() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    drop(listener);
    let attempted = attempt(address, check("/health")).await;
    assert_eq!(attempted.attempt.outcome, Outcome::Failed);
    assert_eq!(attempted.attempt.finding, format!("/health: {address} refuses the connection"));
    let long = answering(|_| ok(&"x".repeat(200_000))).await;
    let attempted = attempt(long, check("/")).await;
    assert_eq!(attempted.attempt.outcome, Outcome::Passed);
    assert!(attempted.output.len() < 70_000 && text(&attempted).contains("200000 bytes in all"));
}

#[tokio::test]
async fn whole_urls_are_asked_where_they_lead() {
    let (address, heads) = recording().await;
    let attempted = attempt_with(
        context(None, &[]),
        check(&format!("HTTP://{address}/v/{{{{ release.version }}}}")),
        &Secrets::none(),
    )
    .await;
    assert_eq!(attempted.attempt.outcome, Outcome::Passed, "{}", attempted.attempt.finding);
    assert!(heads.lock().expect("whole")[0].starts_with("GET /v/1.23 "));
}

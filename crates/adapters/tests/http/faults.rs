//! The prober against servers that misbehave.

use std::time::{Duration, Instant};

use crate::servers::{answering, limits, moved, ok, read_head, recording, serve};
use plimsoll_adapters::probe::{Ours, ProbeAnswer, ProbeError, ProbeRequest, Side, fetch};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::sleep;

async fn ask(url: &str, within_ms: u64) -> Result<ProbeAnswer, ProbeError> {
    fetch(ProbeRequest::get(url).expect("a URL"), &limits(within_ms)).await
}

#[tokio::test]
async fn a_good_answer_comes_whole_with_its_times() {
    let address = answering(|head| {
        assert!(head.starts_with("GET /a?b=c HTTP/1.1\r\n"), "{head}");
        assert!(head.contains("host: 127.0.0.1:") && head.contains("connection: close"), "{head}");
        ok("hello")
    })
    .await;
    let answer = ask(&format!("http://{address}/a?b=c#d"), 2_000).await.expect("an answer");
    assert_eq!((answer.status, answer.body.as_slice()), (200, b"hello".as_slice()));
    let times = answer.timings;
    assert!(times.connect_us > 0 && times.first_byte_us > 0 && times.tls_us == 0, "{times:?}");
    assert!(times.dns_us + times.connect_us + times.first_byte_us <= times.total_us, "{times:?}");
}

#[tokio::test]
async fn a_chunked_answer_and_one_until_the_end_of_the_connection_are_read() {
    let chunked = answering(|_| {
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
            .into()
    })
    .await;
    let closing = answering(|_| "HTTP/1.0 200 OK\r\n\r\nabcde".into()).await;
    for address in [chunked, closing] {
        assert_eq!(
            ask(&format!("http://{address}/"), 2_000).await.expect("an answer").body,
            b"abcde"
        );
    }
}

#[tokio::test]
async fn a_server_that_accepts_and_never_answers_ends_with_the_time_limit() {
    let address = serve(|stream| async move {
        sleep(Duration::from_secs(60)).await;
        drop(stream);
    })
    .await;
    let began = Instant::now();
    let error = ask(&format!("http://{address}/"), 1_000).await.expect_err("no answer");
    assert!(matches!(error, ProbeError::NoAnswer { limit_ms: 1_000 }), "{error}");
    assert!(began.elapsed() < Duration::from_millis(3_000), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_byte_at_a_time_ends_with_the_time_limit_in_the_head_and_in_the_body() {
    let dripping = |prefix: &'static str| {
        serve(move |mut stream| async move {
            read_head(&mut stream).await;
            let _ = stream.write_all(prefix.as_bytes()).await;
            while stream.write_all(b"x").await.is_ok() {
                sleep(Duration::from_millis(40)).await;
            }
        })
    };
    let head = dripping("HTTP/1.1 200 OK\r\nslow: ").await;
    let error = ask(&format!("http://{head}/"), 1_000).await.expect_err("no answer");
    assert!(matches!(error, ProbeError::NoAnswer { .. }), "{error}");
    let body = dripping("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n").await;
    let error = ask(&format!("http://{body}/"), 1_000).await.expect_err("too slow");
    assert!(matches!(error, ProbeError::BodyTooSlow { got_bytes: 1..100, .. }), "{error}");
}

#[tokio::test]
async fn endless_headers_and_an_endless_body_end_at_their_size() {
    let flood = |prefix: &'static str, drop: &'static str| {
        serve(move |mut stream| async move {
            read_head(&mut stream).await;
            let _ = stream.write_all(prefix.as_bytes()).await;
            while stream.write_all(drop.as_bytes()).await.is_ok() {}
        })
    };
    let many = flood("HTTP/1.1 200 OK\r\n", "a-header: and its value\r\n").await;
    let one = flood("HTTP/1.1 200 OK\r\nlong: ", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx").await;
    for address in [many, one] {
        let error = ask(&format!("http://{address}/"), 10_000).await.expect_err("too large");
        assert!(matches!(error, ProbeError::HeadTooLarge), "{error:?}");
    }
    let body = flood("HTTP/1.1 200 OK\r\n\r\n", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx").await;
    let error = ask(&format!("http://{body}/"), 10_000).await.expect_err("too long");
    assert!(matches!(error, ProbeError::BodyTooLong { limit_bytes: 1_048_576 }), "{error}");
}

#[tokio::test]
async fn redirects_end_somewhere() {
    let endless = answering(|head| {
        let depth = head.split(' ').nth(1).map_or(0, str::len);
        moved(&format!("/{}", "x".repeat(depth)))
    })
    .await;
    let error = ask(&format!("http://{endless}/"), 2_000).await.expect_err("too many");
    assert!(matches!(error, ProbeError::TooManyRedirects { limit: 5, .. }), "{error}");
    let circle =
        answering(|head| moved(if head.starts_with("GET /a") { "/b" } else { "/a" })).await;
    let error = ask(&format!("http://{circle}/a"), 2_000).await.expect_err("a circle");
    assert!(matches!(error, ProbeError::RedirectLoop { .. }), "{error}");
}

#[tokio::test]
async fn redirects_to_what_is_no_web_page_are_refused() {
    for (to, scheme) in [
        ("file:///etc/passwd", true),
        ("ftp://127.0.0.1/", true),
        ("javascript:alert(1)", true),
        ("http://user:password@127.0.0.1/", false),
        ("http://[::bad/", false),
    ] {
        let address = answering(move |_| moved(to)).await;
        let error = ask(&format!("http://{address}/"), 2_000).await.expect_err("refused");
        assert_eq!(matches!(error, ProbeError::RedirectScheme { .. }), scheme, "{to}: {error}");
        assert_eq!(matches!(error, ProbeError::RedirectTarget { .. }), !scheme, "{to}: {error}");
        assert_eq!(error.side(), Side::Release);
    }
}

#[tokio::test]
async fn a_redirect_is_the_answer_when_none_is_to_be_followed() {
    let address = answering(|_| moved("/b")).await;
    let mut limits = limits(2_000);
    limits.redirects = 0;
    let request = ProbeRequest::get(&format!("http://{address}/")).expect("a URL");
    assert_eq!(fetch(request, &limits).await.expect("an answer").status, 302);
}

#[tokio::test]
async fn what_is_meant_for_one_origin_is_not_sent_to_another() {
    let (elsewhere, heads) = recording().await;
    let first = answering(move |head| {
        if head.starts_with("GET /stay ") {
            return moved("/leave");
        }
        assert!(
            head.contains("authorization: Bearer t0ken") && head.contains("x-key: k3y"),
            "{head}"
        );
        moved(&format!("http://{elsewhere}/there"))
    })
    .await;
    let mut request = ProbeRequest::get(&format!("http://{first}/stay")).expect("a URL");
    for (name, value, secret) in [
        ("Authorization", "Bearer t0ken", false),
        ("Cookie", "session=1", false),
        ("X-Key", "k3y", true),
        ("Accept-Language", "nl", false),
    ] {
        request.add_header(name, value, secret).expect("a header");
    }
    let answer = fetch(request, &limits(2_000)).await.expect("an answer");
    assert_eq!(answer.redirects.len(), 2);
    assert!(answer.url.ends_with("/there"), "{}", answer.url);
    let head = heads.lock().expect("whole")[0].clone();
    assert!(head.contains("accept-language: nl"), "{head}");
    for gone in ["authorization", "cookie", "x-key", "t0ken", "k3y"] {
        assert!(!head.contains(gone), "{gone} in {head}");
    }
}

#[tokio::test]
async fn a_body_with_a_secret_is_not_redirected_to_another_origin() {
    let (elsewhere, heads) = recording().await;
    let first =
        answering(move |_| format!("HTTP/1.1 307 T\r\nlocation: http://{elsewhere}/\r\n\r\n"))
            .await;
    let mut request = ProbeRequest::get(&format!("http://{first}/")).expect("a URL");
    request.method = "POST".parse().expect("a method");
    request.body = Some(b"secret".to_vec());
    request.body_is_secret = true;
    let error = fetch(request, &limits(2_000)).await.expect_err("refused");
    assert!(matches!(error, ProbeError::RedirectSecret { .. }), "{error}");
    assert!(heads.lock().expect("whole").is_empty());
}

#[tokio::test]
async fn answers_that_break_off_are_told_apart() {
    let cut = answering(|_| "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc".into()).await;
    let error = ask(&format!("http://{cut}/"), 2_000).await.expect_err("cut");
    assert!(matches!(error, ProbeError::BodyCut { got_bytes: 3 }), "{error:?}");
    let closed = answering(|_| String::new()).await;
    let error = ask(&format!("http://{closed}/"), 2_000).await.expect_err("closed");
    assert!(matches!(error, ProbeError::Closed), "{error:?}");
    let other = answering(|_| "220 mail.example ESMTP\r\n".into()).await;
    let error = ask(&format!("http://{other}/"), 2_000).await.expect_err("not HTTP");
    assert!(matches!(error, ProbeError::NotHttp { .. }), "{error:?}");
    let reset = serve(|stream| async move {
        // Closing with unread bytes resets.
        sleep(Duration::from_millis(100)).await;
        drop(stream);
    })
    .await;
    let error = ask(&format!("http://{reset}/"), 2_000).await.expect_err("reset");
    assert!(matches!(error, ProbeError::Reset), "{error:?}");
    assert_eq!(error.side(), Side::Release);
}

#[tokio::test]
async fn nobody_listening_and_nobody_accepting_are_told_apart() {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(([127, 0, 0, 1], 0).into()).expect("a free port");
    let address = socket.local_addr().expect("bound");
    let error = ask(&format!("http://{address}/"), 2_000).await.expect_err("refused");
    assert!(matches!(error, ProbeError::Refused { .. }), "{error}");
    let _listener = socket.listen(1).expect("listens");
    let mut waiting = Vec::new();
    for _ in 0..4 {
        waiting.push(tokio::spawn(TcpStream::connect(address)));
    }
    sleep(Duration::from_millis(100)).await;
    let error = ask(&format!("http://{address}/"), 1_000).await.expect_err("nobody accepts");
    assert!(matches!(error, ProbeError::ConnectTimedOut { limit_ms: 1_000, .. }), "{error}");
    assert_eq!(error.side(), Side::Release);
}

#[tokio::test]
async fn a_name_with_two_addresses_is_reached_at_the_one_that_answers() {
    let address = answering(|_| ok("here")).await;
    let answer =
        ask(&format!("http://localhost:{}/", address.port()), 2_000).await.expect("an answer");
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn ipv6_addresses_are_asked() {
    let Ok(listener) = tokio::net::TcpListener::bind("[::1]:0").await else { return };
    let port = listener.local_addr().expect("bound").port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let head = read_head(&mut stream).await;
        assert!(head.contains(&format!("host: [::1]:{port}")), "{head}");
        let _ = stream.write_all(ok("six").as_bytes()).await;
    });
    assert_eq!(ask(&format!("http://[::1]:{port}/"), 2_000).await.expect("an answer").body, b"six");
}

#[test]
fn what_cannot_be_asked_is_ours() {
    for url in [
        "ftp://nl.example/",
        "http://user@nl.example/",
        "http://user:password@nl.example/",
        "http://nl.example/\r\nX: y",
        "http://",
        "nonsense",
        "/path",
    ] {
        assert!(matches!(ProbeRequest::get(url), Err(Ours::Url { .. })), "{url}");
    }
    let mut request = ProbeRequest::get("http://nl.example/").expect("a URL");
    for (name, value) in [
        ("X-A", "b\r\nX-Evil: c"),
        ("X-A", "b\nc"),
        ("X-A\r\nX-Evil", "c"),
        ("X A", "c"),
        ("", "c"),
        ("Content-Length", "5"),
        ("transfer-encoding", "chunked"),
    ] {
        assert!(
            matches!(request.add_header(name, value, false), Err(Ours::Request { .. })),
            "{name}: {value}"
        );
    }
    assert!(request.headers.is_empty());
}

#[test]
fn time_that_our_own_process_lost_is_ours() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/", listener.local_addr().expect("bound"));
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let error = runtime.block_on(async move {
        tokio::spawn(async {
            sleep(Duration::from_millis(60)).await;
            std::thread::sleep(Duration::from_millis(500));
        });
        ask(&url, 400).await.expect_err("no answer")
    });
    assert!(
        matches!(error, ProbeError::Ours(Ours::Late { limit_ms: 400, late_ms: 100.. })),
        "{error}"
    );
    drop(listener);
}

const FEW_FILES: &str = "PLIMSOLL_TEST_FEW_FILES";

#[test]
fn too_many_open_files_are_ours() {
    if std::env::var_os(FEW_FILES).is_some() {
        return too_many_open_files();
    }
    let done = std::process::Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "faults::too_many_open_files_are_ours", "--nocapture"])
        .env(FEW_FILES, "1")
        .output()
        .expect("runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

fn too_many_open_files() {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut held = Vec::new();
    let few = rustix::process::Rlimit { current: Some(64), maximum: Some(64) };
    rustix::process::setrlimit(rustix::process::Resource::Nofile, few).expect("a lower limit");
    while let Ok(file) = std::fs::File::open("/dev/null") {
        held.push(file);
    }
    let error = runtime.block_on(ask("http://127.0.0.1:9/", 1_000)).expect_err("no socket");
    assert!(matches!(error, ProbeError::Ours(Ours::Overloaded { .. })), "{error}");
    drop(held);
}

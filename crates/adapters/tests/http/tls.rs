//! The prober against certificates of every kind.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use plimsoll_adapters::probe::{Ours, ProbeAnswer, ProbeError, ProbeRequest, Side, fetch};
use plimsoll_core::Timestamp;
use plimsoll_core::catalog::TlsExpectation;
use plimsoll_core::digest::Digest;
use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::TlsAcceptor;

use crate::servers::{answering, limits, ok, read_head, serve};

struct Authority {
    certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
    file: tempfile::NamedTempFile,
}

fn authority(name: &str, above: Option<&Authority>) -> Authority {
    let mut params = CertificateParams::new(Vec::new()).expect("params");
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let certificate = match above {
        Some(above) => params.signed_by(&key, &above.issuer),
        None => params.self_signed(&key),
    }
    .expect("signed");
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), certificate.pem()).expect("written");
    Authority { certificate, issuer: Issuer::new(params, key), file }
}

struct Leaf {
    der: CertificateDer<'static>,
    key: KeyPair,
}

/// A certificate for these names, valid from and to so many days from now.
fn leaf(names: &[&str], days: (i64, i64), by: Option<&Authority>) -> Leaf {
    let mut params =
        CertificateParams::new(names.iter().map(ToString::to_string).collect::<Vec<_>>())
            .expect("params");
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "leaf");
    let now = std::time::SystemTime::now();
    let at = |days: i64| {
        let span = std::time::Duration::from_secs(days.unsigned_abs() * 86_400 + 3_600);
        if days < 0 { now - span } else { now + span }
    };
    params.not_before = at(days.0).into();
    params.not_after = at(days.1).into();
    let key = KeyPair::generate().expect("a key");
    let certificate = match by {
        Some(by) => params.signed_by(&key, &by.issuer),
        None => params.self_signed(&key),
    }
    .expect("signed");
    Leaf { der: certificate.der().clone(), key }
}

/// An `https` server, and the requests that it read.
async fn https(
    leaf: &Leaf,
    above: &[&Authority],
    tls13: bool,
) -> (SocketAddr, Arc<Mutex<Vec<u8>>>) {
    let mut chain = vec![leaf.der.clone()];
    chain.extend(above.iter().map(|authority| authority.certificate.der().clone()));
    let version = if tls13 { &rustls::version::TLS13 } else { &rustls::version::TLS12 };
    let key = PrivateKeyDer::try_from(leaf.key.serialize_der()).expect("a key");
    let config =
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_protocol_versions(&[version])
            .expect("a version")
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .expect("a certificate");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let read = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&read);
    let address = serve(move |stream| {
        let (acceptor, kept) = (acceptor.clone(), Arc::clone(&kept));
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            let head = read_head(&mut stream).await;
            kept.lock().expect("whole").extend_from_slice(head.as_bytes());
            let _ = stream.write_all(ok("safe").as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    })
    .await;
    (address, read)
}

async fn ask(url: &str, tls: TlsExpectation) -> Result<ProbeAnswer, ProbeError> {
    let mut request = ProbeRequest::get(url).expect("a URL");
    request.tls = tls;
    fetch(request, &limits(3_000)).await
}

fn trusting(authority: &Authority) -> TlsExpectation {
    TlsExpectation {
        ca_file: Some(authority.file.path().to_string_lossy().into_owned()),
        ..TlsExpectation::default()
    }
}

/// What the certificate is refused for; nothing may have been sent.
async fn problems(leaf: &Leaf, above: &[&Authority], tls: TlsExpectation) -> Vec<String> {
    let (address, read) = https(leaf, above, true).await;
    let error =
        ask(&format!("https://localhost:{}/", address.port()), tls).await.expect_err("refused");
    assert_eq!(error.side(), Side::Release);
    let ProbeError::Certificate { problems, .. } = error else { panic!("{error}") };
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert!(
        read.lock().expect("whole").is_empty(),
        "a request was sent to a server that is not trusted"
    );
    problems
}

fn day_in(days: i64) -> String {
    let seconds = Timestamp::now().as_second() + days * 86_400 + 3_600 * days.signum();
    Timestamp::from_second(seconds).expect("in range").strftime("%Y-%m-%d").to_string()
}

#[tokio::test]
async fn a_good_certificate_is_accepted_in_both_versions_and_read() {
    let root = authority("Root", None);
    let middle = authority("Middle", Some(&root));
    let leaf = leaf(&["localhost", "nl.example"], (-1, 90), Some(&middle));
    for tls13 in [true, false] {
        let (address, _) = https(&leaf, &[&middle], tls13).await;
        let url = format!("https://localhost:{}/", address.port());
        let answer = ask(&url, trusting(&root)).await.expect("an answer");
        assert_eq!(answer.body, b"safe");
        assert!(answer.timings.tls_us > 0);
        let facts = answer.certificate.expect("https");
        assert_eq!(facts.names, ["localhost", "nl.example"]);
        assert_eq!((facts.subject.as_str(), facts.issuer.as_str()), ("CN=leaf", "CN=Middle"));
        assert_eq!((facts.sent, facts.chain_complete), (2, true));
        assert_eq!(facts.sha256, Digest::of(&leaf.der).hex());
    }
}

#[tokio::test]
async fn an_address_is_a_name_too() {
    let root = authority("Root", None);
    let (address, _) = https(&leaf(&["127.0.0.1"], (-1, 90), Some(&root)), &[], true).await;
    let answer = ask(&format!("https://{address}/"), trusting(&root)).await.expect("an answer");
    assert_eq!(answer.certificate.expect("https").names, ["127.0.0.1"]);
}

#[tokio::test]
async fn dates_and_names_are_refused_in_exact_words() {
    let root = authority("Root", None);
    let soon = problems(&leaf(&["localhost"], (-1, 5), Some(&root)), &[], trusting(&root)).await;
    assert_eq!(
        soon,
        [format!("the certificate ends in 5 d ({}), at least 14 days are asked for", day_in(5))
            .replace("5 d (", "5 d (")]
    );
    let ended = problems(&leaf(&["localhost"], (-90, -3), Some(&root)), &[], trusting(&root)).await;
    assert_eq!(ended.len(), 1, "{ended:?}");
    assert!(ended[0].starts_with("the certificate ended 3 d "), "{ended:?}");
    assert!(ended[0].contains(&day_in(-3)), "{ended:?}");
    let other =
        problems(&leaf(&["other.example"], (-1, 90), Some(&root)), &[], trusting(&root)).await;
    assert_eq!(other, ["the certificate is for other.example, not localhost"]);
}

#[tokio::test]
async fn several_problems_are_all_said() {
    let root = authority("Root", None);
    let stranger = authority("Stranger", None);
    let all =
        problems(&leaf(&["other.example"], (-90, -3), Some(&stranger)), &[], trusting(&root)).await;
    assert_eq!(all.len(), 3, "{all:?}");
}

#[tokio::test]
async fn broken_chains_are_told_apart() {
    let root = authority("Root", None);
    let middle = authority("Middle", Some(&root));
    let good = leaf(&["localhost"], (-1, 90), Some(&middle));
    let missing = problems(&good, &[], trusting(&root)).await;
    assert_eq!(
        missing,
        [
            "the chain is broken: the issuer «CN=Middle» was not sent, and is not a root that is trusted here"
        ]
    );
    let stranger = authority("Stranger", None);
    let untrusted = problems(&good, &[&middle, &root], trusting(&stranger)).await;
    assert_eq!(untrusted, ["the chain ends in «CN=Root», which is not trusted here"]);
    let own = leaf(&["localhost"], (-1, 90), None);
    let own = problems(&own, &[], trusting(&root)).await;
    assert!(own.len() == 1 && own[0].starts_with("the certificate is self-signed"), "{own:?}");
}

#[tokio::test]
async fn a_pinned_certificate_needs_no_chain_and_no_name_but_its_dates() {
    let pinned = |leaf: &Leaf| TlsExpectation {
        pinned_sha256: Some(Digest::of(&leaf.der).hex()),
        ..TlsExpectation::default()
    };
    let own = leaf(&["other.example"], (-1, 90), None);
    let (address, _) = https(&own, &[], true).await;
    let answer = ask(&format!("https://{address}/"), pinned(&own)).await.expect("an answer");
    assert_eq!(answer.status, 200);
    let old = leaf(&["localhost"], (-90, -3), None);
    assert_eq!(problems(&old, &[], pinned(&old)).await.len(), 1);
    let changed = problems(&own, &[], pinned(&old)).await;
    assert!(changed[0].contains("not the pinned"), "{changed:?}");
}

#[tokio::test]
async fn roots_that_cannot_be_read_are_ours() {
    let root = authority("Root", None);
    let (address, read) = https(&leaf(&["localhost"], (-1, 90), Some(&root)), &[], true).await;
    let url = format!("https://localhost:{}/", address.port());
    let empty = tempfile::NamedTempFile::new().expect("a file");
    for path in ["/nonexistent.pem".to_owned(), empty.path().to_string_lossy().into_owned()] {
        let tls = TlsExpectation { ca_file: Some(path), ..TlsExpectation::default() };
        let error = ask(&url, tls).await.expect_err("refused");
        assert!(matches!(error, ProbeError::Ours(Ours::Roots { .. })), "{error}");
    }
    assert!(read.lock().expect("whole").is_empty());
}

#[tokio::test]
async fn a_changed_file_of_roots_is_read_again() {
    let (root, other) = (authority("Root", None), authority("Other root", None));
    let (address, _) = https(&leaf(&["localhost"], (-1, 90), Some(&root)), &[], true).await;
    let url = format!("https://localhost:{}/", address.port());
    let file = tempfile::NamedTempFile::new().expect("a file");
    let tls = TlsExpectation {
        ca_file: Some(file.path().to_string_lossy().into_owned()),
        ..TlsExpectation::default()
    };
    std::fs::write(file.path(), other.certificate.pem()).expect("written");
    ask(&url, tls.clone()).await.expect_err("another root");
    std::fs::write(file.path(), root.certificate.pem() + &other.certificate.pem())
        .expect("written");
    ask(&url, tls).await.expect("the right root");
}

#[tokio::test]
async fn what_does_not_speak_tls_or_never_answers_the_handshake_is_told_apart() {
    let plain = answering(|_| ok("plain")).await;
    let error =
        ask(&format!("https://{plain}/"), TlsExpectation::default()).await.expect_err("no TLS");
    assert!(matches!(error, ProbeError::Tls { .. } | ProbeError::TlsTimedOut { .. }), "{error}");
    let talking = serve(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        let _ = stream.read(&mut [0; 4_096]).await;
    })
    .await;
    let error =
        ask(&format!("https://{talking}/"), TlsExpectation::default()).await.expect_err("no TLS");
    assert!(error.to_string().contains("does not speak TLS"), "{error}");
    let silent = serve(|mut stream| async move {
        while stream.read(&mut [0; 4_096]).await.is_ok_and(|read| read > 0) {}
    })
    .await;
    let mut request = ProbeRequest::get(&format!("https://{silent}/")).expect("a URL");
    request.tls = TlsExpectation { pinned_sha256: Some("00".into()), ..TlsExpectation::default() };
    let error = fetch(request, &limits(1_000)).await.expect_err("no handshake");
    assert!(matches!(error, ProbeError::TlsTimedOut { limit_ms: 1_000, .. }), "{error}");
}

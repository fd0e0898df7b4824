//! What surrounds every request: a time within which it is answered, a panic that is not passed on,
//! and headers that no answer goes without.

use std::panic::AssertUnwindSafe;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;

use crate::body::Watched;
use crate::peer::Peer;
use crate::problem::Problem;
use crate::site::Web;

/// How long an answer may take to begin. What takes longer is begun and asked about.
const LONGEST: Duration = Duration::from_secs(60);

/// What a page may load: its own style sheet, pictures and script, and nothing from elsewhere.
const POLICY: &str = "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Answers within the limits.
pub(crate) async fn around(State(site): State<Web>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = id_of(request.headers());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let stands = stands(&request);
    let (parts, body) = request.into_parts();
    let (body, read) = Watched::over(body);
    let answered = async {
        match stands {
            Ok(()) => next.run(Request::from_parts(parts, body)).await,
            Err(problem) => problem.into_response(),
        }
    };
    let answered = AssertUnwindSafe(tokio::time::timeout(LONGEST, answered));
    let mut response = match answered.catch_unwind().await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "too-slow",
            format!("no answer within {} seconds", LONGEST.as_secs()),
        )
        .into_response(),
        Err(_) => {
            tracing::error!("a handler panicked");
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "bug", "this is a bug of plimsoll's")
                .into_response()
        }
    };
    let (status, took) = (response.status(), began.elapsed());
    site.metrics.answered(route.as_deref().unwrap_or("none"), &method, status, took);
    // The path alone: a query may hold words of a person.
    let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    tracing::info!(request = %id, %method, %path, status = status.as_u16(), took_us, "answered");
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "same-origin");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::CACHE_CONTROL, "no-store");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if let Ok(id) = HeaderValue::try_from(id) {
        headers.insert("x-request-id", id);
    }
    if !read.load(Ordering::Relaxed) {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Makes sure that what is asked can be meant.
fn stands(request: &Request) -> Result<(), Problem> {
    if leads_astray(request.uri().path()) {
        return Err(Problem::not_found("nothing is at a path with `.` or `..` in it")
            .hint("ask for the path as it stands in /api/v1/openapi.json"));
    }
    names_its_host(request)
}

/// A request names the host that it is for, once.
///
/// # Source
/// RFC 9112, section 3.2.
fn names_its_host(request: &Request) -> Result<(), Problem> {
    // Only what came over a connection has to.
    let came = request.extensions().get::<Peer>().is_some();
    let names = request.headers().get_all(header::HOST).iter().count();
    match names {
        1 => Ok(()),
        0 if !came || request.version() < Version::HTTP_11 => Ok(()),
        _ => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "host",
            format!("a request has one Host, this one has {names}"),
        )),
    }
}

/// Whether a path has steps in it that a browser would have taken before it asked. Nothing here has
/// such a name, and nothing is guessed.
fn leads_astray(path: &str) -> bool {
    let is_step = |part: &str| {
        let plain = part.to_ascii_lowercase().replace("%2e", ".");
        matches!(plain.as_str(), "." | "..")
    };
    // A slash that is written otherwise is one to whoever reads names out of the path.
    path.split('/')
        .flat_map(|part| part.split("%2f"))
        .flat_map(|part| part.split("%2F"))
        .any(is_step)
}

/// The number of a request: the one that it came with, when it is a plain one, so that a log here
/// and one elsewhere tell of the same.
fn id_of(headers: &HeaderMap) -> String {
    let came = headers.get("x-request-id").and_then(|id| id.to_str().ok());
    let is_plain = |id: &&str| {
        (1..=64).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    match came.filter(is_plain) {
        Some(id) => id.to_owned(),
        None => format!("{:016x}", COUNT.fetch_add(1, Ordering::Relaxed) ^ *SEED),
    }
}

/// Counts requests, from a place that differs from process to process.
static COUNT: AtomicU64 = AtomicU64::new(0);
static SEED: LazyLock<u64> = LazyLock::new(|| {
    let mut bytes = [0_u8; 8];
    // Without randomness the numbers are only the same as those of another process.
    let _ = getrandom::fill(&mut bytes);
    u64::from_le_bytes(bytes)
});

#[cfg(test)]
mod tests {
    use super::leads_astray;

    #[test]
    fn steps_in_a_path_are_seen_however_they_are_written() {
        for path in ["/..", "/services/../tokens", "/./x", "/a/%2e%2E/b", "/a/.%2e", "/a/..%2Fb"] {
            assert!(leads_astray(path), "{path}");
        }
        for path in ["/", "/releases/shop@1..2", "/a/...", "/a/.b", "/api/v1/gate"] {
            assert!(!leads_astray(path), "{path}");
        }
    }
}

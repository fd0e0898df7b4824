//! What surrounds every request to the API.
//!
//! 1. What the client cannot read is not answered (406); methods that are not there are named.
//! 2. Who asks is found out, and may not ask without end (429).
//! 3. A body is read within limits of time and length, and only from somebody who is known.
//! 4. What changes something is done in a task of its own: a client that goes away in the middle
//!    leaves nothing half done. Sent again under the same key it is not done again.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequestParts as _, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use plimsoll_core::digest::Digest;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::caller::{Caller, Unknown};
use crate::origin::same_origin;
use crate::problem::Problem;
use crate::site::{LONGEST_BODY, Web};
use crate::{body, peer, rates};

use super::{console, once, result};

/// How many large bodies are held in memory at once.
static LARGE: Semaphore = Semaphore::const_new(8);

/// Answers within the limits of the API.
pub(super) async fn around(State(site): State<Web>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let (mut parts, body) = request.into_parts();
    let path = parts.extensions.get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let path = path.unwrap_or_default();
    match prepared(&site, &mut parts, &path, body).await {
        Ok((request, once)) => finished(&method, &path, done(&site, request, once, next).await),
        Err(problem) => problem.into_response(),
    }
}

/// What a request stands for, where it came under a key.
type Once = Option<(once::Key, Digest)>;

async fn prepared(
    site: &Web,
    parts: &mut Parts,
    path: &str,
    body: Body,
) -> Result<(Request, Once), Problem> {
    acceptable(&parts.headers, path)?;
    let caller = Caller::from_request_parts(parts, site).await;
    let who = match &caller {
        Ok(caller) => caller.key().unwrap_or_else(|| peer::address(parts).to_string()),
        Err(_) => peer::address(parts).to_string(),
    };
    let now_ms = site.desk().parts().clock.monotonic_ms();
    if let Err(wait) = site.rates.spend(&who, rates::cost(&parts.method, path), now_ms) {
        return Err(too_many(wait));
    }
    let only_reads = matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
    let caller = match caller {
        Ok(caller) => Some(caller),
        Err(problem) if only_reads => {
            parts.extensions.insert(Unknown(problem));
            None
        }
        Err(problem) => return Err(problem),
    };
    if !only_reads && caller.as_ref().is_some_and(|caller| caller.session.is_some()) {
        same_origin(&parts.headers, site.settings.base_url.as_deref())?;
    }
    let is_known = caller.as_ref().is_some_and(|caller| caller.person.is_some());
    if let Some(caller) = caller {
        parts.extensions.insert(caller);
    }
    if only_reads || path.ends_with("/blobs/{digest}") {
        return Ok((again(parts, body), None));
    }
    let place = if is_known { place_for(parts, path)? } else { None };
    let bytes = body::read(body, place.as_ref().map_or(LONGEST_BODY, |_| longest(path))).await?;
    if let Some(place) = place {
        parts.extensions.insert(Arc::new(place));
    }
    let once = match once::key(&parts.headers)? {
        Some(key) if parts.method == Method::POST => {
            let uri = parts.uri.to_string();
            let said = once::content(&parts.headers, &bytes);
            let request = Digest::of_parts([uri.as_bytes(), &said]);
            Some(((who, key), request))
        }
        _ => None,
    };
    Ok((again(parts, Body::from(bytes)), once))
}

fn again(parts: &Parts, body: Body) -> Request {
    Request::from_parts(parts.clone(), body)
}

/// Does it. What only looks ends when nobody waits for it any more; what changes something does
/// not.
async fn done(site: &Web, request: Request, once: Once, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return next.run(request).await;
    }
    let slot = match once {
        None => None,
        Some((key, digest)) => {
            let now_ms = site.desk().parts().clock.monotonic_ms();
            match site.answers.slot(key, digest, now_ms) {
                Ok(slot) => Some(slot),
                Err(problem) => return problem.into_response(),
            }
        }
    };
    let task = tokio::spawn(async move {
        match slot {
            Some(slot) => slot.answer(next.run(request)).await,
            None => next.run(request).await,
        }
    });
    match task.await {
        Ok(response) => response,
        Err(error) => {
            tracing::error!(%error, "a handler panicked");
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "bug", "this is a bug of plimsoll's")
                .into_response()
        }
    }
}

/// The longest body that a path takes: what a test runner writes may be long.
fn longest(path: &str) -> usize {
    match path.strip_prefix("/api/v1").unwrap_or(path) {
        "/results" => result::LONGEST,
        "/console" => console::LONGEST_LINE,
        _ => LONGEST_BODY,
    }
}

/// A place for a body that may be large; nothing for a small one.
fn place_for(parts: &Parts, path: &str) -> Result<Option<SemaphorePermit<'static>>, Problem> {
    let length = parts.headers.get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if longest(path) == LONGEST_BODY || length.is_some_and(|length| length <= LONGEST_BODY) {
        return Ok(None);
    }
    let busy = |_| {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "too many large bodies at once")
            .hint("try again in a moment")
    };
    LARGE.try_acquire().map(Some).map_err(busy)
}

fn too_many(wait: Duration) -> Problem {
    let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many", "too many requests at once")
        .hint("wait for as long as Retry-After says")
        .after(seconds)
}

/// A method that a path has not is answered with those that it has; `OPTIONS` asks for just that.
fn finished(method: &Method, path: &str, response: Response) -> Response {
    if response.status() != StatusCode::METHOD_NOT_ALLOWED {
        return response;
    }
    let allowed = super::methods(path.strip_prefix("/api/v1").unwrap_or(path)).join(",");
    let mut response = match *method {
        Method::OPTIONS => StatusCode::NO_CONTENT.into_response(),
        _ => Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method",
            format!("this understands {}", allowed.replace(',', ", ")),
        )
        .into_response(),
    };
    if let Ok(allowed) = HeaderValue::try_from(allowed) {
        response.headers_mut().insert(header::ALLOW, allowed);
    }
    response
}

/// Whether the client reads what is answered there.
fn acceptable(headers: &HeaderMap, path: &str) -> Result<(), Problem> {
    let mut wanted =
        headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).peekable();
    if wanted.peek().is_none() {
        return Ok(());
    }
    let answered: &[&str] = match path.rsplit('/').next() {
        Some("gate") => &["application/json", "text/plain"],
        Some("events") => &["text/event-stream"],
        Some("console") => &["application/x-ndjson", "application/json"],
        _ => &["application/json", "application/problem+json"],
    };
    let reads = wanted.flat_map(|all| all.split(',')).any(|range| {
        let range = range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let of_kind = range.strip_suffix("/*");
        range == "*/*"
            || answered.iter().any(|one| {
                *one == range || of_kind.is_some_and(|kind| one.split('/').next() == Some(kind))
            })
    });
    if reads {
        return Ok(());
    }
    let words = format!("this is answered as {}", answered.join(" or "));
    Err(Problem::new(StatusCode::NOT_ACCEPTABLE, "not-acceptable", words))
}

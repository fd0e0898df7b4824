//! `Idempotency-Key`: a request that is sent again is not done again. Same caller, same key, same
//! request: the first answer comes again, also while the first is still being done. Only what was
//! done is kept; after a refusal, which changed nothing, the same key asks anew.
//!
//! # Source
//! draft-ietf-httpapi-idempotency-key-header

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt as _;
use plimsoll_core::digest::Digest;
use tokio::sync::OnceCell;

use crate::problem::Problem;

/// For how long an answer is given again.
///
/// # Units
/// Milliseconds.
const KEPT_MS: u64 = 24 * 60 * 60 * 1_000;

/// How many answers are kept, and how long one may be. Beyond that the oldest are forgotten.
const KEPT: usize = 4_096;
const LONGEST: usize = 64 << 10;

/// An answer that is never given again: it holds a secret.
#[derive(Debug, Clone, Copy)]
pub(super) struct SaidOnce;

/// Who asked, and under which key.
pub(super) type Key = (String, String);

/// First answers.
#[derive(Default)]
pub(crate) struct Answers(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    by_key: HashMap<Key, Arc<Slot>>,
    order: VecDeque<(Key, u64)>,
}

/// A place for the first answer.
pub(super) struct Slot {
    request: Digest,
    answer: OnceCell<First>,
}

struct First {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// The key of a request, if it has one.
pub(super) fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim().trim_matches('"');
    if text.is_empty() || text.len() > 200 {
        return Err(Problem::wrong("an Idempotency-Key has 1 to 200 visible characters"));
    }
    Ok(Some(text.to_owned()))
}

/// What a body says. The parts of a form are parted by words that a client makes up anew each time
/// it sends the same.
pub(super) fn content<'a>(headers: &HeaderMap, body: &'a [u8]) -> Cow<'a, [u8]> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let boundary = kind
        .filter(|kind| kind.starts_with("multipart/"))
        .and_then(|kind| kind.split_once("boundary="))
        .map(|(_, rest)| rest.split(';').next().unwrap_or(rest).trim().trim_matches('"'))
        .filter(|boundary| !boundary.is_empty());
    let Some(boundary) = boundary else { return Cow::Borrowed(body) };
    let mut said = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = memchr::memmem::find(rest, boundary.as_bytes()) {
        said.extend_from_slice(&rest[..at]);
        rest = &rest[at + boundary.len()..];
    }
    said.extend_from_slice(rest);
    Cow::Owned(said)
}

impl Answers {
    /// The place for the answer to this request.
    ///
    /// # Errors
    /// The key stands for another request.
    pub(super) fn slot(
        &self,
        key: Key,
        request: Digest,
        now_ms: u64,
    ) -> Result<Arc<Slot>, Problem> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while kept.order.front().is_some_and(|(_, at)| now_ms.saturating_sub(*at) > KEPT_MS)
            || kept.order.len() >= KEPT
        {
            if let Some((key, _)) = kept.order.pop_front() {
                kept.by_key.remove(&key);
            }
        }
        if let Some(slot) = kept.by_key.get(&key) {
            if slot.request == request {
                return Ok(slot.clone());
            }
            return Err(Problem::wrong("this Idempotency-Key was used for another request")
                .hint("take a new key for every new request"));
        }
        let slot = Arc::new(Slot { request, answer: OnceCell::new() });
        kept.order.push_back((key.clone(), now_ms));
        kept.by_key.insert(key, slot.clone());
        Ok(slot)
    }
}

impl Slot {
    /// The first answer, or what `done` answers when there is none.
    pub(super) async fn answer(&self, done: impl Future<Output = Response> + Send) -> Response {
        let mut not_kept = None;
        let is_first = !self.answer.initialized();
        let first = {
            let not_kept = &mut not_kept;
            self.answer
                .get_or_try_init(|| async move {
                    First::of(done.await).await.map_err(|response| *not_kept = Some(response))
                })
                .await
        };
        match (first, not_kept) {
            (Ok(first), _) => first.again(is_first),
            (Err(()), Some(response)) => response,
            (Err(()), None) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}

impl First {
    /// What is kept of an answer; the answer itself when it is none to keep.
    async fn of(response: Response) -> Result<Self, Response> {
        let keeps =
            response.status().is_success() && response.extensions().get::<SaidOnce>().is_none();
        let is_json = response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
        if !keeps || !is_json {
            return Err(response);
        }
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map(http_body_util::Collected::to_bytes);
        let body = body.unwrap_or_default();
        if body.len() > LONGEST {
            return Err(Response::from_parts(parts, Body::from(body)));
        }
        Ok(Self { status: parts.status, headers: parts.headers, body })
    }

    fn again(&self, is_first: bool) -> Response {
        let mut response = (self.status, self.body.clone()).into_response();
        *response.headers_mut() = self.headers.clone();
        if !is_first {
            let name = HeaderName::from_static("idempotency-replayed");
            response.headers_mut().insert(name, HeaderValue::from_static("true"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_bounded_in_number_and_in_time() {
        let answers = Answers::default();
        let key = |n: usize| ("ci".to_owned(), n.to_string());
        for n in 0..2 * KEPT {
            answers.slot(key(n), Digest::ZERO, 0).expect("a new key");
        }
        let other = Digest::of(b"other");
        assert!(answers.0.lock().expect("nobody panics").by_key.len() <= KEPT);
        assert!(answers.slot(key(2 * KEPT - 1), other, 0).is_err(), "it stands for another");
        assert!(answers.slot(key(0), other, 0).is_ok(), "it is forgotten");
        assert!(answers.slot(key(2 * KEPT - 1), other, KEPT_MS + 1).is_ok(), "it is old");
    }
}

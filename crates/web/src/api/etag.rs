//! Answers that a client may keep as long as they are asked about again: `ETag`, `If-None-Match`,
//! 304.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use plimsoll_core::digest::Digest;
use plimsoll_engine::desk::Desk;
use serde::Serialize;

use crate::caller::Caller;
use crate::problem::Problem;

use super::shape;

/// What is known of an answer before it is made.
pub(super) struct Position(String);

impl Position {
    /// The tag of answers that follow from the ledger alone: they are the same as long as nothing
    /// is written to it. Who asks is part of it, because they may see something else.
    pub(super) async fn of(desk: &Desk, caller: &Caller) -> Result<Self, Problem> {
        let head = desk.head().await?;
        let scope = Digest::of_json(&caller.scope).short();
        Ok(Self(format!("W/\"{head}-{scope}\"")))
    }

    /// The whole answer in short, when the client has it already.
    pub(super) fn unchanged(&self, asked: &HeaderMap) -> Option<Response> {
        has(asked, &self.0).then(|| with_tag(StatusCode::NOT_MODIFIED.into_response(), &self.0))
    }

    /// The answer under this tag.
    pub(super) fn answer<T: Serialize>(self, desk: &Desk, view: &T) -> Result<Response, Problem> {
        Ok(with_tag(shape::answer(desk, StatusCode::OK, view)?, &self.0))
    }
}

/// The answer under a tag of its own content: for what also depends on the time, or on which process
/// is alive. `content` is what counts of it: a moment that only says when it was asked does not.
pub(super) fn of_content<T: Serialize>(
    desk: &Desk,
    asked: &HeaderMap,
    view: &T,
    content: &T,
) -> Result<Response, Problem> {
    let tag = format!("W/\"{}\"", &Digest::of(shape::json(desk, content)?.as_bytes()).hex()[..32]);
    if has(asked, &tag) {
        return Ok(with_tag(StatusCode::NOT_MODIFIED.into_response(), &tag));
    }
    Ok(with_tag(shape::answer(desk, StatusCode::OK, view)?, &tag))
}

/// The answer under a tag of all of it.
pub(super) fn of<T: Serialize>(
    desk: &Desk,
    asked: &HeaderMap,
    view: &T,
) -> Result<Response, Problem> {
    of_content(desk, asked, view, view)
}

fn with_tag(mut response: Response, tag: &str) -> Response {
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(header::ETAG, tag);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("authorization, cookie"));
    response
}

/// Whether the client has an answer of this tag.
fn has(asked: &HeaderMap, tag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let tags = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    tags.flat_map(|all| all.split(',')).any(|one| one.trim() == "*" || bare(one) == bare(tag))
}

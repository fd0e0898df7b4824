//! Files that every page uses. They are part of the program; a browser keeps them for an hour, and
//! the style sheet for no longer than the program stays the same, whose version its address names.

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::site::Web;

/// The style sheet.
const STYLE: &str = include_str!("../static/style.css");
/// What pages follow along with.
const LIVE: &str = include_str!("../static/live.js");
/// The marks.
const SPRITE: &str = include_str!("../static/sprite.svg");
/// The mark of plimsoll itself.
const MARK: &str = include_str!("../static/mark.svg");

pub(crate) fn router() -> Router<Web> {
    Router::new()
        .route("/static/style.css", get(|| async { asset("text/css; charset=utf-8", STYLE) }))
        .route("/static/live.js", get(|| async { asset("text/javascript; charset=utf-8", LIVE) }))
        .route("/static/sprite.svg", get(|| async { asset("image/svg+xml", SPRITE) }))
        .route("/static/mark.svg", get(|| async { asset("image/svg+xml", MARK) }))
        .route("/favicon.ico", get(|| async { asset("image/svg+xml", MARK) }))
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    response
}

//! Pictures by their hash. They never change, so a browser keeps them.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::get;
use plimsoll_core::digest::Digest;
use plimsoll_core::ids::CheckRunId;
use plimsoll_engine::desk::DeskError;
use serde::Deserialize;

use crate::problem::Problem;
use crate::site::Web;

use super::Answer;
use super::place::{Place, Wanted};
use super::run::{pictures_of, the_run};
use super::visitor::Visitor;

/// How every PNG begins.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

pub(super) fn router() -> Router<Web> {
    Router::new().route("/blobs/{name}", get(blob))
}

/// The run that it belongs to: whoever may see that may see it.
#[derive(Debug, Deserialize)]
struct Asked {
    run: CheckRunId,
}

async fn blob(
    State(site): State<Web>,
    visitor: Visitor,
    Place(name): Place<String>,
    Wanted(Asked { run }): Wanted<Asked>,
) -> Answer {
    let none = || Problem::not_found("there is no such picture of this run");
    let digest: Digest = match name.strip_suffix(".png").and_then(|name| name.parse().ok()) {
        Some(digest) => digest,
        None => return Err(visitor.fault(none())),
    };
    let desk = site.desk();
    let (_, result) = visitor.asks(the_run(&desk, run).await)?;
    visitor.may_see(&result.target.service)?;
    if !pictures_of(&result).iter().any(|picture| picture.blob.digest == digest) {
        return Err(visitor.fault(none()));
    }
    let bytes = visitor.asks(desk.parts().blobs.get(&digest).await.map_err(DeskError::from))?;
    if !bytes.starts_with(PNG) {
        return Err(visitor.fault(none()));
    }
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/png"));
    let kept = HeaderValue::from_static("private, max-age=31536000, immutable");
    headers.insert(header::CACHE_CONTROL, kept);
    Ok(response)
}

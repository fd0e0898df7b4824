//! How requests are read and answers are written, the same for every noun.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use plimsoll_core::ids::Seq;
use plimsoll_engine::desk::Desk;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::problem::Problem;
use crate::site::Web;

/// How deep a body may be nested. No shape of ours goes deeper than four.
const DEEPEST: usize = 32;

/// The query of a request; what is not understood is a problem.
pub(crate) struct Asked<T>(pub T);

/// No query at all.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// The names in the path of a request; what is not understood is a problem.
pub(crate) struct Named<T>(pub T);

/// The number of an event, as far as a ledger counts.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "u64")]
pub(crate) struct EventNumber(pub Seq);

impl TryFrom<u64> for EventNumber {
    type Error = &'static str;

    fn try_from(number: u64) -> Result<Self, Self::Error> {
        match i64::try_from(number) {
            Ok(_) => Ok(Self(Seq(number))),
            Err(_) => Err("no ledger has that many events"),
        }
    }
}

/// The JSON body of a request; what is not understood is a problem.
pub(crate) struct Sent<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Web> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, site: &Web) -> Result<Self, Problem> {
        let axum::extract::Query(query) =
            axum::extract::Query::<T>::from_request_parts(parts, site).await?;
        Ok(Self(query))
    }
}

impl<T: DeserializeOwned + Send> FromRequestParts<Web> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, site: &Web) -> Result<Self, Problem> {
        let axum::extract::Path(path) =
            axum::extract::Path::<T>::from_request_parts(parts, site).await?;
        Ok(Self(path))
    }
}

impl<T: DeserializeOwned> FromRequest<Web> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, site: &Web) -> Result<Self, Problem> {
        if media(request.headers()) != "application/json" {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "media-type",
                "the body is read as JSON only",
            )
            .hint("send  Content-Type: application/json"));
        }
        let bytes = Bytes::from_request(request, site).await?;
        if is_too_deep(&bytes) {
            return Err(Problem::wrong(format!("the body is nested deeper than {DEEPEST} levels")));
        }
        let axum::Json(body) = axum::Json::<T>::from_bytes(&bytes)?;
        Ok(Self(body))
    }
}

/// The media type of a body, without parameters, in small letters.
pub(super) fn media(headers: &HeaderMap) -> String {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default();
    kind.trim().to_ascii_lowercase()
}

/// Whether brackets stand in one another deeper than anything of ours, outside of texts.
fn is_too_deep(json: &[u8]) -> bool {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for byte in json {
        match (in_text, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_text = !in_text,
            (false, b'[' | b'{') => depth += 1,
            (false, b']' | b'}') => depth = depth.saturating_sub(1),
            (true | false, _) => {}
        }
        if depth > DEEPEST {
            return true;
        }
    }
    false
}

/// An answer of JSON, with every secret that the configuration names taken out.
pub(crate) fn answer<T: Serialize>(
    desk: &Desk,
    status: StatusCode,
    view: &T,
) -> Result<Response, Problem> {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    Ok((status, kind, json(desk, view)?).into_response())
}

/// The answer to what brought something into being, or began it, and where that is now.
pub(crate) fn made<T: Serialize>(
    desk: &Desk,
    status: StatusCode,
    place: &str,
    view: &T,
) -> Result<Response, Problem> {
    let mut response = answer(desk, status, view)?;
    let place = HeaderValue::try_from(format!("/api/v1/{place}")).map_err(bug)?;
    response.headers_mut().insert(HeaderName::from_static("location"), place);
    Ok(response)
}

/// The view as JSON, without secrets.
pub(crate) fn json<T: Serialize>(desk: &Desk, view: &T) -> Result<String, Problem> {
    let mut json = serde_json::to_value(view).map_err(bug)?;
    clean(desk, &mut json);
    Ok(json.to_string())
}

fn bug(error: impl std::fmt::Display) -> Problem {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "bug", error.to_string())
}

fn clean(desk: &Desk, json: &mut serde_json::Value) {
    use serde_json::Value;
    match json {
        Value::String(text) => *text = desk.parts().redact.text(text),
        Value::Array(list) => list.iter_mut().for_each(|value| clean(desk, value)),
        Value::Object(map) => map.values_mut().for_each(|value| clean(desk, value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_texts_are_no_depth() {
        assert!(!is_too_deep(format!("\"{}\"", "[".repeat(200)).as_bytes()));
        assert!(!is_too_deep(br#"{"a":"\"[[","b":[[1]]}"#));
        assert!(is_too_deep("[".repeat(DEEPEST + 1).as_bytes()));
        let flat = "[],".repeat(100);
        assert!(!is_too_deep(format!("[{flat}1]").as_bytes()));
    }
}

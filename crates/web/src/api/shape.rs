//! How requests are read and answers are written, the same for every noun.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use plimsoll_engine::desk::Desk;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::problem::Problem;
use crate::site::Web;

/// The query of a request; what is not understood is a problem.
pub(crate) struct Asked<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Web> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, site: &Web) -> Result<Self, Problem> {
        let axum::extract::Query(query) =
            axum::extract::Query::<T>::from_request_parts(parts, site).await?;
        Ok(Self(query))
    }
}

/// The JSON body of a request; what is not understood is a problem.
pub(crate) struct Sent<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Web> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, site: &Web) -> Result<Self, Problem> {
        let axum::Json(body) = axum::Json::<T>::from_request(request, site).await?;
        Ok(Self(body))
    }
}

/// An answer of JSON, with every secret that the configuration names taken out.
pub(crate) fn answer<T: Serialize>(
    desk: &Desk,
    status: StatusCode,
    view: &T,
) -> Result<Response, Problem> {
    let bug = |error: serde_json::Error| {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "bug", error.to_string())
    };
    let mut json = serde_json::to_value(view).map_err(bug)?;
    clean(desk, &mut json);
    let kind = [(header::CONTENT_TYPE, "application/json")];
    Ok((status, kind, json.to_string()).into_response())
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

//! `/healthz`: whether this server can answer. It looks at the ledger, and at nothing that a
//! service's targets do.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::site::Web;

pub(crate) fn router() -> Router<Web> {
    Router::new().route("/healthz", get(healthz))
}

async fn healthz(State(site): State<Web>) -> Response {
    match site.desk().parts().ledger.head().await {
        Ok((seq, _)) => (StatusCode::OK, format!("ok, event {seq}\n")).into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
    }
}

//! `/api/v1`: a file for each noun. Every route stands beside its description, so that the OpenAPI
//! document cannot say something else than what answers.

mod document;
mod gate;
mod health;
mod route;
mod shape;

use axum::Router;
use axum::routing::any;

use crate::problem::Problem;
use crate::site::Web;

pub(crate) use route::{Route, RouteDoc};

/// Every route, by path.
fn routes() -> Vec<Route> {
    [gate::routes()].into_iter().flatten().collect()
}

/// The API.
pub(crate) fn router() -> Router<Web> {
    let mut router = Router::new();
    for route in routes() {
        router = router.route(route.doc.path, route.handler);
    }
    router.route("/openapi.json", axum::routing::get(document::answer)).fallback(any(|| async {
        Problem::not_found("there is nothing here: see /api/v1/openapi.json")
    }))
}

pub(crate) use health::router as health;

/// The OpenAPI document.
#[must_use]
pub fn openapi() -> serde_json::Value {
    document::document(&routes())
}

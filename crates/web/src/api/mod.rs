//! `/api/v1`: a file for each noun. Every route stands beside its description, so that the OpenAPI
//! document cannot say something else than what answers.

mod around;
mod blob;
mod console;
mod decision;
mod deployment;
mod document;
mod etag;
mod events;
mod gate;
mod health;
mod history;
mod lane;
mod metrics;
mod once;
mod page;
mod people;
mod promotion;
mod push;
mod release;
mod result;
mod rollback;
mod route;
mod run;
mod schema;
mod service;
mod shape;
mod token;
mod verification;

use std::sync::LazyLock;

use axum::Router;
use axum::middleware;
use axum::routing::any;

use crate::problem::Problem;
use crate::site::Web;

pub(crate) use route::{Route, RouteDoc};

/// Every route, by path.
fn routes() -> Vec<Route> {
    [
        gate::routes(),
        service::routes(),
        release::routes(),
        blob::routes(),
        verification::routes(),
        run::routes(),
        result::routes(),
        decision::routes(),
        promotion::routes(),
        deployment::routes(),
        rollback::routes(),
        push::routes(),
        people::routes(),
        history::routes(),
        events::routes(),
        token::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The methods that a path has.
fn methods(path: &str) -> Vec<String> {
    static KNOWN: LazyLock<Vec<RouteDoc>> =
        LazyLock::new(|| routes().into_iter().map(|route| route.doc).collect());
    let mut methods: Vec<String> = KNOWN
        .iter()
        .filter(|doc| doc.path == path)
        .flat_map(|doc| match doc.method {
            "get" => vec!["GET".to_owned(), "HEAD".to_owned()],
            other => vec![other.to_uppercase()],
        })
        .collect();
    if methods.is_empty() {
        // What is not in the document: the document itself, and the console.
        let own: &[&str] = if path.starts_with("/console") { &["POST"] } else { &["GET", "HEAD"] };
        methods.extend(own.iter().map(|&method| method.to_owned()));
    }
    methods.push("OPTIONS".to_owned());
    methods
}

/// The API.
pub(crate) fn router(site: &Web) -> Router<Web> {
    let mut router = Router::new();
    for route in routes() {
        router = router.route(route.doc.path, route.handler);
    }
    router
        .merge(console::router())
        .route("/openapi.json", axum::routing::get(document::answer))
        .fallback(any(|| async {
            Problem::not_found("there is nothing here: see /api/v1/openapi.json")
        }))
        .layer(middleware::from_fn_with_state(site.clone(), around::around))
}

pub(crate) use console::Commands;
pub use console::{Console, SharedConsole};
pub(crate) use health::router as health;
pub(crate) use metrics::router as metrics;
pub(crate) use once::Answers;

/// The OpenAPI document.
#[must_use]
pub fn openapi() -> serde_json::Value {
    document::document(&routes())
}

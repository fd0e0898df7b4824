//! `/metrics`: how the server does, for Prometheus.

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use plimsoll_core::record::Permission;

use crate::caller::Caller;
use crate::metrics::Gauges;
use crate::problem::Problem;
use crate::serve;
use crate::site::Web;

pub(crate) fn router() -> Router<Web> {
    Router::new().route("/metrics", get(answer))
}

/// It names services, so it is for whoever may look at all of them.
async fn answer(State(site): State<Web>, caller: Caller) -> Result<Response, Problem> {
    caller.may(Permission::Read, None)?;
    let desk = site.desk();
    let head = desk.head().await?;
    let mut under_way = Vec::new();
    for service in desk.catalog().services.values() {
        let state = desk.load(&service.name).await?;
        let active = service.environments.iter().filter(|e| state.active(&e.name).is_some());
        under_way.extend(active.map(|e| (service.name.to_string(), e.name.to_string())));
    }
    let (tokens, now) = (desk.tokens().await?, desk.now());
    let gauges = Gauges {
        position: head.0,
        under_way,
        connections: serve::open_connections(),
        listeners: site.feed.listeners(),
        tokens: tokens.tokens.values().filter(|token| token.in_force(now)).count(),
    };
    let text = site.metrics.text(&gauges, &site.settings.version);
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}

//! `/history`: what happened, newest first.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use plimsoll_core::Timestamp;
use plimsoll_core::ids::ServiceName;
use plimsoll_core::record::Permission;
use plimsoll_core::say::Reader;
use plimsoll_engine::desk::HistoryQuestion;
use plimsoll_wire::HistoryView;
use serde::Deserialize;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::site::Web;

use super::etag::Position;
use super::shape::{Asked, EventNumber};
use super::{Route, RouteDoc, page};

/// How many lines there are when nobody says how many.
const LISTED: usize = 40;

pub(super) fn routes() -> Vec<Route> {
    let words = ("getHistory", "What happened, newest first; a verification is one line.");
    let doc = RouteDoc::new("get", "/history", words, Some(Permission::Read))
        .query(
            "service",
            false,
            "Only of this service; needed when your token is for several.",
            "planet4",
        )
        .query("since", false, "Only since then.", "2026-11-01T00:00:00Z")
        .query("before", false, "Only before this event; `next` of the last answer.", "1200")
        .query("limit", false, "How many lines at most; 40 when absent.", "20")
        .query("all", false, "Every event, also the small steps and each result.", "true")
        .answers::<HistoryView>(200, "The lines; the Link header says where older ones are.");
    vec![Route { handler: get(list), doc }]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    service: Option<ServiceName>,
    since: Option<Timestamp>,
    before: Option<EventNumber>,
    limit: Option<usize>,
    #[serde(default)]
    all: bool,
}

async fn list(
    State(site): State<Web>,
    caller: Caller,
    Asked(which): Asked<Which>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let service = caller.meant(which.service)?;
    let limit = page::limit(which.limit, LISTED)?;
    let desk = site.desk();
    if let Some(service) = &service {
        desk.service(service)?;
    }
    let position = Position::of(&desk, &caller).await?;
    if let Some(unchanged) = position.unchanged(&headers) {
        return Ok(unchanged);
    }
    let asked = HistoryQuestion {
        service: service.clone(),
        since: which.since,
        before: which.before.map(|EventNumber(seq)| seq),
        limit,
        all: which.all,
    };
    let (told, next) = desk
        .told(&asked, &Reader::utc(desk.now()), |event| event.stream.is_seen_by(&caller.scope))
        .await?;
    let mut response = position.answer(&desk, &HistoryView::of(&told, next.map(|seq| seq.0)))?;
    if let Some(next) = next {
        let of = service.map(|service| format!("&service={service}")).unwrap_or_default();
        let since = which.since.map(|since| format!("&since={since}")).unwrap_or_default();
        let all = if which.all { "&all=true" } else { "" };
        let place = format!("/api/v1/history?before={next}&limit={limit}{of}{since}{all}");
        page::link_next(&mut response, &place);
    }
    Ok(response)
}

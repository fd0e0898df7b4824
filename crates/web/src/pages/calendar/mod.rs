//! Freezes, holds and promotions on the calendar; also for a calendar program to subscribe to.

mod entries;
mod ics;

use std::collections::BTreeMap;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::get;
use plimsoll_core::say;
use plimsoll_engine::desk::Desk;

use crate::problem::Problem;
use crate::site::Web;

use super::Answer;
use super::frame::{Body, Section, reader};
use super::parts::{Look, Moment};
use super::visitor::Visitor;

use entries::{Entry, Kind};

pub(super) fn router() -> Router<Web> {
    Router::new().route("/calendar", get(calendar)).route("/calendar.ics", get(subscribed))
}

struct Row {
    look: Look,
    when: Moment,
    until: Option<Moment>,
    title: String,
    words: String,
    href: Option<String>,
}

#[derive(Template)]
#[template(path = "calendar.html")]
struct Page {
    answer: String,
    parts: [(&'static str, Vec<Row>); 3],
}

async fn all(desk: &Desk, visitor: &Visitor) -> Result<Vec<Entry>, Problem> {
    let reader = reader(desk.now());
    let mut all = Vec::new();
    for service in desk.catalog().services.values() {
        if visitor.caller.sees(&service.name) {
            let state = desk.load(&service.name).await?;
            let mut calendars = BTreeMap::new();
            for gate in service.gates.keys() {
                calendars.extend(desk.read_calendars(service, gate).await);
            }
            all.extend(entries::of(service, &state, &calendars, &reader));
        }
    }
    all.sort_by(|one, other| (one.from, &one.title).cmp(&(other.from, &other.title)));
    Ok(entries::joined(all))
}

async fn calendar(State(site): State<Web>, visitor: Visitor) -> Answer {
    let desk = site.desk();
    let all = visitor.asks(all(&desk, &visitor).await)?;
    let reader = reader(desk.now());
    let row = |entry: &Entry| Row {
        look: entry.kind.look(),
        when: Moment::clock(entry.from, &reader),
        until: entry.until.map(|until| Moment::clock(until, &reader)),
        title: entry.title.clone(),
        words: entry.words.clone(),
        href: entry.href.clone(),
    };
    let is_now = |entry: &&Entry| {
        entry.from <= reader.now && entry.until.is_none_or(|until| until > reader.now)
    };
    let now: Vec<_> = all.iter().filter(is_now).map(row).collect();
    let coming: Vec<_> = all.iter().filter(|one| one.from > reader.now).map(row).collect();
    let past = all.iter().rev().filter(|one| one.until.is_some_and(|until| until <= reader.now));
    let freezes = all.iter().filter(is_now).filter(|one| one.kind != Kind::Promotion).count();
    let moves = all.iter().filter(is_now).filter(|one| one.kind == Kind::Promotion).count();
    let page = Page {
        answer: say::calendar_answer(freezes, moves, coming.len()),
        parts: [
            ("On now", now),
            ("To come", coming),
            ("Of the last 30 days", past.map(row).collect()),
        ],
    };
    let body = visitor.asks(Body::new(page.answer.clone(), &page))?;
    visitor.page(body.in_section(Section::Calendar)).await
}

async fn subscribed(State(site): State<Web>, visitor: Visitor) -> Answer {
    let desk = site.desk();
    let all = visitor.asks(all(&desk, &visitor).await)?;
    let base = site.settings.base_url.as_deref();
    let text = desk.parts().redact.text(&ics::written(&all, base, desk.now()));
    let mut response = text.into_response();
    let kind = HeaderValue::from_static("text/calendar; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(response)
}

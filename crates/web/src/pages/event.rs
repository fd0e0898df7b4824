//! One event of the ledger, whole, with what it printed.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use plimsoll_core::event::{Event, EventKind, Stream};
use plimsoll_core::ids::Seq;
use plimsoll_core::record::{Permission, State as Standing};
use plimsoll_core::say;
use plimsoll_engine::desk::{Desk, DeskError};
use plimsoll_engine::ports::BlobError;

use crate::problem::Problem;
use crate::site::Web;

use super::Answer;
use super::frame::{Body, Section, reader, written};
use super::link;
use super::parts::{Badge, Link, Look, Moment};
use super::place::Place;
use super::visitor::Visitor;

/// Bytes of an output that are shown.
const MOST_OUTPUT: usize = 100_000;

/// How many events after a beginning are looked through for its end.
const ENDED_WITHIN: u32 = 2_000;

pub(super) fn router() -> Router<Web> {
    Router::new().route("/events/{seq}", get(event)).route("/marks", get(marks))
}

/// The page that tells an event best.
pub(super) fn page_of(event: &Event) -> String {
    match &event.kind {
        EventKind::CheckFinished { .. } => format!("/runs/r-{}", event.seq),
        EventKind::CheckControlled { run, .. } => format!("/runs/{run}"),
        EventKind::DecisionMade { .. } => format!("/decisions/g-{}", event.seq),
        EventKind::PromotionStarted { .. } => format!("/promotions/p-{}", event.seq),
        EventKind::PromotionFinished { promotion, .. }
        | EventKind::RollbackStarted { promotion, .. }
        | EventKind::RegressionFound { promotion, .. }
        | EventKind::WaveHeld { promotion, .. } => format!("/promotions/{promotion}"),
        EventKind::ReleaseAdded { release } => link::release(&release.id),
        _ => format!("/events/{}", event.seq),
    }
}

#[derive(Template)]
#[template(path = "event.html")]
struct Page {
    badge: Badge,
    answer: String,
    at: Moment,
    who: String,
    stream: String,
    version: u64,
    detail: String,
    hash: String,
    prev: String,
    seq: u64,
    payload: Vec<String>,
    better: Option<Link>,
    output: Option<Vec<String>>,
    service: Option<Link>,
}

async fn event(State(site): State<Web>, visitor: Visitor, Place(seq): Place<u64>) -> Answer {
    let desk = site.desk();
    let found = desk.parts().ledger.event(Seq(seq)).await.map_err(DeskError::from);
    let Some(event) = visitor.asks(found)? else {
        return Err(visitor.fault(Problem::not_found(format!("there is no event {seq} yet"))));
    };
    match event.stream.service() {
        Some(service) => visitor.may_see(service)?,
        None => visitor.asks(visitor.caller.may(Permission::Administer, None))?,
    }
    let body = visitor.asks(make(&desk, &event).await)?;
    visitor.page(body).await
}

async fn make(desk: &Desk, event: &Event) -> Result<Body, Problem> {
    let reader = reader(desk.now());
    let line = say::event(event, &reader);
    let better = page_of(event);
    let own = format!("/events/{}", event.seq);
    let service = event.stream.service();
    let answer = format!("{}: {}", say::capital(&line.word), line.what);
    let page = Page {
        badge: Badge::marked(line.mark, line.word.clone()),
        answer: answer.clone(),
        at: Moment::whole(event.at, &reader),
        who: line.who,
        stream: event.stream.to_string(),
        version: event.version,
        detail: line.detail,
        hash: event.hash.to_string(),
        prev: event.prev.to_string(),
        seq: event.seq.0,
        payload: serde_json::to_string_pretty(&event.kind)
            .unwrap_or_default()
            .lines()
            .map(|line| say::safe(line).into_owned())
            .collect(),
        better: (better != own).then(|| Link::new(better, "See it as a page")),
        output: output(desk, event).await?,
        service: service.map(|name| Link::new(link::service(name), name.to_string())),
    };
    let mut crumbs = vec![Link::new("/", "Board"), Link::new("/history", "History")];
    crumbs.push(Link::new("", format!("event {}", event.seq)));
    let body = Body::new(answer, &page)?.under(crumbs).in_section(Section::History);
    Ok(match service {
        Some(service) => body.about(service),
        None => body,
    })
}

/// What a deployment printed, also where its beginning was asked for.
async fn output(desk: &Desk, event: &Event) -> Result<Option<Vec<String>>, Problem> {
    let report = match &event.kind {
        EventKind::DeploymentFinished { report, .. } => Some(report.clone()),
        EventKind::DeploymentStarted { .. } => ended(desk, event).await?,
        _ => None,
    };
    let Some(blob) = report.and_then(|report| report.output) else { return Ok(None) };
    match desk.parts().blobs.get(&blob.digest).await {
        Ok(bytes) => {
            let from = bytes.len().saturating_sub(MOST_OUTPUT);
            let text = String::from_utf8_lossy(&bytes[from..]).into_owned();
            Ok(Some(text.lines().map(|line| say::safe(line.trim_end()).into_owned()).collect()))
        }
        Err(BlobError::Missing { .. }) => Ok(None),
        Err(error) => Err(DeskError::from(error).into()),
    }
}

async fn ended(
    desk: &Desk,
    began: &Event,
) -> Result<Option<plimsoll_core::record::DeployReport>, Problem> {
    let Stream::Lane(_) = &began.stream else { return Ok(None) };
    let ledger = &desk.parts().ledger;
    let later = ledger.stream_events(&began.stream, began.version, ENDED_WITHIN).await;
    Ok(later.map_err(DeskError::from)?.into_iter().find_map(|later| match later.kind {
        EventKind::DeploymentFinished { deployment, report, .. } if deployment.0 == began.seq => {
            Some(report)
        }
        _ => None,
    }))
}

#[derive(Template)]
#[template(path = "marks.html")]
struct Marks {
    all: Vec<(Badge, &'static str)>,
}

/// What the marks mean.
async fn marks(State(_): State<Web>, visitor: Visitor) -> Answer {
    let mut all: Vec<_> = Standing::ALL
        .into_iter()
        .map(|state| (Badge { quiet: false, ..Badge::of(state) }, say::meaning(state)))
        .collect();
    let waits = Badge { look: Look::WAITING, word: "waits".to_owned(), quiet: false };
    all.insert(9, (waits, say::WAITING_MEANS));
    let page = Marks { all };
    let html = visitor.asks(written(&page))?;
    let title = "What the marks mean".to_owned();
    let body = Body { title, html, section: Section::Apart, ..Body::default() };
    visitor.page(body).await
}

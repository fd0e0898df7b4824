//! Evidence: one run of one check, with everything it found and everything it is bound to.

mod attempts;
mod browser;
mod pictures;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use plimsoll_core::event::{Event, EventKind};
use plimsoll_core::ids::{CheckRunId, ReleaseId};
use plimsoll_core::record::{CheckResult, Control, State as Stands};
use plimsoll_core::say::{self, cell};
use plimsoll_core::units::Period;
use plimsoll_engine::desk::{Desk, DeskError};

use crate::problem::Problem;
use crate::site::Web;

use super::Answer;
use super::frame::{Body, reader};
use super::link;
use super::parts::{Badge, Link, Look, Moment, state_word};
use super::place::Place;
use super::visitor::Visitor;

use attempts::{ControlLine, Try};
use browser::View;
pub(crate) use pictures::Compared;
pub(super) use pictures::{Shown, of as pictures_of, shown};

/// How many events after a result are looked through for what control runs found out.
const CONTROLLED_WITHIN: u32 = 5_000;

/// Lines of an output that are shown; all of it is a link away.
const MOST_LINES: usize = 400;

/// Bytes of an output that are shown.
const MOST_BYTES: usize = 200_000;

pub(super) fn router() -> Router<Web> {
    Router::new().route("/runs/{run}", get(run)).route("/runs/{run}/output", get(output))
}

#[derive(Template)]
#[template(path = "run.html")]
struct Page {
    look: Look,
    word: String,
    answer: String,
    meta: String,
    at: Moment,
    pictures: Vec<Shown>,
    views: Vec<View>,
    tries: Vec<Try>,
    cause: Option<String>,
    controls: Vec<ControlLine>,
    output: Vec<String>,
    skipped: usize,
    output_href: Option<String>,
    output_is_empty: bool,
    deployment: Option<Link>,
    before: Badge,
    after: Badge,
    digest: String,
    browser: Option<String>,
    stands_for: String,
    number: CheckRunId,
    next: Vec<(String, Option<String>)>,
    opened: bool,
}

async fn run(
    State(site): State<Web>,
    visitor: Visitor,
    headers: HeaderMap,
    Place(id): Place<CheckRunId>,
) -> Answer {
    let desk = site.desk();
    let (event, result) = visitor.asks(the_run(&desk, id).await)?;
    visitor.may_see(&result.target.service)?;
    let pictures = visitor.asks(shown(&site, id, &result).await)?;
    let opened = !pictures.is_empty() && is_looked_at(&visitor, &headers);
    if opened {
        let release =
            ReleaseId { service: result.target.service.clone(), version: result.version.clone() };
        let (environment, name) = (&result.target.environment, result.target.target.clone());
        let person = visitor.person()?;
        visitor.asks(desk.note_opened(&release, environment, &[name], person).await)?;
    }
    let body = visitor.asks(make(&desk, (id, &event, &result), pictures, opened).await)?;
    visitor.page(body).await
}

/// Whether somebody who signed in looks at it, and not a browser that only loads it in advance.
pub(super) fn is_looked_at(visitor: &Visitor, headers: &HeaderMap) -> bool {
    let ahead = headers.contains_key("sec-purpose") || headers.contains_key("x-moz");
    visitor.caller.session.is_some() && visitor.caller.person.is_some() && !ahead
}

/// The result of that number.
pub(super) async fn the_run(desk: &Desk, id: CheckRunId) -> Result<(Event, CheckResult), Problem> {
    let none = || Problem::not_found(format!("there is no check run {id}"));
    let event = desk.parts().ledger.event(id.0).await.map_err(DeskError::from)?;
    let event = event.ok_or_else(none)?;
    let EventKind::CheckFinished { result } = &event.kind else { return Err(none()) };
    let result = (**result).clone();
    Ok((event, result))
}

async fn make(
    desk: &Desk,
    (id, event, result): (CheckRunId, &Event, &CheckResult),
    pictures: Vec<Shown>,
    opened: bool,
) -> Result<Body, Problem> {
    let reader = reader(desk.now());
    let control = control_of(desk, event, id, result).await?;
    let stands = cell(&result.target.target, &result.check, Some((id, result)));
    let plain = stands.finding.clone();
    let stands = match &control {
        Some(control) => stands.because(&control.cause, &reader),
        None => stands,
    };
    let page = result.attempts.last().and_then(|attempt| attempt.page.as_deref());
    let output = output_of(desk, result).await?;
    let views = match (page, &output) {
        (Some(_), Some(output)) => browser::views(output),
        _ => Vec::new(),
    };
    // The facts of a page are its output, made readable.
    let shown = output.as_deref().filter(|_| views.is_empty());
    let (lines, skipped) = shown.map(lines_of).unwrap_or_default();
    let service = &result.target.service;
    let release = ReleaseId { service: service.clone(), version: result.version.clone() };
    let word = say::capital(state_word(stands.state));
    let took = Period::between(result.started_at, result.finished_at).roughly();
    let answer = say::run_answer(&stands, &plain);
    let page = Page {
        look: Look::of(stands.state),
        word,
        answer: answer.clone(),
        meta: say::run_meta(result, &took, id),
        at: Moment::whole(result.started_at, &reader),
        pictures,
        views,
        tries: result.attempts.iter().enumerate().map(attempts::of).collect(),
        cause: control.as_ref().map(|control| {
            format!("{}: {}", control.cause.word(), say::because(&control.cause, &reader))
        }),
        controls: attempts::controls(control.as_ref(), &reader),
        output: lines,
        skipped,
        output_href: result.output.map(|_| format!("/runs/{id}/output")),
        output_is_empty: shown.is_some_and(|output| output.trim().is_empty()),
        deployment: result.deployment.map(|d| Link::new(format!("/events/{}", d.0), d.to_string())),
        before: observed(result, &result.observed_before),
        after: observed(result, &result.observed_after),
        digest: result.check_digest.to_string(),
        browser: page.map(|page| say::safe(&page.browser).into_owned()),
        stands_for: stands_for(desk, result),
        number: id,
        next: next(result, stands.state),
        opened,
    };
    let place = format!("{}/{}", result.target.environment, result.target.target);
    let crumbs = vec![
        Link::new("/", "Board"),
        Link::new(link::release_on(&release, &result.target.environment), release.to_string()),
        Link::new(link::target(&result.target), place),
        Link::new("", result.check.to_string()),
    ];
    Ok(Body::new(answer, &page)?.under(crumbs).about(service))
}

/// What control runs found out: from the state for the last run of a check, else from the events
/// that came soon after it.
async fn control_of(
    desk: &Desk,
    event: &Event,
    id: CheckRunId,
    result: &CheckResult,
) -> Result<Option<Control>, Problem> {
    let state = desk.load(&result.target.service).await?;
    let run = state.target(&result.target).and_then(|known| known.results.get(&result.check));
    if let Some(run) = run.filter(|run| run.id == id) {
        return Ok(run.control.clone());
    }
    if result.outcome == plimsoll_core::record::Outcome::Passed {
        return Ok(None);
    }
    let ledger = &desk.parts().ledger;
    let later = ledger.stream_events(&event.stream, event.version, CONTROLLED_WITHIN).await;
    Ok(later.map_err(DeskError::from)?.into_iter().find_map(|later| match later.kind {
        EventKind::CheckControlled { run, control, .. } if run == id => Some(*control),
        _ => None,
    }))
}

async fn output_of(desk: &Desk, result: &CheckResult) -> Result<Option<String>, Problem> {
    let Some(blob) = &result.output else { return Ok(None) };
    match desk.parts().blobs.get(&blob.digest).await {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(plimsoll_engine::ports::BlobError::Missing { .. }) => Ok(None),
        Err(error) => Err(DeskError::from(error).into()),
    }
}

/// The end of an output, line by line, and how many lines stand before it.
fn lines_of(output: &str) -> (Vec<String>, usize) {
    let all: Vec<&str> = output.lines().collect();
    let mut from = all.len().saturating_sub(MOST_LINES);
    let mut bytes: usize = all[from..].iter().map(|line| line.len()).sum();
    while bytes > MOST_BYTES && from + 1 < all.len() {
        bytes -= all[from].len();
        from += 1;
    }
    let lines = all[from..].iter().map(|line| say::shorten(line.trim_end(), MOST_BYTES / 10));
    (lines.collect(), from)
}

fn observed(result: &CheckResult, seen: &plimsoll_core::record::Observed) -> Badge {
    let words = say::observed(seen).into_owned();
    let state = match seen {
        seen if seen.is(&result.version) => Stands::Satisfied,
        seen if seen.is_other_than(&result.version) => Stands::WrongVersion,
        _ => Stands::Errored,
    };
    Badge::says(state, words)
}

fn stands_for(desk: &Desk, result: &CheckResult) -> String {
    let Ok(service) = desk.service(&result.target.service) else { return "nothing".to_owned() };
    let Some(target) = service.target(&result.target) else {
        return "nothing: the configuration has no such target any more".to_owned();
    };
    let stood: Vec<_> = service
        .stood_for(&result.target.environment, target)
        .iter()
        .map(|id| format!("{}/{}", id.environment, id.target))
        .collect();
    if stood.is_empty() { "itself".to_owned() } else { say::list(&stood, 6) }
}

fn next(result: &CheckResult, state: Stands) -> Vec<(String, Option<String>)> {
    let target = &result.target;
    let verify = format!(
        "plimsoll verify {}@{} --on {} --target {} --check {}",
        target.service, result.version, target.environment, target.target, result.check
    );
    let page = link::of_command(&verify);
    let mut next = vec![(verify, page)];
    if state == Stands::Failed {
        let (service, check) = (&target.service, &result.check);
        next.push((
            format!(
                "plimsoll known-failure {service} {check} --from {target} --ticket URL --until DATE"
            ),
            None,
        ));
    }
    next
}

/// The whole output, as text.
async fn output(State(site): State<Web>, visitor: Visitor, Place(id): Place<CheckRunId>) -> Answer {
    let desk = site.desk();
    let (_, result) = visitor.asks(the_run(&desk, id).await)?;
    visitor.may_see(&result.target.service)?;
    let text = visitor.asks(output_of(&desk, &result).await)?;
    let Some(text) = text else {
        return Err(visitor.fault(Problem::not_found(format!("{id} kept no output"))));
    };
    Ok(plain(desk.parts().redact.text(&text)))
}

/// Text that no browser takes for anything else.
fn plain(text: String) -> Response {
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    let policy = HeaderValue::from_static("default-src 'none'; sandbox");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

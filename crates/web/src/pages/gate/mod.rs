//! The gate: the answer, what is unmet with who can do what, what is in force, what is met. Asked
//! now, as it was decided, or as of any past moment.

mod past;
mod view;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use plimsoll_core::Timestamp;
use plimsoll_core::event::EventKind;
use plimsoll_core::ids::{DecisionId, EnvironmentName, ReleaseId};
use plimsoll_core::record::Permission;
use plimsoll_core::say::{self, Reader};
use plimsoll_engine::desk::{Desk, DeskError, WholeDecision};
use serde::Deserialize;

use crate::problem::Problem;
use crate::site::Web;

use super::Answer;
use super::form::Maybe;
use super::frame::{Body, reader};
use super::link;
use super::parts::Link;
use super::place::{Place, Wanted};
use super::visitor::Visitor;

use view::{Offers, Told, View};

pub(super) fn router() -> Router<Web> {
    Router::new()
        .route("/gate/{release}/{to}", get(gate))
        .route("/decisions/{decision}", get(decision))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    at: Maybe<String>,
}

async fn gate(
    State(site): State<Web>,
    visitor: Visitor,
    Place((id, to)): Place<(ReleaseId, EnvironmentName)>,
    Wanted(asked): Wanted<Asked>,
) -> Answer {
    visitor.may_see(&id.service)?;
    let desk = site.desk();
    let body = match asked.at.0 {
        Some(at) => {
            let reader = reader(desk.now());
            let then = visitor.asks(moment(&at, &reader))?;
            then_body(&site, &visitor, (&id, &to), then).await
        }
        None => now_body(&site, &visitor, (&id, &to)).await,
    };
    visitor.page(visitor.asks(body)?).await
}

async fn now_body(
    site: &Web,
    visitor: &Visitor,
    (id, to): (&ReleaseId, &EnvironmentName),
) -> Result<Body, Problem> {
    let desk = site.desk();
    desk.gated(id, Some(to))?;
    desk.known_release(id).await?;
    let answer = site.gate_answers.ask(&desk, id, to).await?;
    let state = desk.load(&id.service).await?;
    let reader = reader(desk.now());
    let earlier = past::decisions(&desk, id, to).await?;
    let told = Told::Now { id: answer.id, people: &state.people };
    let offers = Offers::of(visitor, id, to);
    let view = View::of(&desk, &answer.decision, told, earlier, offers, &reader);
    let moves = answer
        .decision
        .requirements
        .iter()
        .any(|requirement| requirement.state == plimsoll_core::record::State::Running);
    Ok(body(view, &answer.decision, &reader)?.moving(moves))
}

async fn then_body(
    site: &Web,
    visitor: &Visitor,
    (id, to): (&ReleaseId, &EnvironmentName),
    then: Timestamp,
) -> Result<Body, Problem> {
    let desk = site.desk();
    desk.gated(id, Some(to))?;
    if then > desk.now() {
        return Err(Problem::wrong("that moment is still to come"));
    }
    let past = past::decided(site, &desk, (id, to), then).await?;
    let reader = Reader { now: then, ..reader(then) };
    let earlier = past::decisions(&desk, id, to).await?;
    let told = Told::Then { words: past.words, nearest: past.nearest, people: &past.people };
    let view = View::of(&desk, &past.decision, told, earlier, Offers::none(visitor), &reader);
    body(view, &past.decision, &reader)
}

async fn decision(
    State(site): State<Web>,
    visitor: Visitor,
    Place(id): Place<DecisionId>,
) -> Answer {
    let desk = site.desk();
    let (release, to, whole) = visitor.asks(whole(&desk, id).await)?;
    visitor.may_see(&release.service)?;
    let decision = &whole.decision;
    let reader = reader(desk.now());
    let earlier = visitor.asks(past::decisions(&desk, &release, &to).await)?;
    let told = Told::Written { id };
    let view = View::of(&desk, decision, told, earlier, Offers::none(&visitor), &reader);
    visitor.page(visitor.asks(body(view, decision, &reader))?).await
}

/// A decision that was written down.
async fn whole(
    desk: &Desk,
    id: DecisionId,
) -> Result<(ReleaseId, EnvironmentName, WholeDecision), Problem> {
    let none = || Problem::not_found(format!("there is no decision {id}"));
    let event = desk.parts().ledger.event(id.0).await.map_err(DeskError::from)?;
    let EventKind::DecisionMade { release, to, whole, .. } = event.ok_or_else(none)?.kind else {
        return Err(none());
    };
    let bytes = desk.parts().blobs.get(&whole.digest).await.map_err(DeskError::from)?;
    let whole = serde_json::from_slice(&bytes).map_err(|error| {
        Problem::new(
            axum::http::StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            format!("decision {id} cannot be read: {error}"),
        )
    })?;
    Ok((release, to, whole))
}

fn body(
    view: View,
    decision: &plimsoll_core::record::Decision,
    reader: &Reader,
) -> Result<Body, Problem> {
    let release = &decision.release;
    let crumbs = vec![
        Link::new("/", "Board"),
        Link::new(link::release(release), release.to_string()),
        Link::new("", format!("gate to {}", decision.to)),
    ];
    let title = say::summary(decision, reader);
    Ok(Body::new(title, &view)?.under(crumbs).about(&release.service))
}

/// A moment as people write it: exactly, or in the clock on the wall.
pub(in crate::pages) fn moment(text: &str, reader: &Reader) -> Result<Timestamp, Problem> {
    let text = text.trim();
    if let Ok(exact) = text.parse::<Timestamp>() {
        return Ok(exact);
    }
    let local = text.replace(' ', "T");
    let local = if local.contains('T') { local } else { format!("{local}T00:00") };
    let at = local.parse::<jiff::civil::DateTime>().ok();
    let at = at.and_then(|at| at.to_zoned(reader.zone.clone()).ok());
    at.map(|at| at.timestamp()).ok_or_else(|| {
        let text = say::shorten(text, 40);
        Problem::wrong(format!("`{text}` is no moment"))
            .hint("2026-11-18 14:00, or 2026-11-18T14:00:00Z")
    })
}

/// What somebody may do about a release at this gate.
impl Offers {
    fn of(visitor: &Visitor, id: &ReleaseId, to: &EnvironmentName) -> Self {
        let release = visitor.is_offered(Permission::Release, &id.service);
        Self {
            promote: release.then(|| format!("/promote/{id}/{to}")),
            waive: release.then(|| format!("/waive/{id}/{to}")),
            service: release.then(|| link::service(&id.service)),
        }
    }

    fn none(_: &Visitor) -> Self {
        Self { promote: None, waive: None, service: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_exactly_or_by_the_clock_on_the_wall() {
        let now = "2026-11-18T22:32:00Z".parse().expect("a moment");
        let reader = Reader::utc(now).in_zone("America/Los_Angeles");
        let read = |text: &str| moment(text, &reader).map(|at| at.to_string()).unwrap_or_default();
        assert_eq!(read("2026-11-18T10:00:00Z"), "2026-11-18T10:00:00Z");
        assert_eq!(read("2026-11-18T02:00"), "2026-11-18T10:00:00Z");
        assert_eq!(read(" 2026-11-18 02:00 "), "2026-11-18T10:00:00Z");
        assert_eq!(read("2026-11-18"), "2026-11-18T08:00:00Z");
        assert_eq!(read("yesterday"), "");
    }
}

//! A release: what every check found of it on every target, and what it is made of.

mod forges;
mod matrix;

use std::collections::BTreeSet;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use plimsoll_core::catalog::{Environment, Service};
use plimsoll_core::ids::{EnvironmentName, ReleaseId};
use plimsoll_core::ledger::ServiceState;
use plimsoll_core::record::{Permission, Release};
use plimsoll_core::say;
use plimsoll_engine::desk::Desk;
use serde::Deserialize;

use crate::problem::Problem;
use crate::site::Web;

use super::Answer;
use super::frame::{Body, reader};
use super::link;
use super::parts::{Badge, Link, Moment};
use super::place::{Place, Wanted};
use super::visitor::Visitor;

use forges::{Posting, postings};
use matrix::{Column, Pill, Row};
pub(super) use matrix::{Note, as_written};

pub(super) fn router() -> Router<Web> {
    Router::new().route("/releases/{release}", get(release))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    on: Option<EnvironmentName>,
    #[serde(default)]
    state: String,
}

#[derive(Template)]
#[template(path = "release.html")]
struct Page {
    answer: String,
    release: Release,
    notes: String,
    places: Vec<(Link, bool)>,
    on: EnvironmentName,
    gate: Option<Link>,
    verify: Option<String>,
    form_token: String,
    pills: Vec<Pill>,
    columns: Vec<Column>,
    rows: Vec<Row>,
    causes: Vec<Note>,
    added: Moment,
    runs_on: String,
    digest: String,
    change: &'static str,
    undo: &'static str,
    artifacts: Vec<(String, String, String)>,
    sign_off: Option<Link>,
    deployed: Option<Badge>,
    /// What forges were told; absent where none is to be told.
    forges: Option<Vec<Posting>>,
}

async fn release(
    State(site): State<Web>,
    visitor: Visitor,
    Place(id): Place<ReleaseId>,
    Wanted(asked): Wanted<Asked>,
) -> Answer {
    visitor.may_see(&id.service)?;
    let desk = site.desk();
    let body = visitor.asks(make(&desk, &visitor, &id, &asked).await)?;
    visitor.page(body).await
}

async fn make(
    desk: &Desk,
    visitor: &Visitor,
    id: &ReleaseId,
    asked: &Asked,
) -> Result<Body, Problem> {
    let service = desk.service(&id.service)?;
    let release = desk.known_release(id).await?;
    let state = desk.load(&id.service).await?;
    let reader = reader(desk.now());
    let Some(environment) = environment(service, &state, id, asked.on.as_ref()) else {
        return Err(Problem::not_found(format!("{} has no such environment", service.name)));
    };
    let on = &environment.name;
    let mut found = matrix::found(desk, service, environment, (id, &state), &reader).await?;
    let moves = state.lanes.get(on).is_some_and(|lane| {
        lane.active.is_some() || lane.verifying.iter().any(|one| one.deadline > reader.now)
    });
    let (pills, rows) = found.shown(&asked.state, id, on);
    let next = service.environments.iter().find(|e| e.after.as_ref() == Some(on));
    let page = Page {
        answer: found.matrix.summary(),
        notes: say::safe(&release.notes).into_owned(),
        places: service
            .environments
            .iter()
            .map(|e| (Link::new(link::release_on(id, &e.name), e.name.to_string()), e.name == *on))
            .collect(),
        on: on.clone(),
        gate: next.map(|next| {
            Link::new(link::gate(id, &next.name), format!("Ask the gate to {}", next.name))
        }),
        sign_off: next.and_then(|next| {
            let asks = super::people::sign_off::is_asked(service, &next.name);
            asks.then(|| Link::new(format!("/sign-off/{id}/{}", next.name), "Look and sign off"))
        }),
        verify: visitor
            .is_offered(Permission::Deploy, &id.service)
            .then(|| format!("/verify/{id}/{on}")),
        form_token: visitor.form_token(),
        pills,
        columns: found.columns,
        rows,
        causes: found.causes,
        added: Moment::clock(release.added_at, &reader),
        runs_on: runs_on(&state, id),
        digest: release.digest().to_string(),
        change: say::change_word(release.change),
        undo: say::can_be_undone(&release),
        artifacts: artifacts(&release),
        deployed: deployed(&state, environment, id),
        forges: postings(desk, &visitor.caller, &release, &reader).await?,
        release,
    };
    let crumbs = vec![
        Link::new("/", "Board"),
        Link::new(link::service(&id.service), id.service.to_string()),
        Link::new("", id.version.to_string()),
    ];
    Ok(Body::new(page.answer.clone(), &page)?.under(crumbs).about(&id.service).moving(moves))
}

/// The environment that is asked for; else the one before a gate, and of several the last one where
/// the release is or was.
fn environment<'a>(
    service: &'a Service,
    state: &ServiceState,
    id: &ReleaseId,
    on: Option<&EnvironmentName>,
) -> Option<&'a Environment> {
    if let Some(on) = on {
        return service.environment(on);
    }
    let before: BTreeSet<_> =
        service.environments.iter().filter_map(|e| e.after.as_ref()).collect();
    let has = |environment: &&Environment| {
        state
            .lanes
            .get(&environment.name)
            .is_some_and(|lane| lane.targets.values().any(|t| t.version() == Some(&id.version)))
    };
    let mut asked = service.environments.iter().filter(|e| before.contains(&e.name));
    let first = asked.clone().next().or_else(|| service.environments.first());
    asked.rfind(has).or(first)
}

/// Whether it is deployed there at all.
fn deployed(state: &ServiceState, environment: &Environment, id: &ReleaseId) -> Option<Badge> {
    let lane = state.lanes.get(&environment.name);
    let is_here = lane.is_some_and(|lane| {
        lane.targets.values().any(|target| target.version() == Some(&id.version))
    });
    (!is_here).then(|| {
        Badge::says(plimsoll_core::record::State::NotRun, say::runs_nowhere(&environment.name))
    })
}

fn runs_on(state: &ServiceState, id: &ReleaseId) -> String {
    let mut places = Vec::new();
    for (environment, lane) in &state.lanes {
        for (name, target) in &lane.targets {
            if target.version() == Some(&id.version) {
                places.push(format!("{environment}/{name}"));
            }
        }
    }
    if places.is_empty() { "no target".to_owned() } else { say::list(&places, 12) }
}

fn artifacts(release: &Release) -> Vec<(String, String, String)> {
    release
        .artifacts
        .iter()
        .map(|one| {
            let kept = say::kept_words(one);
            (one.name.to_string(), one.digest.to_string(), kept)
        })
        .collect()
}

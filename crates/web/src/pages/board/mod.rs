//! The board: what waits first, then every service in every environment.

mod filter;
pub(in crate::pages) mod fleet;
mod row;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use plimsoll_core::catalog::Tier;
use plimsoll_core::ids::EnvironmentName;
use plimsoll_core::say::{self, BoardRow, Seen, Standing};
use plimsoll_engine::desk::Desk;
use serde::Deserialize;

use crate::problem::Problem;
use crate::site::Web;

use super::Answer;
use super::frame::{Body, reader};
use super::link;
use super::parts::{Link, Look};
use super::place::Wanted;
use super::visitor::Visitor;

use filter::{Filter, Pill};
use row::ServiceRow;

/// What waits is listed up to here; more would push the board off the screen.
const MOST_WAITING: usize = 7;

pub(super) fn router() -> Router<Web> {
    Router::new().route("/", get(board))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    show: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    open: String,
}

/// Something that waits, and where it is told.
struct Waiting {
    look: Look,
    word: String,
    what: Link,
    sentence: String,
    more: Option<Link>,
}

struct TierRows {
    name: String,
    sum: String,
    rows: Vec<Arc<ServiceRow>>,
}

#[derive(Template)]
#[template(path = "board.html")]
struct Board {
    answer: String,
    extent: String,
    waiting: Vec<Waiting>,
    more: usize,
    pills: Vec<Pill>,
    q: String,
    show: String,
    environments: Vec<EnvironmentName>,
    tiers: Vec<TierRows>,
    none: Option<String>,
}

async fn board(State(site): State<Web>, visitor: Visitor, Wanted(asked): Wanted<Asked>) -> Answer {
    let desk = site.desk();
    let name = format!("board {:?} {asked:?}", visitor.caller.scope.services);
    let make = async || make(&desk, &visitor, &asked).await;
    visitor.shared_page(name, &desk, make).await
}

async fn make(desk: &Desk, visitor: &Visitor, asked: &Asked) -> Result<Body, Problem> {
    let reader = reader(desk.now());
    let mut rows: Vec<Arc<ServiceRow>> = Vec::new();
    let mut waiting: Vec<BoardRow> = Vec::new();
    let services = desk.catalog().services.values();
    let mut moves = false;
    for service in services.filter(|service| visitor.caller.sees(&service.name)) {
        let state = desk.load(&service.name).await?;
        let left = desk.left_lanes(service, &state).await?;
        let seen = Seen { service, state: &state, left };
        let unwell = say::board(&seen, &reader);
        moves |= state.lanes.values().any(|lane| lane.active.is_some());
        rows.push(Arc::new(row::of(&seen, &unwell, asked.open == service.name.as_str(), &reader)));
        waiting.extend(unwell);
    }
    waiting.sort_by_key(|row| row.standing);
    let targets: usize = rows.iter().map(|row| row.targets).sum();
    let well = rows.iter().filter(|row| row.standings.is_empty()).count();
    let known = rows.iter().filter(|row| row.is_known).count();
    let answer = say::overview(&waiting).unwrap_or_else(|| say::all_well(rows.len(), known));
    let filter = Filter::of(&asked.show, &asked.q);
    let pills = filter.pills(&rows);
    let shown: Vec<_> = rows.iter().filter(|row| filter.shows(row)).cloned().collect();
    let none = (shown.is_empty() && !rows.is_empty()).then(|| filter.words());
    let page = Board {
        extent: say::extent(rows.len(), targets, well),
        more: waiting.len().saturating_sub(MOST_WAITING),
        waiting: waiting.iter().take(MOST_WAITING).map(told).collect(),
        pills,
        q: asked.q.clone(),
        show: filter.name().to_owned(),
        environments: environments(desk, &shown),
        tiers: tiers(&shown),
        none,
        answer: answer.clone(),
    };
    Ok(Body { at: Some(reader.now), ..Body::new(answer, &page)?.moving(moves) })
}

fn told(row: &BoardRow) -> Waiting {
    let service = row.service.as_str();
    let release = format!("{service}@{}", row.version).parse();
    let what = match (&release, row.standing) {
        (Ok(release), standing) if standing != Standing::Held => {
            Link::new(link::release(release), format!("{service}@{}", row.version))
        }
        _ => Link::new(format!("/services/{service}"), format!("{service}, {}", row.version)),
    };
    let mark = Look::of_mark(row.standing.mark());
    let look = match row.standing {
        Standing::GoingBack | Standing::RolledBack => mark.shaped("rollback"),
        _ => mark,
    };
    let more = link::of_command(&row.command).map(|href| Link::new(href, see(row.standing)));
    Waiting {
        look,
        word: row.standing.word().to_owned(),
        what,
        sentence: row.sentence.clone(),
        more,
    }
}

/// What the link behind a row leads to.
const fn see(standing: Standing) -> &'static str {
    match standing {
        Standing::Refused => "See why",
        Standing::GoingBack | Standing::Moving | Standing::Waits => "Watch it",
        Standing::RolledBack | Standing::NeedsPerson | Standing::Interrupted => "See what happened",
        Standing::Drifted | Standing::Red(_) => "See the target",
        Standing::Held => "See the hold",
    }
}

/// The environments of the services that are shown, in the order of their stages.
fn environments(desk: &Desk, rows: &[Arc<ServiceRow>]) -> Vec<EnvironmentName> {
    let mut all: Vec<EnvironmentName> = Vec::new();
    for row in rows {
        let Some(service) = desk.catalog().services.get(&row.name) else { continue };
        let mut at = 0;
        for environment in &service.environments {
            match all.iter().position(|name| *name == environment.name) {
                Some(place) => at = place + 1,
                None => {
                    all.insert(at.min(all.len()), environment.name.clone());
                    at += 1;
                }
            }
        }
    }
    all
}

fn tiers(rows: &[Arc<ServiceRow>]) -> Vec<TierRows> {
    let of = |tier: Tier| {
        let rows: Vec<_> = rows.iter().filter(|row| row.tier == tier).cloned().collect();
        let standings: Vec<Standing> = rows.iter().flat_map(|r| r.standings.clone()).collect();
        let sum = say::tier_sum(rows.len(), &standings);
        TierRows { name: say::capital(say::tier_word(tier)), sum, rows }
    };
    let tiers = [Tier::Critical, Tier::Standard, Tier::Leaf].map(of);
    let mut tiers: Vec<_> = tiers.into_iter().filter(|tier| !tier.rows.is_empty()).collect();
    for tier in &mut tiers {
        tier.rows.sort_by(|one, other| one.order().cmp(&other.order()));
    }
    tiers
}

//! The configuration as it was understood. Secrets have names here, and nothing else.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use plimsoll_core::catalog::{Environment, Service};
use plimsoll_core::ids::ServiceName;
use plimsoll_core::say;
use plimsoll_engine::desk::Desk;

use crate::problem::Problem;
use crate::site::Web;

use super::Answer;
use super::frame::{Body, Section};
use super::link;
use super::parts::Link;
use super::place::Place;
use super::visitor::Visitor;

pub(super) fn router() -> Router<Web> {
    Router::new()
        .route("/configuration", get(configuration))
        .route("/configuration/{service}", get(service))
}

struct Row {
    name: ServiceName,
    tier: &'static str,
    environments: String,
    checks: String,
    gates: String,
}

#[derive(Template)]
#[template(path = "configuration.html")]
struct Page {
    answer: String,
    rows: Vec<Row>,
    roles: Vec<(String, String)>,
    limits: Vec<(&'static str, String)>,
    /// Nothing for whoever sees only some services.
    secrets: Option<Vec<String>>,
}

async fn configuration(State(site): State<Web>, visitor: Visitor) -> Answer {
    let desk = site.desk();
    let catalog = desk.catalog();
    let seen = || catalog.services.values().filter(|service| visitor.caller.sees(&service.name));
    let targets = seen().flat_map(|s| &s.environments).map(|e| e.targets.len()).sum();
    let checks = seen().map(|service| service.checks.len()).sum();
    let limits = &catalog.limits;
    let page = Page {
        answer: say::configured(seen().count(), targets, checks),
        rows: seen().map(row).collect(),
        roles: catalog
            .roles
            .iter()
            .map(|(role, people)| {
                let people: Vec<_> = people.iter().collect();
                (role.to_string(), say::list(&people, 50))
            })
            .collect(),
        limits: vec![
            ("Checks at once", limits.checks_at_once.to_string()),
            ("Checks at once against one host", limits.per_host.to_string()),
            ("Deployments at once in a wave", limits.deployments_at_once.to_string()),
        ],
        secrets: visitor
            .caller
            .scope
            .services
            .is_none()
            .then(|| catalog.secrets.keys().map(ToString::to_string).collect()),
    };
    let body = visitor.asks(Body::new(page.answer.clone(), &page))?;
    visitor.page(body.in_section(Section::Configuration)).await
}

fn row(service: &Service) -> Row {
    let stage = |environment: &Environment| {
        let targets = say::count(environment.targets.len(), "target");
        format!("{} ({targets})", environment.name)
    };
    let stages: Vec<_> = service.environments.iter().map(stage).collect();
    let checks: Vec<_> = service.checks.keys().collect();
    let rules: usize = service.gates.values().map(Vec::len).sum();
    Row {
        name: service.name.clone(),
        tier: say::tier_word(service.tier),
        environments: stages.join(" → "),
        checks: if checks.is_empty() { "none".to_owned() } else { say::list(&checks, 6) },
        gates: say::count(rules, "rule"),
    }
}

struct Stage {
    name: String,
    after: String,
    rules: Vec<String>,
    targets: Vec<Placed>,
}

struct Placed {
    link: Link,
    site: String,
    platform: String,
    url: String,
    checks: String,
}

struct Way {
    name: String,
    facts: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "configured.html")]
struct One {
    name: ServiceName,
    tier: &'static str,
    digest: String,
    stages: Vec<Stage>,
    checks: Vec<(String, String, String, String)>,
    platforms: Vec<Way>,
    promotion: Vec<(&'static str, String)>,
    twins: Vec<String>,
}

async fn service(
    State(site): State<Web>,
    visitor: Visitor,
    Place(name): Place<ServiceName>,
) -> Answer {
    visitor.may_see(&name)?;
    let desk = site.desk();
    let body = visitor.asks(one(&desk, &name))?;
    visitor.page(body).await
}

fn one(desk: &Desk, name: &ServiceName) -> Result<Body, Problem> {
    let service = desk.service(name)?;
    let page = One {
        name: name.clone(),
        tier: say::tier_word(service.tier),
        digest: desk.catalog().policy_digest(name).to_string(),
        stages: service.environments.iter().map(|e| stage(service, e)).collect(),
        checks: service
            .checks
            .iter()
            .map(|(name, check)| {
                let digest = check.digest().short();
                (name.to_string(), say::check_does(check), say::check_how(check), digest)
            })
            .collect(),
        platforms: service
            .platforms
            .iter()
            .map(|(name, platform)| {
                let can = platform.abilities();
                let facts = vec![
                    ("Deploys", can.deploys.to_owned()),
                    ("Observes", can.observes.to_owned()),
                    ("Proves", can.proves.to_owned()),
                    ("Goes back", can.rolls_back.to_owned()),
                    ("Aim", can.aims.to_owned()),
                    ("Within", platform.within.roughly()),
                ];
                Way { name: name.to_string(), facts }
            })
            .collect(),
        promotion: say::promotion_policy(&service.promotion),
        twins: service.twins.iter().map(|twin| say::shorten(&twin.to_string(), 300)).collect(),
    };
    let crumbs =
        vec![Link::new("/configuration", "Configuration"), Link::new("", name.to_string())];
    let title = format!("{name}, as configured");
    Ok(Body::new(title, &page)?.under(crumbs).about(name).in_section(Section::Configuration))
}

fn stage(service: &Service, environment: &Environment) -> Stage {
    let lane = service.lane(&environment.name);
    let placed = environment.targets.iter().map(|(name, target)| {
        let checks: Vec<_> = service
            .expected_checks(&environment.name, name, target)
            .map(|(check, _)| check)
            .collect();
        Placed {
            link: Link::new(link::target(&lane.target(name)), name.to_string()),
            site: target.site.to_string(),
            platform: target.platform.to_string(),
            url: target.url.as_deref().map(|url| say::shorten(url, 200)).unwrap_or_default(),
            checks: if checks.is_empty() { "none".to_owned() } else { say::list(&checks, 8) },
        }
    });
    Stage {
        name: environment.name.to_string(),
        after: match &environment.after {
            Some(after) => format!("after {after}, with a gate"),
            None => "without a gate".to_owned(),
        },
        rules: service
            .gates
            .get(&environment.name)
            .into_iter()
            .flatten()
            .map(say::rule_asks)
            .collect(),
        targets: placed.collect(),
    }
}

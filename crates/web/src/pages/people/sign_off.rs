//! Signing off: for each site the page beside production's, who has really opened it, and a form.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use plimsoll_core::catalog::{Environment, Per, RuleKind, RuleName, Service};
use plimsoll_core::gate::{self, Question};
use plimsoll_core::ids::{EnvironmentName, PersonName, ReleaseId, RoleName, SiteName, TargetName};
use plimsoll_core::ledger::{RunState, ServiceState};
use plimsoll_core::record::{Decision, Opened, Permission, Requirement, State as Stands, Why};
use plimsoll_core::say::{self, Reader, cell};
use plimsoll_engine::desk::Desk;
use plimsoll_engine::desk::people::Signing;
use plimsoll_engine::words::Typed;
use serde::Deserialize;

use crate::pages::Answer;
use crate::pages::form::Maybe;
use crate::pages::frame::{Body, reader};
use crate::pages::link;
use crate::pages::parts::{Badge, Link, Look};
use crate::pages::place::Place;
use crate::pages::release::as_written;
use crate::pages::run::{Shown, pictures_of, shown};
use crate::pages::visitor::{Posted, Visitor};
use crate::problem::Problem;
use crate::site::Web;

pub(super) fn router() -> Router<Web> {
    Router::new().route("/sign-off/{release}/{to}", get(show).post(sign))
}

type GatePath = Place<(ReleaseId, EnvironmentName)>;

#[derive(Deserialize)]
struct Form {
    #[serde(default)]
    site: Maybe<SiteName>,
    #[serde(default)]
    target: Maybe<TargetName>,
    #[serde(default)]
    role: Maybe<RoleName>,
    #[serde(default)]
    note: Typed,
}

/// What one signature stands for.
struct Scope {
    name: String,
    /// The field that a form sends for it.
    field: Option<(&'static str, String)>,
    slug: usize,
    asked: Vec<(Badge, String)>,
    looks: Vec<LookedAt>,
    signatures: Vec<String>,
    is_signed: bool,
}

/// A target that is looked at.
struct LookedAt {
    target: TargetName,
    opened: Badge,
    who: String,
    runs: Vec<(Link, Badge, Vec<Shown>)>,
}

#[derive(Template)]
#[template(path = "sign_off.html")]
struct Page {
    answer: String,
    rule: String,
    is_asked: bool,
    scopes: Vec<Scope>,
    may_sign: bool,
    why_not: Option<String>,
    roles: Vec<RoleName>,
    action: String,
    form_token: String,
    gate: String,
}

/// Whether the gate asks for signatures.
pub(in crate::pages) fn is_asked(service: &Service, to: &EnvironmentName) -> bool {
    rules(service, to).next().is_some()
}

fn rules<'a>(
    service: &'a Service,
    to: &EnvironmentName,
) -> impl Iterator<Item = (&'a BTreeMap<RoleName, u32>, Per)> {
    service.gates.get(to).into_iter().flatten().filter_map(|rule| match &rule.kind {
        RuleKind::SignOff { roles, per } => Some((roles, *per)),
        _ => None,
    })
}

async fn show(State(site): State<Web>, visitor: Visitor, Place((id, to)): GatePath) -> Answer {
    visitor.may_see(&id.service)?;
    let body = visitor.asks(make(&site, &visitor, &id, &to).await)?;
    visitor.page(body).await
}

/// Everything that a scope is made from.
struct Ground<'a> {
    site: &'a Web,
    service: &'a Service,
    state: &'a ServiceState,
    id: &'a ReleaseId,
    entered: &'a Environment,
    before: &'a Environment,
    decision: &'a Decision,
    opened: BTreeSet<TargetName>,
    me: Option<&'a PersonName>,
    reader: &'a Reader,
}

async fn make(
    site: &Web,
    visitor: &Visitor,
    id: &ReleaseId,
    to: &EnvironmentName,
) -> Result<Body, Problem> {
    let desk = site.desk();
    desk.gated(id, Some(to))?;
    desk.known_release(id).await?;
    let service = desk.service(&id.service)?;
    let state = desk.load(&id.service).await?;
    let reader = reader(desk.now());
    let decision = decided(&desk, service, (id, to), &state, &reader).await?;
    let entered = service.environment(to);
    let before = entered.and_then(|entered| service.environment(entered.after.as_ref()?));
    let (Some(entered), Some(before)) = (entered, before) else {
        return Err(Problem::not_found(format!("{} has no gate there", service.name)));
    };
    let me = visitor.caller.person.as_ref();
    let opened = me.map(|me| gate::looks(service, &state, id, to, me).opened).unwrap_or_default();
    let ground = Ground {
        site,
        service,
        state: &state,
        id,
        entered,
        before,
        decision: &decision,
        opened: opened.into_iter().collect(),
        me,
        reader: &reader,
    };
    let asked: Vec<_> = rules(service, to).collect();
    let per = asked.first().map_or(Per::Release, |(_, per)| *per);
    let scopes = ground.scopes(per).await?;
    let wanted: BTreeSet<&RoleName> = asked.iter().flat_map(|(roles, _)| roles.keys()).collect();
    let holds = |role: &&&RoleName| me.is_some_and(|me| desk.catalog().holds(me, role));
    let roles: Vec<RoleName> = match wanted.is_empty() {
        true => desk.catalog().roles.keys().filter(|role| holds(&role)).cloned().collect(),
        false => wanted.iter().filter(|role| holds(role)).map(|role| (*role).clone()).collect(),
    };
    let offered = visitor.is_offered(Permission::Release, &id.service);
    let signed = scopes.iter().filter(|scope| scope.is_signed).count();
    let page = Page {
        answer: say::sign_off_answer(id, (signed, scopes.len()), per),
        rule: say::sign_off_rule(&asked),
        is_asked: !asked.is_empty(),
        may_sign: offered && !roles.is_empty(),
        why_not: (offered && roles.is_empty())
            .then(|| say::holds_no_role(me, &wanted.into_iter().collect::<Vec<_>>())),
        roles,
        scopes,
        action: format!("/sign-off/{id}/{to}"),
        form_token: visitor.form_token(),
        gate: link::gate(id, to),
    };
    let crumbs = vec![
        Link::new("/", "Board"),
        Link::new(link::release(id), id.to_string()),
        Link::new(link::gate(id, to), format!("gate to {to}")),
        Link::new("", "sign-off"),
    ];
    Ok(Body::new(page.answer.clone(), &page)?.under(crumbs).about(&id.service))
}

async fn decided(
    desk: &Desk,
    service: &Service,
    (id, to): (&ReleaseId, &EnvironmentName),
    state: &ServiceState,
    reader: &Reader,
) -> Result<Decision, Problem> {
    let facts = as_written(desk, service, state, reader).await?;
    let question = Question {
        catalog: desk.catalog(),
        service,
        release: id,
        to,
        state,
        facts: &facts,
        now: reader.now,
    };
    let ruling = gate::decide(&question).map_err(plimsoll_engine::desk::DeskError::from)?;
    Ok(ruling.into_decision())
}

impl Ground<'_> {
    async fn scopes(&self, per: Per) -> Result<Vec<Scope>, Problem> {
        /// What it is called, the field of the form with its value, and the targets.
        type Named<'a> = (String, Option<(&'static str, String)>, Vec<&'a TargetName>);
        let mut named: Vec<Named<'_>> = Vec::new();
        let all = self.entered.targets.iter();
        match per {
            Per::Release => {
                named.push((self.id.to_string(), None, all.map(|(name, _)| name).collect()));
            }
            Per::Site => {
                let mut sites: BTreeMap<&SiteName, Vec<&TargetName>> = BTreeMap::new();
                all.for_each(|(name, target)| sites.entry(&target.site).or_default().push(name));
                named.extend(sites.into_iter().map(|(site, names)| {
                    (site.to_string(), Some(("site", site.to_string())), names)
                }));
            }
            Per::Target => named.extend(all.map(|(name, _)| {
                (name.to_string(), Some(("target", name.to_string())), vec![name])
            })),
        }
        let mut scopes = Vec::new();
        for (slug, (name, field, targets)) in named.into_iter().enumerate() {
            scopes.push(self.scope(slug, name, field, &targets).await?);
        }
        // What is not signed yet comes first.
        scopes.sort_by_key(|scope| scope.is_signed);
        Ok(scopes)
    }

    async fn scope(
        &self,
        slug: usize,
        name: String,
        field: Option<(&'static str, String)>,
        targets: &[&TargetName],
    ) -> Result<Scope, Problem> {
        let is_it = |requirement: &&Requirement| {
            requirement.rule == RuleName::SignOff && is_about(requirement, field.as_ref())
        };
        let asked: Vec<&Requirement> = self.decision.requirements.iter().filter(is_it).collect();
        let stand_ins: BTreeSet<TargetName> = targets
            .iter()
            .filter_map(|name| self.entered.targets.get(*name))
            .flat_map(|target| self.service.stand_ins(&self.before.name, target))
            .collect();
        let mut looks = Vec::new();
        for target in &stand_ins {
            looks.push(self.look(target).await?);
        }
        Ok(Scope {
            is_signed: !asked.is_empty() && asked.iter().all(|one| one.state.lets_pass()),
            asked: asked.iter().map(|one| self.asked(one)).collect(),
            signatures: self.signatures(field.as_ref()),
            name,
            field,
            slug,
            looks,
        })
    }

    fn asked(&self, requirement: &Requirement) -> (Badge, String) {
        let look = say::look(requirement);
        let mut badge = Badge::marked(look.mark, look.word);
        badge.look = match requirement.state {
            Stands::Satisfied => Look { class: "is-signed", shape: "signed" },
            _ if look.mark == say::WAITING => badge.look.shaped("signed"),
            _ => badge.look,
        };
        if requirement.state == Stands::Satisfied {
            badge = Badge { word: "signed".to_owned(), quiet: false, ..badge };
        }
        (badge, say::why(requirement, self.reader))
    }

    /// The pictures of a target, and who has opened them.
    async fn look(&self, target: &TargetName) -> Result<LookedAt, Problem> {
        let id = self.service.lane(&self.before.name).target(target);
        let known = self.state.target(&id);
        let of_it = |run: &&RunState| run.result.version == self.id.version;
        let results = known.into_iter().flat_map(|known| known.results.values()).filter(of_it);
        let mut runs = Vec::new();
        for run in results.filter(|run| !pictures_of(&run.result).is_empty()) {
            let stands = cell(target, &run.result.check, Some((run.id, &run.result)));
            let link = Link::new(format!("/runs/{}", run.id), run.result.check.to_string());
            let pictures = shown(self.site, run.id, &run.result).await?;
            runs.push((link, Badge::of(stands.state), pictures));
        }
        let since = known.and_then(|known| known.deployment.as_ref()).map(|d| d.started_at);
        let is_it = |opened: &&Opened| {
            opened.release == *self.id
                && opened.environment == self.before.name
                && opened.targets.contains(target)
                && since.is_none_or(|since| opened.at >= since)
        };
        let who = self.state.people.opened.iter().filter(is_it);
        let who: Vec<_> =
            who.map(|one| format!("{} at {}", one.by, self.reader.clock(one.at))).collect();
        let mine = self.opened.contains(target);
        let opened = match (runs.is_empty(), mine, self.me) {
            (true, ..) => Badge::says(Stands::NotApplicable, "shows no picture"),
            (_, true, _) => Badge::says(Stands::Satisfied, "opened by you"),
            (_, false, Some(_)) => Badge::says(Stands::NotRun, "not opened by you"),
            (_, false, None) => Badge::says(Stands::NotRun, "opened by nobody who signed in here"),
        };
        Ok(LookedAt { target: target.clone(), opened, who: say::list(&who, 4), runs })
    }

    fn signatures(&self, field: Option<&(&'static str, String)>) -> Vec<String> {
        let all = self.state.people.sign_offs.iter().filter(|said| {
            let sign_off = &said.what;
            let scope = match (&sign_off.site, &sign_off.target) {
                (Some(site), _) => Some(("site", site.to_string())),
                (None, Some(target)) => Some(("target", target.to_string())),
                (None, None) => None,
            };
            said.withdrawn_at.is_none()
                && sign_off.release == *self.id
                && sign_off.to == self.entered.name
                && scope.as_ref() == field
        });
        all.map(|said| say::signature(&said.what, self.reader)).collect()
    }
}

/// Whether a requirement asks for this signature.
fn is_about(requirement: &Requirement, field: Option<&(&'static str, String)>) -> bool {
    let site = match &requirement.why {
        Why::NotSigned { site, .. }
        | Why::Signed { site, .. }
        | Why::SignedUnopened { site, .. } => site.as_ref().map(ToString::to_string),
        _ => None,
    };
    let target = requirement.target.as_ref().map(|target| target.target.to_string());
    match field {
        None => true,
        Some(("site", name)) => site.as_ref() == Some(name),
        Some((_, name)) => target.as_ref() == Some(name),
    }
}

async fn sign(
    State(site): State<Web>,
    Place((id, to)): GatePath,
    Posted { visitor, form }: Posted<Form>,
) -> Answer {
    visitor.may(Permission::Release, &id.service)?;
    let asked = Signing {
        release: id.clone(),
        to: Some(to.clone()),
        sites: form.site.0.into_iter().collect(),
        targets: form.target.0.into_iter().collect(),
        role: form.role.0,
        note: form.note,
    };
    visitor.asks(site.desk().sign_off(&asked, visitor.person()?).await)?;
    Ok(Redirect::to(&format!("/sign-off/{id}/{to}")).into_response())
}

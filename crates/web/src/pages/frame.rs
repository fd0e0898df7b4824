//! What surrounds every page: the header with the mark, as of when it is, and what it was made from.

use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use jiff::tz::TimeZone;
use plimsoll_core::Timestamp;
use plimsoll_core::ids::{Seq, ServiceName};
use plimsoll_core::say::{self, Reader};
use plimsoll_engine::desk::Desk;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::site::Web;

use super::kept::Ground;
use super::link;
use super::parts::{Link, Moment};

/// Which part of the site a page belongs to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Section {
    /// What runs where.
    #[default]
    Board,
    /// What happened.
    History,
    /// What is planned.
    Calendar,
    /// What is configured.
    Configuration,
    /// None of them.
    Apart,
}

/// A page without what surrounds it.
#[derive(Debug, Clone, Default)]
pub(super) struct Body {
    /// The answer, as the window's title.
    pub title: String,
    /// The way to it from the board; the last one is where it is.
    pub crumbs: Vec<Link>,
    /// The page itself, made by a template of ours.
    pub html: String,
    /// Which part of the site.
    pub section: Section,
    /// Whether it follows what happens, because something moves.
    pub moves: bool,
    /// The service it is about, whose policy it was made under.
    pub service: Option<ServiceName>,
    /// As of when.
    pub at: Option<Timestamp>,
    /// Narrow, for what is read like a letter.
    pub narrow: bool,
}

impl Body {
    /// A page out of its template.
    pub(super) fn new(title: impl Into<String>, template: &impl Template) -> Result<Self, Problem> {
        Ok(Self { title: title.into(), html: written(template)?, ..Self::default() })
    }

    /// With the way to it.
    pub(super) fn under(self, crumbs: Vec<Link>) -> Self {
        Self { crumbs, ..self }
    }

    /// About a service.
    pub(super) fn about(self, service: &ServiceName) -> Self {
        Self { service: Some(service.clone()), ..self }
    }

    /// In a part of the site.
    pub(super) fn in_section(self, section: Section) -> Self {
        Self { section, ..self }
    }

    /// It follows what happens where something moves.
    pub(super) fn moving(self, moves: bool) -> Self {
        Self { moves, ..self }
    }
}

/// Writes a template.
pub(super) fn written(template: &impl Template) -> Result<String, Problem> {
    template.render().map_err(|error| {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "bug", format!("a page: {error}"))
    })
}

/// The clock on the wall of the server.
pub(super) fn reader(now: Timestamp) -> Reader {
    Reader { now, zone: TimeZone::system() }
}

#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    body: &'a Body,
    sections: Vec<(Link, bool)>,
    as_of: Moment,
    zone: String,
    day: String,
    person: Option<String>,
    form_token: Option<String>,
    sign_in: bool,
    fault: Option<String>,
    /// Where it listens to what happens.
    live: Option<String>,
    head: String,
    policy: &'a str,
    version: &'a str,
    here: &'a str,
    /// Stands for the page itself.
    content: &'a str,
}

/// Stands in the frame where the page itself comes. Nothing that anybody wrote looks like it: in a
/// template that is escaped.
const CONTENT: &str = "<!-- the page -->";

/// A page that was made, with no secret in it. What surrounds it is each reader's own.
#[derive(Default)]
pub(super) struct Made {
    body: Body,
    /// Where the ledger stood; nowhere when it is away.
    head: Option<Seq>,
    /// Under which policy, in short.
    policy: String,
}

impl Made {
    /// A page, made from what is so on this ground.
    pub(super) fn on(ground: Ground, site: &Web, desk: &Arc<Desk>, body: Body) -> Self {
        let policy = match &body.service {
            Some(service) => desk.catalog().policy_digest(service),
            None => site.pages.kept.policy(desk),
        };
        Self { head: Some(ground.head), policy: policy.short(), ..Self::bare(desk, body) }
    }

    /// A page where the ledger may be away.
    fn bare(desk: &Desk, body: Body) -> Self {
        let body = Body { html: desk.parts().redact.text(&body.html), ..body };
        Self { body, head: None, policy: String::new() }
    }
}

/// A page for this caller.
pub(super) fn framed(
    site: &Web,
    caller: Option<&Caller>,
    made: &Made,
    here: &str,
) -> Result<Response, Problem> {
    let desk = site.desk();
    let frame = desk.parts().redact.text(&written(&frame(site, caller, made, &desk, here))?);
    let (before, after) = frame.split_once(CONTENT).unwrap_or((&frame, ""));
    Ok(Html([before, &made.body.html, after].concat()).into_response())
}

/// A page where the ledger may be away, or nobody is known.
pub(super) fn bare(site: &Web, caller: Option<&Caller>, body: Body, here: &str) -> Response {
    let made = Made::bare(&site.desk(), body);
    framed(site, caller, &made, here).unwrap_or_else(Problem::into_response)
}

fn frame<'a>(
    site: &'a Web,
    caller: Option<&Caller>,
    made: &'a Made,
    desk: &Desk,
    here: &'a str,
) -> Page<'a> {
    let Made { body, head, policy } = made;
    let reader = reader(body.at.unwrap_or_else(|| desk.now()));
    let all = [
        (Section::Board, "/", "Board"),
        (Section::History, "/history", "History"),
        (Section::Calendar, "/calendar", "Calendar"),
        (Section::Configuration, "/configuration", "Configuration"),
    ];
    let sections = all
        .into_iter()
        .map(|(section, href, words)| (Link::new(href, words), section == body.section))
        .collect();
    let zoned = reader.now.to_zoned(reader.zone.clone());
    Page {
        body,
        sections,
        as_of: Moment::says(reader.now, zoned.strftime("%H:%M:%S").to_string()),
        zone: zoned.strftime("%Z").to_string(),
        day: zoned.strftime("%a %b %-d").to_string(),
        person: caller.and_then(|caller| caller.person.as_ref()).map(ToString::to_string),
        form_token: caller.and_then(|caller| Some(caller.session.as_ref()?.form_token())),
        sign_in: caller.is_none_or(|caller| caller.person.is_none()),
        fault: (site.configuration_fault())
            .filter(|_| head.is_some() && caller.is_some_and(|caller| caller.person.is_some())),
        live: head.filter(|_| body.moves).map(|head| link::live(body.service.as_ref(), head)),
        head: head.map(|head| say::thousands(head.0)).unwrap_or_default(),
        policy,
        version: &site.settings.version,
        here,
        content: CONTENT,
    }
}

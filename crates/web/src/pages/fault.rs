//! What went wrong, as a page in the same house.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use crate::caller::Caller;
use crate::problem::Problem;
use crate::site::Web;

use super::frame::{Body, Section, bare, written};
use super::link;
use super::parts::Look;
use plimsoll_core::record::State;
use plimsoll_core::say;

/// What went wrong with a page.
pub(super) struct Fault {
    problem: Box<Problem>,
    site: Web,
    caller: Option<Box<Caller>>,
    here: String,
}

impl Fault {
    /// For whoever asked for the page `here`.
    pub(super) fn of(problem: Problem, site: &Web, caller: Option<Caller>, here: &str) -> Self {
        let (problem, caller) = (Box::new(problem), caller.map(Box::new));
        Self { problem, site: site.clone(), caller, here: here.to_owned() }
    }
}

#[derive(Template)]
#[template(path = "fault.html")]
struct Page {
    look: Look,
    status: u16,
    title: String,
    detail: String,
    hint: Option<String>,
    sign_in: Option<String>,
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let problem = &self.problem;
        let nobody = self.caller.as_ref().is_none_or(|caller| caller.person.is_none());
        if problem.status == StatusCode::UNAUTHORIZED && nobody {
            return Redirect::to(&format!("/sign-in?next={}", link::query(&self.here)))
                .into_response();
        }
        let title = say::http_title(problem.status.as_u16());
        let detail = say::capital(problem.detail.trim_end_matches('.'));
        let page = Page {
            look: Look::of(state(problem.status)),
            status: problem.status.as_u16(),
            title: title.to_owned(),
            detail: say::safe(&detail).into_owned(),
            hint: problem.hint.clone(),
            sign_in: nobody.then(|| format!("/sign-in?next={}", link::query(&self.here))),
        };
        let html = match written(&page) {
            Ok(html) => html,
            Err(bug) => return bug.into_response(),
        };
        let body =
            Body { title: title.to_owned(), html, section: Section::Apart, ..Body::default() };
        let mut response = bare(&self.site, self.caller.as_deref(), body, &self.here);
        *response.status_mut() = problem.status;
        if problem.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

fn state(status: StatusCode) -> State {
    match status.as_u16() {
        404 => State::NotRun,
        401 | 403 | 409 => State::Unmet,
        500..=599 => State::Errored,
        _ => State::WrongVersion,
    }
}

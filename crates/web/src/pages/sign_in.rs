//! Signing in at a browser with a token, and out again.

use std::net::IpAddr;
use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use plimsoll_core::record::Session;
use plimsoll_core::units::Period;
use plimsoll_engine::desk::Desk;
use serde::Deserialize;
use tokio::sync::Semaphore;

use crate::caller::{COOKIE_NAME, Secret};
use crate::origin::same_origin;
use crate::peer;
use crate::problem::Problem;
use crate::site::Web;

use super::Answer;
use super::fault::Fault;
use super::frame::{Body, Section, bare, written};
use super::visitor::{Posted, body_of, read};

/// How long a session lasts.
const LASTS: Period = Period::from_hours(12);

/// How long the answer to a wrong token takes, and how many wait for one at once: so many wrong ones
/// are answered in a second, whoever sends them.
const WRONG: Duration = Duration::from_millis(300);
const WAITING: usize = 64;

/// Places to wait for the answer to a wrong token.
pub(super) struct Wrong(Semaphore);

impl Default for Wrong {
    fn default() -> Self {
        Self(Semaphore::new(WAITING))
    }
}

pub(super) fn router() -> Router<Web> {
    Router::new().route("/sign-in", get(form).post(sign_in)).route("/sign-out", post(sign_out))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
struct Form {
    #[serde(default)]
    token: String,
    #[serde(default)]
    next: String,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct Page {
    next: String,
    wrong: Option<&'static str>,
}

/// Where to go on: only to a page of ours, never to another site.
fn next(wanted: &str) -> String {
    let is_ours = wanted.starts_with('/')
        && !wanted.starts_with("//")
        && !wanted.contains(['\\', '\r', '\n', '\t'])
        && !wanted.starts_with("/sign-")
        && wanted.len() <= 2_000;
    if is_ours { wanted.to_owned() } else { "/".to_owned() }
}

fn page(site: &Web, wanted: &str, wrong: Option<&'static str>, status: StatusCode) -> Response {
    let page = Page { next: next(wanted), wrong };
    let html = match written(&page) {
        Ok(html) => html,
        Err(problem) => return problem.into_response(),
    };
    let title = "Sign in".to_owned();
    let body = Body { title, html, section: Section::Apart, narrow: true, ..Body::default() };
    let mut response = bare(site, None, body, "/sign-in");
    *response.status_mut() = status;
    response
}

async fn form(
    State(site): State<Web>,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let wanted = asked.map(|Query(asked)| asked.next).unwrap_or_default();
    page(&site, &wanted, None, StatusCode::OK)
}

async fn sign_in(State(site): State<Web>, request: Request) -> Answer {
    let fault = |problem: Problem| Fault::of(problem, &site, None, "/sign-in");
    same_origin(request.headers(), site.settings.base_url.as_deref()).map_err(fault)?;
    let (parts, body) = request.into_parts();
    let address = peer::address(&parts);
    let request = Request::from_parts(parts, body);
    let bytes = body_of(request, &site).await.map_err(fault)?;
    let Form { token, next: wanted } = read(&bytes).map_err(fault)?;
    let desk = site.desk();
    let secret = Secret::sent(&token);
    let hash = secret.hash();
    let tokens = desk.tokens_with(&hash).await.map_err(|error| fault(error.into()))?;
    let Some(found) = tokens.with_hash(&hash, desk.now()) else {
        return Ok(wrong(&site, &desk, address, &wanted).await);
    };
    let session = Secret::random("").map_err(|_| {
        fault(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "the system has no randomness to give",
        ))
    })?;
    let until = LASTS.after(desk.now()).min(found.token.until);
    let written = Session { token: found.token.name.clone(), hash: session.hash(), until };
    let opened = desk.open_session(&written, &found.token.person).await;
    opened.map_err(|error| fault(error.into()))?;
    let mut response = Redirect::to(&next(&wanted)).into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie(&site, session.reveal(), LASTS));
    Ok(response)
}

/// The same answer for every wrong token, after a while; an address that has tried many is not heard
/// for some time.
async fn wrong(site: &Web, desk: &Desk, from: IpAddr, wanted: &str) -> Response {
    let now_ms = desk.parts().clock.monotonic_ms();
    if let Some(seconds) = site.guesses.wrong(from, now_ms) {
        let words = "Too often. Wait a minute, then try again.";
        let mut response = page(site, wanted, Some(words), StatusCode::TOO_MANY_REQUESTS);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        return response;
    }
    let _place = site.pages.wrong.0.acquire().await;
    tokio::time::sleep(WRONG).await;
    let words = "This token is unknown, revoked, or over.";
    page(site, wanted, Some(words), StatusCode::FORBIDDEN)
}

fn cookie(site: &Web, secret: &str, lasts: Period) -> HeaderValue {
    let over_tls = site.settings.base_url.as_deref().is_some_and(|base| base.starts_with("https"));
    let secure = if over_tls { "; Secure" } else { "" };
    let seconds = lasts.as_millis() / 1_000;
    let text = format!(
        "{COOKIE_NAME}={secret}; HttpOnly; SameSite=Strict; Path=/; Max-Age={seconds}{secure}"
    );
    // The secret is hexadecimal, so that this is always a header.
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

#[derive(Deserialize)]
struct Nothing {}

async fn sign_out(
    State(site): State<Web>,
    Posted { visitor, form: Nothing {} }: Posted<Nothing>,
) -> Answer {
    if let Some(session) = &visitor.caller.session {
        let closed = site.desk().close_session(&session.hash(), visitor.person()?).await;
        visitor.asks(closed)?;
    }
    let mut response = Redirect::to("/sign-in").into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie(&site, "", Period::ZERO));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        assert_eq!(next("/gate/shop@1/production?at=x"), "/gate/shop@1/production?at=x");
        for other in [
            "https://evil.example",
            "//evil.example",
            "/\\evil",
            "evil",
            "",
            "/a\r\nb",
            "/sign-out",
        ] {
            assert_eq!(next(other), "/", "{other}");
        }
    }
}

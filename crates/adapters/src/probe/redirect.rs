//! Following redirects.

use std::collections::BTreeSet;

use hyper::header::{AUTHORIZATION, COOKIE, HeaderName, LOCATION, PROXY_AUTHORIZATION};
use hyper::{HeaderMap, Method};
use url::Url;

use super::{ProbeError, ProbeRequest, Redirected};

/// Never sent to another origin, whoever set them.
const PERSONAL: [HeaderName; 3] = [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION];

/// The redirects of one question so far.
pub(super) struct Trail {
    limit: u32,
    asked: BTreeSet<String>,
    pub(super) followed: Vec<Redirected>,
}

impl Trail {
    pub(super) fn new(limit: u32) -> Self {
        Self { limit, asked: BTreeSet::new(), followed: Vec::new() }
    }

    /// Turns `request` into the next question, when the answer is a redirect that is to be
    /// followed; `false` when it is the answer.
    ///
    /// # Errors
    /// The redirect cannot be followed.
    pub(super) fn follow(
        &mut self,
        request: &mut ProbeRequest,
        status: u16,
        headers: &HeaderMap,
    ) -> Result<bool, ProbeError> {
        let Some(location) = headers.get(LOCATION) else { return Ok(false) };
        if self.limit == 0 || !matches!(status, 301 | 302 | 303 | 307 | 308) {
            return Ok(false);
        }
        let to = target(&request.url, &String::from_utf8_lossy(location.as_bytes()))?;
        if self.followed.len() >= usize::try_from(self.limit).unwrap_or(usize::MAX) {
            return Err(ProbeError::TooManyRedirects { limit: self.limit, to: to.to_string() });
        }
        self.asked.insert(question(&request.method, &request.url));
        change_method(request, status);
        if to.origin() != request.url.origin() {
            leave_origin(request, &to)?;
        }
        if self.asked.contains(&question(&request.method, &to)) {
            return Err(ProbeError::RedirectLoop { to: to.to_string() });
        }
        self.followed.push(Redirected { status, to: to.to_string() });
        request.url = to;
        Ok(true)
    }
}

fn question(method: &Method, url: &Url) -> String {
    format!("{method} {}", &url[..url::Position::AfterQuery])
}

fn target(from: &Url, location: &str) -> Result<Url, ProbeError> {
    let shown = || location.chars().take(200).collect::<String>();
    if location.chars().any(char::is_control) {
        return Err(ProbeError::RedirectTarget { to: shown() });
    }
    let to = from.join(location).map_err(|_| ProbeError::RedirectTarget { to: shown() })?;
    if !matches!(to.scheme(), "http" | "https") {
        return Err(ProbeError::RedirectScheme { to: shown() });
    }
    if !to.username().is_empty() || to.password().is_some() {
        return Err(ProbeError::RedirectTarget { to: shown() });
    }
    Ok(to)
}

/// RFC 9110, sections 15.4.2 to 15.4.4: what was not a question becomes one.
fn change_method(request: &mut ProbeRequest, status: u16) {
    let becomes_get = match status {
        303 => request.method != Method::HEAD,
        301 | 302 => request.method == Method::POST,
        _ => false,
    };
    if becomes_get {
        request.method = Method::GET;
        request.body = None;
        request.headers.retain(|header| !header.name.as_str().starts_with("content-"));
    }
}

/// What was meant for one origin is dropped for good, even if a later redirect leads back.
fn leave_origin(request: &mut ProbeRequest, to: &Url) -> Result<(), ProbeError> {
    if request.body.is_some() && request.body_is_secret {
        return Err(ProbeError::RedirectSecret { to: to.to_string() });
    }
    request.headers.retain(|header| {
        !header.secret && !PERSONAL.contains(&header.name) && header.name != hyper::header::HOST
    });
    Ok(())
}

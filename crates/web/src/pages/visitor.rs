//! Who looks at a page, and who sends a form from one.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use plimsoll_core::ids::{PersonName, ServiceName};
use plimsoll_core::record::Permission;
use plimsoll_engine::desk::Desk;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::caller::Caller;
use crate::origin::{forged, same_origin};
use crate::problem::Problem;
use crate::site::Web;

use super::Answer;
use super::fault::Fault;
use super::frame::{Body, Made, framed};
use super::kept::Ground;

/// Whoever looks at a page.
pub(super) struct Visitor {
    /// Who they are and what they may do.
    pub caller: Caller,
    /// The page they look at, with its query.
    pub here: String,
    site: Web,
}

impl Visitor {
    /// Makes sure that they may look at this service.
    pub(super) fn may_see(&self, service: &ServiceName) -> Result<(), Fault> {
        self.asks(self.caller.may(Permission::Read, Some(service)))
    }

    /// Makes sure that they may do this to the service.
    pub(super) fn may(&self, permission: Permission, service: &ServiceName) -> Result<(), Fault> {
        self.asks(self.caller.may(permission, Some(service)))
    }

    /// Whether they are signed in here and may do this to the service: only then it is offered.
    pub(super) fn is_offered(&self, permission: Permission, service: &ServiceName) -> bool {
        self.caller.session.is_some() && self.caller.may(permission, Some(service)).is_ok()
    }

    /// Who they are, to be written down.
    pub(super) fn person(&self) -> Result<&PersonName, Fault> {
        match self.caller.person() {
            Ok(person) => Ok(person),
            Err(problem) => Err(self.fault(problem)),
        }
    }

    /// What a form on this page must send along.
    pub(super) fn form_token(&self) -> String {
        self.caller.session.as_ref().map(crate::caller::Secret::form_token).unwrap_or_default()
    }

    /// Their page.
    pub(super) async fn page(&self, body: Body) -> Answer {
        let desk = self.site.desk();
        let ground = self.asks(Ground::now(&desk).await)?;
        self.framed(&Made::on(ground, &self.site, &desk, body))
    }

    /// A page that many look at: it is made once, for all that see the same under this name.
    pub(super) async fn shared_page(
        &self,
        name: String,
        desk: &Arc<Desk>,
        make: impl AsyncFnOnce() -> Result<Body, Problem>,
    ) -> Answer {
        let ground = self.asks(Ground::now(desk).await)?;
        let make = async |ground| Ok(Made::on(ground, &self.site, desk, make().await?));
        let made = self.site.pages.kept.page(name, ground, make).await;
        self.framed(&*self.asks(made)?)
    }

    fn framed(&self, made: &Made) -> Answer {
        self.asks(framed(&self.site, Some(&self.caller), made, &self.here))
    }

    /// What went wrong, as a page of theirs.
    pub(super) fn fault(&self, problem: impl Into<Problem>) -> Fault {
        Fault::of(problem.into(), &self.site, Some(self.caller.clone()), &self.here)
    }

    /// The same for a result.
    pub(super) fn asks<T, E: Into<Problem>>(&self, result: Result<T, E>) -> Result<T, Fault> {
        result.map_err(|error| self.fault(error))
    }
}

impl FromRequestParts<Web> for Visitor {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, site: &Web) -> Result<Self, Fault> {
        let here = here(parts);
        match Caller::from_request_parts(parts, site).await {
            Ok(caller) => Ok(Self { caller, here, site: site.clone() }),
            Err(problem) => Err(Fault::of(problem, site, None, &here)),
        }
    }
}

/// The path and query that were asked for; of a form, the board: it cannot be asked for again.
pub(super) fn here(parts: &Parts) -> String {
    if parts.method != axum::http::Method::GET {
        return "/".to_owned();
    }
    parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string)
}

/// What a form sends: what it says, and the proof that it is a form of this session.
#[derive(Debug, Deserialize)]
struct WithToken {
    #[serde(default)]
    form_token: String,
}

/// A form that somebody sent from a page of ours.
pub(super) struct Posted<T> {
    /// Who.
    pub visitor: Visitor,
    /// What.
    pub form: T,
}

impl<T: DeserializeOwned> FromRequest<Web> for Posted<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, site: &Web) -> Result<Self, Fault> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, site).await?;
        visitor.asks(same_origin(&parts.headers, site.settings.base_url.as_deref()))?;
        let request = Request::from_parts(parts, body);
        let bytes = visitor.asks(body_of(request, site).await)?;
        let sent: WithToken = visitor.asks(read(&bytes))?;
        let Some(session) = &visitor.caller.session else {
            return Err(visitor.fault(Problem::unknown_caller("sign in first")));
        };
        if !equal(&sent.form_token, &session.form_token()) {
            return Err(visitor.fault(forged()));
        }
        let form = visitor.asks(read(&bytes))?;
        Ok(Self { visitor, form })
    }
}

pub(super) async fn body_of(request: Request, site: &Web) -> Result<axum::body::Bytes, Problem> {
    let form = request.headers().get(axum::http::header::CONTENT_TYPE);
    let is_form = form
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if !is_form {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "wrong",
            "only a form of a page is understood here",
        ));
    }
    axum::body::Bytes::from_request(request, site)
        .await
        .map_err(|rejection| Problem::new(rejection.status(), "wrong", rejection.body_text()))
}

/// Reads a form; a key that comes twice is a list.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut map: serde_json::Map<String, serde_json::Value> = serde_json::Map::new();
    for (key, value) in super::form::pairs(bytes) {
        use serde_json::Value;
        let value = Value::String(value);
        match map.get_mut(&key) {
            None => {
                map.insert(key, value);
            }
            Some(Value::Array(list)) => list.push(value),
            Some(first) => {
                let before = std::mem::take(first);
                *first = Value::Array(vec![before, value]);
            }
        }
    }
    serde_json::from_value(serde_json::Value::Object(map))
        .map_err(|error| Problem::wrong(format!("the form: {error}")))
}

/// Compares without telling by the time how much is equal.
fn equal(one: &str, other: &str) -> bool {
    one.len() == other.len()
        && one.bytes().zip(other.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_comes_twice_is_a_list() {
        #[derive(Deserialize)]
        struct Form {
            one: String,
            many: Vec<String>,
        }
        let form: Form = read(b"one=a%26+b&many=x&many=y&form_token=z").expect("a form");
        assert_eq!((form.one.as_str(), form.many.len()), ("a& b", 2));
    }
}

//! What the address of a page names, and what its query asks. What cannot be read is answered with a
//! page, not with a line.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::problem::Problem;
use crate::site::Web;

use super::fault::Fault;
use super::visitor::Visitor;

/// The names in the path.
pub(super) struct Place<T>(pub T);

/// What the query asks.
pub(super) struct Wanted<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<Web> for Place<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, site: &Web) -> Result<Self, Fault> {
        let none = |why: PathRejection| {
            Problem::not_found(format!("there is no such page ({})", why.body_text()))
        };
        let read = Path::from_request_parts(parts, site).await.map_err(none);
        told(parts, site, read.map(|Path(names)| Self(names))).await
    }
}

impl<T: DeserializeOwned + Send> FromRequestParts<Web> for Wanted<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, site: &Web) -> Result<Self, Fault> {
        let wrong = |why: QueryRejection| Problem::wrong(why.body_text());
        let read = Query::from_request_parts(parts, site).await.map_err(wrong);
        told(parts, site, read.map(|Query(asked)| Self(asked))).await
    }
}

/// A problem as a page for whoever looks; that they may not look comes first.
async fn told<T>(parts: &mut Parts, site: &Web, read: Result<T, Problem>) -> Result<T, Fault> {
    match read {
        Ok(read) => Ok(read),
        Err(problem) => Err(Visitor::from_request_parts(parts, site).await?.fault(problem)),
    }
}

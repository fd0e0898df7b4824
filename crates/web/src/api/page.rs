//! Long lists are answered page by page; the `Link` header says where the next one is (RFC 8288).

use axum::http::{HeaderValue, header};
use axum::response::Response;

use crate::problem::Problem;

/// The most that one page holds.
const MOST: usize = 500;

/// How many are wanted.
pub(super) fn limit(asked: Option<usize>, usual: usize) -> Result<usize, Problem> {
    match asked {
        None => Ok(usual),
        Some(limit @ 1..=MOST) => Ok(limit),
        Some(_) => Err(Problem::wrong(format!("limit is between 1 and {MOST}"))),
    }
}

/// Says where the next page is.
pub(super) fn link_next(response: &mut Response, place: &str) {
    if let Ok(link) = HeaderValue::try_from(format!("<{place}>; rel=\"next\"")) {
        response.headers_mut().insert(header::LINK, link);
    }
}

/// A name as it stands in a query: `+` would be a blank there.
pub(super) fn escaped(name: &str) -> String {
    name.replace('+', "%2B")
}

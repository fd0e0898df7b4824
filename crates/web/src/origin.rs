//! From which site a browser sends something. A cookie goes along from every site of the same host,
//! whatever its port, and from its neighbours: what changes something has to come from a page of ours.

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, StatusCode};

use crate::problem::Problem;

/// A form that another site sent with this session's cookie.
pub(crate) fn forged() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "forged",
        "this was not sent from a page of your session, or that session is over",
    )
    .hint("load the page again, and send it from there; programs send a token, not a cookie")
}

/// Browsers say from which site a form comes; one from elsewhere is refused.
pub(crate) fn same_origin(headers: &HeaderMap, base_url: Option<&str>) -> Result<(), Problem> {
    if let Some(site) = headers.get("sec-fetch-site")
        && !matches!(site.as_bytes(), b"same-origin" | b"none")
    {
        return Err(forged());
    }
    let Some(origin) = headers.get(ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().unwrap_or_default();
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let of_host =
        origin.split_once("://").is_some_and(|(_, rest)| !host.is_empty() && rest == host);
    let of_base = base_url.is_some_and(|base| base.trim_end_matches('/') == origin);
    if of_host || of_base { Ok(()) } else { Err(forged()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().expect("a value"));
        }
        headers
    }

    #[test]
    fn a_form_of_another_site_is_refused() {
        let ok = |pairs: &[(&'static str, &'static str)], base| {
            same_origin(&headers(pairs), base).is_ok()
        };
        assert!(
            ok(&[("host", "p.example")], None),
            "a client that says nothing has no cookie of a browser"
        );
        assert!(ok(&[("host", "p.example"), ("origin", "https://p.example")], None));
        assert!(ok(
            &[("host", "inner:80"), ("origin", "https://p.example")],
            Some("https://p.example/")
        ));
        assert!(!ok(&[("host", "p.example"), ("origin", "https://evil.example")], None));
        assert!(!ok(&[("host", "p.example"), ("origin", "null")], None));
        assert!(!ok(&[("host", "p.example"), ("sec-fetch-site", "cross-site")], None));
        assert!(!ok(&[("host", "p.example"), ("sec-fetch-site", "same-site")], None));
    }
}

//! From which site a browser sends something, and under which name it asks. A cookie goes along from
//! every site of the same host, whatever its port, and from its neighbours: what changes something has
//! to come from a page of ours.

use std::net::IpAddr;

use axum::http::header::{HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, Uri};

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

/// Makes sure that who asks without a token knows this server by a name of its own. A browser lets any
/// page read what comes from the page's own name, and who owns a name may point it at this address
/// (DNS rebinding): nobody can do that with an address or with `localhost`.
pub(crate) fn own_name(parts: &Parts, base_url: Option<&str>) -> Result<(), Problem> {
    let sent = || parts.headers.get(HOST)?.to_str().ok()?.parse::<Authority>().ok();
    let Some(asked) = parts.uri.authority().cloned().or_else(sent) else { return Ok(()) };
    let host = asked.host().trim_end_matches('.').to_ascii_lowercase();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let is_address = bare.parse::<IpAddr>().is_ok();
    let is_local = host == "localhost" || host.ends_with(".localhost");
    let base = base_url.and_then(|base| base.parse::<Uri>().ok());
    let is_base =
        base.as_ref().and_then(Uri::host).is_some_and(|own| own.eq_ignore_ascii_case(&host));
    if is_address || is_local || is_base {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::MISDIRECTED_REQUEST,
        "name",
        format!("this server does not know that {host} is its name"),
    )
    .hint(format!("plimsoll serve --base-url http://{asked}  tells it; or send a token")))
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

    #[test]
    fn only_a_name_that_is_its_own_is_answered_without_a_token() {
        let named = |host: &str, base| {
            let request = axum::http::Request::get("/").header("host", host).body(());
            let (parts, ()) = request.expect("a request").into_parts();
            own_name(&parts, base).is_ok()
        };
        for host in ["127.0.0.1:7420", "[::1]:7420", "LOCALHOST:1", "a.localhost", "192.168.1.7"] {
            assert!(named(host, None), "{host}");
        }
        assert!(named("plimsoll.example", Some("https://plimsoll.example/")));
        assert!(named("Plimsoll.example.:80", Some("https://plimsoll.example")));
        for host in
            ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "plimsoll.example"]
        {
            assert!(!named(host, None), "{host}");
        }
        assert!(!named("evil.example", Some("https://plimsoll.example")));
    }
}

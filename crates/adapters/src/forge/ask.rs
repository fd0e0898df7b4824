//! Asking a forge, and what its answers mean.

use std::path::PathBuf;
use std::time::Duration;

use hyper::{HeaderMap, Method};
use jiff::SignedDuration;
use plimsoll_core::Timestamp;
use plimsoll_core::catalog::Forge;
use plimsoll_core::record::{ForgeFault, ForgeFaultKind};
use serde_json::Value;

use crate::probe::{Ours, ProbeAnswer, ProbeLimits, ProbeRequest, fetch};

/// How long a forge may take.
const WITHIN: Duration = Duration::from_secs(20);

/// The longest answer that is read.
const LONGEST: u64 = 1 << 20;

/// So many characters of what a forge says about a fault are kept.
const WORDS: usize = 200;

/// A request to a forge.
pub(super) struct Ask<'a> {
    pub forge: &'a Forge,
    pub method: Method,
    /// Behind the address of the API, with a slash before it.
    pub path: &'a str,
    /// The header that says who asks. It is a secret.
    pub who: (&'a str, &'a str),
    /// Other headers.
    pub headers: &'a [(&'a str, &'a str)],
    pub body: Option<Value>,
}

/// Asks; gives the JSON of an answer that says yes.
pub(super) async fn ask(ask: Ask<'_>) -> Result<Value, ForgeFault> {
    let host = host(ask.forge);
    let request = request(&ask).map_err(|why| ForgeFault {
        kind: ForgeFaultKind::NotAllowed,
        words: format!("{host} cannot be asked: {why}"),
        not_before: None,
    })?;
    let limits =
        ProbeLimits { within: WITHIN, body_bytes: LONGEST, redirects: 0, root: PathBuf::new() };
    let answer = fetch(request, &limits).await.map_err(|error| ForgeFault {
        kind: ForgeFaultKind::Away,
        words: format!("{host}: {error}"),
        not_before: None,
    })?;
    match answer.status {
        // 204 has no body.
        200..300 if answer.body.is_empty() => Ok(Value::Null),
        200..300 => serde_json::from_slice(&answer.body).map_err(|_| ForgeFault {
            kind: ForgeFaultKind::Away,
            words: format!("{host} answers {} with what is no JSON", answer.status),
            not_before: None,
        }),
        _ => Err(fault(&host, &answer, Timestamp::now())),
    }
}

fn request(ask: &Ask<'_>) -> Result<ProbeRequest, Ours> {
    let mut request = ProbeRequest::get(&format!("{}{}", ask.forge.url, ask.path))?;
    request.method = ask.method.clone();
    let (name, value) = ask.who;
    request.add_header(name, value, true)?;
    request.add_header("user-agent", concat!("plimsoll/", env!("CARGO_PKG_VERSION")), false)?;
    for (name, value) in ask.headers {
        request.add_header(name, value, false)?;
    }
    if let Some(body) = &ask.body {
        request.add_header("content-type", "application/json", false)?;
        request.body = Some(body.to_string().into_bytes());
    }
    Ok(request)
}

fn host(forge: &Forge) -> String {
    url::Url::parse(&forge.url)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_else(|| forge.url.clone())
}

fn fault(host: &str, answer: &ProbeAnswer, now: Timestamp) -> ForgeFault {
    let headers = &answer.headers;
    let asks_less = headers.contains_key("retry-after")
        || number(headers, "x-ratelimit-remaining") == Some(0)
        || number(headers, "ratelimit-remaining") == Some(0);
    let kind = match answer.status {
        401 => ForgeFaultKind::NotAllowed,
        429 => ForgeFaultKind::Limited,
        // GitHub says both with the same number.
        403 if asks_less => ForgeFaultKind::Limited,
        408 | 500.. => ForgeFaultKind::Away,
        _ => ForgeFaultKind::Refused,
    };
    let not_before = matches!(kind, ForgeFaultKind::Limited | ForgeFaultKind::Away)
        .then(|| asked_for(headers, now))
        .flatten();
    let said = said(&answer.body);
    let colon = if said.is_empty() { "" } else { ": " };
    let words = format!("{host} answers {}{colon}{said}", answer.status);
    ForgeFault { kind, words, not_before }
}

/// Until when the forge wants to be left alone.
fn asked_for(headers: &HeaderMap, now: Timestamp) -> Option<Timestamp> {
    let after = |seconds: i64| now.checked_add(SignedDuration::from_secs(seconds)).ok();
    if let Some(seconds) = number(headers, "retry-after") {
        return after(seconds);
    }
    ["x-ratelimit-reset", "ratelimit-reset"]
        .iter()
        .filter_map(|name| number(headers, name))
        .find_map(|second| Timestamp::from_second(second).ok())
        .filter(|until| *until > now)
}

fn number(headers: &HeaderMap, name: &str) -> Option<i64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok().filter(|number| *number >= 0)
}

/// What the forge says about it: `message` or `error`, whatever that is.
fn said(body: &[u8]) -> String {
    let Ok(json) = serde_json::from_slice::<Value>(body) else { return String::new() };
    let words = match json.get("message").or_else(|| json.get("error")) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let more = json.get("errors").filter(|errors| !errors.is_null());
    let words = more.map_or(words.clone(), |more| format!("{words} {more}"));
    plimsoll_core::say::shorten(&words, WORDS)
}

#[cfg(test)]
mod tests {
    use plimsoll_core::record::Timings;

    use super::*;

    fn meaning(status: u16, headers: &[(&'static str, &str)], body: &str) -> ForgeFault {
        let headers = headers.iter().map(|(name, value)| {
            (hyper::header::HeaderName::from_static(name), value.parse().expect("a value"))
        });
        let answer = ProbeAnswer {
            status,
            headers: headers.collect(),
            body: body.as_bytes().to_vec(),
            timings: Timings::default(),
            certificate: None,
            redirects: Vec::new(),
            url: String::new(),
        };
        fault("forge", &answer, Timestamp::from_second(1_000).expect("a moment"))
    }

    #[test]
    fn each_answer_means_what_follows_from_it() {
        use ForgeFaultKind::{Away, Limited, NotAllowed, Refused};
        for (status, headers, kind) in [
            (401, &[][..], NotAllowed),
            (403, &[], Refused),
            (403, &[("x-ratelimit-remaining", "0")], Limited),
            (403, &[("retry-after", "60")], Limited),
            (404, &[], Refused),
            (422, &[], Refused),
            (301, &[], Refused),
            (429, &[], Limited),
            (500, &[], Away),
            (503, &[("retry-after", "60")], Away),
        ] {
            assert_eq!(meaning(status, headers, "").kind, kind, "{status} {headers:?}");
        }
    }

    #[test]
    fn a_forge_says_until_when() {
        let until = |headers: &[(&'static str, &str)]| {
            meaning(429, headers, "").not_before.map(Timestamp::as_second)
        };
        assert_eq!(until(&[("retry-after", "60")]), Some(1_060));
        assert_eq!(until(&[("x-ratelimit-reset", "2000")]), Some(2_000));
        assert_eq!(until(&[("ratelimit-reset", "999")]), None, "it is over");
        assert_eq!(until(&[("retry-after", "soon")]), None);
        assert_eq!(until(&[("retry-after", "-5")]), None);
        assert_eq!(until(&[("retry-after", "9223372036854775807")]), None);
    }

    #[test]
    fn what_it_says_is_told_in_short() {
        let words = |body: &str| meaning(422, &[], body).words;
        assert_eq!(words(r#"{"message":"No commit found"}"#), "forge answers 422: No commit found");
        assert_eq!(words(r#"{"error":"nope"}"#), "forge answers 422: nope");
        assert_eq!(words("<html>"), "forge answers 422");
        assert!(words(r#"{"message":{"name":["is bad"]}}"#).contains("is bad"));
        let long = format!(r#"{{"message":"{}"}}"#, "x".repeat(900));
        assert!(words(&long).chars().count() < 260);
    }
}

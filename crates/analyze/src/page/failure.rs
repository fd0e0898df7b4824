//! Why something is not there.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Why a resource is not there, as a clause that stands behind its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// The server's answer is no success.
    Status(u16),
    /// Its type is not one that the browser takes for this.
    Mime(String),
    /// The content security policy of the page forbids it.
    Csp,
    /// The other origin does not permit it.
    Cors(String),
    /// Its digest is not the one that the page asks for.
    Integrity,
    /// It is without TLS on a page with TLS.
    MixedContent,
    /// Nothing listens, or the connection breaks.
    Connection(String),
    /// The connection times out.
    TimedOut,
    /// It had not arrived when the time was over.
    NeverArrived,
    /// The name does not exist.
    NoSuchName,
    /// Its certificate is not trusted.
    Certificate(String),
    /// It came, and the browser does not use it.
    NotApplied,
    /// The redirects do not end.
    EndlessRedirects,
    /// The page gave it up.
    GivenUp,
    /// Another reason, in the browser's words.
    Other(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "answers {status}"),
            Self::Mime(mime) if mime.is_empty() => f.write_str("is refused: it has no type"),
            Self::Mime(mime) => write!(f, "is refused: its type is {mime}"),
            Self::Csp => f.write_str("is blocked by the page's content security policy"),
            Self::Cors(why) => write!(f, "is blocked: its origin does not permit it ({why})"),
            Self::Integrity => {
                f.write_str("is blocked: its content does not fit the integrity that the page asks")
            }
            Self::MixedContent => f.write_str("is blocked: http on an https page"),
            Self::Connection(why) => write!(f, "cannot be had: {why}"),
            Self::TimedOut => f.write_str("cannot be had: the connection timed out"),
            Self::NeverArrived => f.write_str("had not arrived when the time was over"),
            Self::NoSuchName => f.write_str("cannot be had: its host name does not exist"),
            Self::Certificate(why) => write!(f, "cannot be had: its certificate is bad ({why})"),
            Self::NotApplied => f.write_str("arrived, but the browser does not use it"),
            Self::EndlessRedirects => f.write_str("redirects without end"),
            Self::GivenUp => f.write_str("was given up by the page"),
            Self::Other(why) => write!(f, "cannot be had: {why}"),
        }
    }
}

impl Failure {
    /// Reads the reason out of a `Network.loadingFailed` event.
    #[must_use]
    pub(super) fn of_event(event: &Value) -> Self {
        match event["blockedReason"].as_str() {
            Some("csp") => return Self::Csp,
            Some("mixed-content") => return Self::MixedContent,
            Some("content-type") => return Self::Mime(String::new()),
            Some(why) if why.starts_with("cor") => return Self::Cors(why.to_owned()),
            Some("origin" | "subresource-filter" | "other" | "inspector") | None => {}
            Some(why) => return Self::Other(why.to_owned()),
        }
        if let Some(why) = event["corsErrorStatus"]["corsError"].as_str() {
            return Self::Cors(why.to_owned());
        }
        if event["canceled"].as_bool() == Some(true) {
            return Self::GivenUp;
        }
        Self::of_net_error(event["errorText"].as_str().unwrap_or_default())
    }

    /// Reads the browser's name of a network error: `net::ERR_CONNECTION_REFUSED`.
    #[must_use]
    pub fn of_net_error(text: &str) -> Self {
        let name = text.strip_prefix("net::ERR_").unwrap_or(text);
        let plain = || name.to_ascii_lowercase().replace('_', " ");
        match name {
            "ABORTED" => Self::GivenUp,
            "TOO_MANY_REDIRECTS" => Self::EndlessRedirects,
            "NAME_NOT_RESOLVED" | "NAME_RESOLUTION_FAILED" => Self::NoSuchName,
            "TIMED_OUT" | "CONNECTION_TIMED_OUT" => Self::TimedOut,
            "BLOCKED_BY_CSP" => Self::Csp,
            "BLOCKED_BY_ORB" => Self::Cors("opaque response blocking".to_owned()),
            "BLOCKED_BY_RESPONSE" => Self::Cors("cross-origin policy".to_owned()),
            name if name.starts_with("CERT_") || name.starts_with("SSL_") => {
                Self::Certificate(plain())
            }
            name if name.starts_with("CONNECTION_")
                || name.starts_with("EMPTY_")
                || name.starts_with("ADDRESS_")
                || name.starts_with("SOCKET_")
                || name.starts_with("INVALID_HTTP")
                || name.starts_with("CONTENT_LENGTH")
                || name.starts_with("INCOMPLETE")
                || name.starts_with("HTTP2") =>
            {
                Self::Connection(plain())
            }
            _ if name.is_empty() => Self::Other("for no reason that the browser tells".to_owned()),
            _ => Self::Other(plain()),
        }
    }
}

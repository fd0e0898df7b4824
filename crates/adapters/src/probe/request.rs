//! What is asked.

use std::path::PathBuf;
use std::time::Duration;

use hyper::Method;
use hyper::header::{HeaderName, HeaderValue};
use url::Url;

use plimsoll_core::catalog::TlsExpectation;

use super::Ours;

/// Headers that say how the message is cut, which only the prober itself may.
const RESERVED: [&str; 5] = ["connection", "content-length", "te", "transfer-encoding", "upgrade"];

/// What is asked.
#[derive(Debug, Clone)]
pub struct ProbeRequest {
    /// Where.
    pub url: Url,
    /// The method.
    pub method: Method,
    /// Headers beside `Host`, `User-Agent` and `Accept`, or instead of them.
    pub headers: Vec<ProbeHeader>,
    /// A body.
    pub body: Option<Vec<u8>>,
    /// Whether a secret was filled into the body: it is then never sent to another origin.
    pub body_is_secret: bool,
    /// What the certificate must be.
    pub tls: TlsExpectation,
}

/// A header that is sent.
#[derive(Debug, Clone)]
pub struct ProbeHeader {
    /// Its name.
    pub name: HeaderName,
    /// Its value.
    pub value: HeaderValue,
    /// Whether a secret was filled in: it is then never sent to another origin.
    pub secret: bool,
}

/// How far a question goes.
#[derive(Debug, Clone)]
pub struct ProbeLimits {
    /// Everything together: lookup, connection, handshake, answer, redirects.
    pub within: Duration,
    /// The longest body.
    ///
    /// # Units
    /// Bytes.
    pub body_bytes: u64,
    /// How many redirects are followed; with 0 a redirect is the answer.
    pub redirects: u32,
    /// The folder that the path of `ca_file` starts from.
    pub root: PathBuf,
}

impl ProbeRequest {
    /// A `GET` without anything special.
    ///
    /// # Errors
    /// [`Ours::Url`] for what is no `http` or `https` URL.
    pub fn get(url: &str) -> Result<Self, Ours> {
        Ok(Self {
            url: parse_url(url)?,
            method: Method::GET,
            headers: Vec::new(),
            body: None,
            body_is_secret: false,
            tls: TlsExpectation::default(),
        })
    }

    /// Adds a header.
    ///
    /// # Errors
    /// [`Ours::Request`] for a name or value that could become another header, and for names that
    /// only the prober may send.
    pub fn add_header(&mut self, name: &str, value: &str, secret: bool) -> Result<(), Ours> {
        let refuse =
            |why: &str| Ours::Request { why: format!("header {}: {why}", name.escape_debug()) };
        if RESERVED.iter().any(|reserved| name.eq_ignore_ascii_case(reserved)) {
            return Err(refuse("is set by the prober itself"));
        }
        let name =
            HeaderName::from_bytes(name.as_bytes()).map_err(|_| refuse("is no header name"))?;
        let mut value = HeaderValue::from_bytes(value.as_bytes())
            .map_err(|_| refuse("its value holds a line break or another control character"))?;
        value.set_sensitive(secret);
        self.headers.push(ProbeHeader { name, value, secret });
        Ok(())
    }
}

/// A URL that can be asked.
///
/// # Errors
/// [`Ours::Url`].
pub(crate) fn parse_url(text: &str) -> Result<Url, Ours> {
    let refuse = |why: &str| Ours::Url { why: why.to_owned() };
    // The parser would silently drop them.
    if text.chars().any(char::is_control) {
        return Err(refuse("it holds a line break or another control character"));
    }
    let url = Url::parse(text).map_err(|error| Ours::Url { why: error.to_string() })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refuse("it is neither http nor https"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse(
            "it holds a user name or password; send an Authorization header with a secret instead",
        ));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(refuse("it has no host"));
    }
    Ok(url)
}

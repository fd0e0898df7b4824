//! Why there is no answer.

use super::CertificateFacts;

/// Whose fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// It says something about the release: *failed*.
    Release,
    /// It says nothing about the release: *errored*.
    Ours,
}

/// Why there is no answer, each in a sentence that stands behind the URL.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are what the sentences say")]
pub enum ProbeError {
    /// The name does not exist.
    #[error("the name {host} does not exist")]
    NoSuchName { host: String },
    /// Nothing listens.
    #[error("{address} refuses the connection")]
    Refused { address: String },
    /// There is no way there.
    #[error("{address} cannot be reached: {why}")]
    Unreachable { address: String, why: String },
    /// Connections are not accepted in time.
    #[error("{address} does not accept a connection within {limit_ms} ms")]
    ConnectTimedOut { address: String, limit_ms: u64 },
    /// The handshake does not end in time.
    #[error("the TLS handshake with {host} does not end within {limit_ms} ms")]
    TlsTimedOut { host: String, limit_ms: u64 },
    /// The handshake fails.
    #[error("the TLS handshake with {host} fails: {why}")]
    Tls { host: String, why: String },
    /// The certificate is not as asked. No byte of the request was sent.
    #[error("{}", problems.join("; "))]
    Certificate { problems: Vec<String>, facts: Box<CertificateFacts> },
    /// The connection is accepted, and no whole answer head comes in time.
    #[error("the connection is accepted, but no answer comes within {limit_ms} ms")]
    NoAnswer { limit_ms: u64 },
    /// The answer head came, but the body does not end in time.
    #[error("the body does not end within {limit_ms} ms; {got_bytes} bytes came")]
    BodyTooSlow { limit_ms: u64, got_bytes: u64 },
    /// The answer head does not end.
    #[error("the answer's headers are larger than 64 KiB or more than 100")]
    HeadTooLarge,
    /// The body is longer than allowed.
    #[error("the body is longer than {limit_bytes} bytes")]
    BodyTooLong { limit_bytes: u64 },
    /// The body ends before its announced length.
    #[error("the answer is cut off after {got_bytes} bytes of its body")]
    BodyCut { got_bytes: u64 },
    /// It is not HTTP.
    #[error("what answers does not speak HTTP/1: {why}")]
    NotHttp { why: String },
    /// The connection is closed without an answer.
    #[error("the connection is closed without an answer")]
    Closed,
    /// The connection is reset.
    #[error("the connection is reset")]
    Reset,
    /// It breaks in another way.
    #[error("the connection breaks: {why}")]
    Broken { why: String },
    /// Too many redirects.
    #[error("more than {limit} redirects; the last one leads to {to}")]
    TooManyRedirects { limit: u32, to: String },
    /// Redirects in a circle.
    #[error("the redirects go in a circle: {to} was asked before")]
    RedirectLoop { to: String },
    /// A redirect to what is no web page.
    #[error("it redirects to {to}, which is neither http nor https")]
    RedirectScheme { to: String },
    /// A redirect that is no URL, or has a user name in it.
    #[error("it redirects to {to:?}, which is not a usable URL")]
    RedirectTarget { to: String },
    /// A redirect that asks for a body with a secret to be sent elsewhere.
    #[error("it redirects a body that holds a secret to another origin, {to}; it was not sent")]
    RedirectSecret { to: String },
    /// It could not be asked.
    #[error("{0}")]
    Ours(#[from] Ours),
}

/// Why it could not be asked: nothing of it says anything about the release.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are what the sentences say")]
pub enum Ours {
    /// The resolver of this machine fails.
    #[error("the name {host} could not be looked up: {why}")]
    Resolver { host: String, why: String },
    /// The resolver of this machine does not answer.
    #[error(
        "the name {host} could not be looked up within {limit_ms} ms; does the resolver answer?"
    )]
    ResolverTimedOut { host: String, limit_ms: u64 },
    /// This machine has no more files, ports or memory for connections.
    #[error(
        "this machine is out of {what}; run fewer checks at once (limits: checks-at-once) or raise its limit"
    )]
    Overloaded { what: &'static str },
    /// This process did not come to it in time.
    #[error(
        "our own process was late by {late_ms} ms of the limit of {limit_ms} ms; run fewer checks at once (limits: checks-at-once)"
    )]
    Late { late_ms: u64, limit_ms: u64 },
    /// This machine does not let it through.
    #[error("this machine does not permit connections to {address}")]
    NotPermitted { address: String },
    /// The roots of trust cannot be used.
    #[error("the roots to trust cannot be used: {why}")]
    Roots { why: String },
    /// No URL that can be asked.
    #[error("the URL cannot be asked: {why}")]
    Url { why: String },
    /// A header, method or body that cannot be sent.
    #[error("the request cannot be sent: {why}")]
    Request { why: String },
}

impl ProbeError {
    /// Whose fault it is: the table in [`super`].
    #[must_use]
    pub fn side(&self) -> Side {
        match self {
            Self::Ours(_) => Side::Ours,
            Self::NoSuchName { .. }
            | Self::Refused { .. }
            | Self::Unreachable { .. }
            | Self::ConnectTimedOut { .. }
            | Self::TlsTimedOut { .. }
            | Self::Tls { .. }
            | Self::Certificate { .. }
            | Self::NoAnswer { .. }
            | Self::BodyTooSlow { .. }
            | Self::HeadTooLarge
            | Self::BodyTooLong { .. }
            | Self::BodyCut { .. }
            | Self::NotHttp { .. }
            | Self::Closed
            | Self::Reset
            | Self::Broken { .. }
            | Self::TooManyRedirects { .. }
            | Self::RedirectLoop { .. }
            | Self::RedirectScheme { .. }
            | Self::RedirectTarget { .. }
            | Self::RedirectSecret { .. } => Side::Release,
        }
    }

    /// Whether the time limit ended it, so that our own lateness may be the cause.
    pub(super) fn is_timeout(&self) -> bool {
        matches!(
            self,
            Self::ConnectTimedOut { .. }
                | Self::TlsTimedOut { .. }
                | Self::NoAnswer { .. }
                | Self::BodyTooSlow { .. }
                | Self::Ours(Ours::ResolverTimedOut { .. })
        )
    }
}

//! What came back.

use hyper::HeaderMap;
use plimsoll_core::Timestamp;
use plimsoll_core::record::Timings;

/// What came back, whole.
#[derive(Debug, Clone)]
pub struct ProbeAnswer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
    /// How the time was spent; with redirects, the sum over all questions.
    pub timings: Timings,
    /// The certificate of the last question, if that was `https`.
    pub certificate: Option<CertificateFacts>,
    /// The redirects that were followed, in order.
    pub redirects: Vec<Redirected>,
    /// The URL that answered in the end.
    pub url: String,
}

/// A redirect that was followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirected {
    /// The status that said so.
    pub status: u16,
    /// Where to.
    pub to: String,
}

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFacts {
    /// From when it is valid.
    pub not_before: Timestamp,
    /// Until when it is valid.
    pub not_after: Timestamp,
    /// Whose it is.
    pub subject: String,
    /// The hosts it is for.
    pub names: Vec<String>,
    /// Who signed it.
    pub issuer: String,
    /// The SHA-256 of its DER, as 64 hexadecimal digits.
    pub sha256: String,
    /// How many certificates the server sent.
    pub sent: usize,
    /// Whether they lead to a root that is trusted; not looked at for a pinned certificate.
    pub chain_complete: bool,
}

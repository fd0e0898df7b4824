//! Addresses that secrets are sent to, or trust comes from.

use url::Url;

/// Whether nobody on the way can listen in or answer instead: https, or this very machine.
pub(crate) fn is_private(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        let is_local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        url.scheme() == "https" || (url.scheme() == "http" && is_local)
    })
}

/// Whether it is an address that a path can be put behind, and holds no secret.
pub(crate) fn is_base(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        let is_plain = url.query().is_none() && url.fragment().is_none();
        is_plain && url.username().is_empty() && url.password().is_none()
    }) && !text.contains(char::is_whitespace)
}

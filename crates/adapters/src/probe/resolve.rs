//! Looking a name up.

use std::net::{IpAddr, SocketAddr};

use url::{Host, Url};

use super::{Ours, ProbeError};

/// The addresses of a URL's host, in the order of the system's resolver (RFC 6724).
///
/// # Errors
/// The name does not exist (failed), or could not be looked up (errored).
pub(super) async fn resolve(url: &Url) -> Result<Vec<SocketAddr>, ProbeError> {
    let port = url.port_or_known_default().unwrap_or(80);
    let name = match url.host() {
        Some(Host::Ipv4(address)) => return Ok(vec![(IpAddr::V4(address), port).into()]),
        Some(Host::Ipv6(address)) => return Ok(vec![(IpAddr::V6(address), port).into()]),
        Some(Host::Domain(name)) => name,
        None => return Err(Ours::Url { why: "it has no host".into() }.into()),
    };
    let found: Vec<SocketAddr> = tokio::net::lookup_host((name, port))
        .await
        .map_err(|error| not_found(name, &error))?
        .collect();
    if found.is_empty() {
        return Err(ProbeError::NoSuchName { host: name.to_owned() });
    }
    Ok(found)
}

/// Tells "there is no such name" from "it could not be asked". The standard library keeps the
/// code of `getaddrinfo` only as its text, which is English as long as nobody calls `setlocale`
/// (glibc and musl each have their own). What is not known here is ours.
fn not_found(host: &str, error: &std::io::Error) -> ProbeError {
    const MISSING: [&str; 5] = [
        "Name or service not known",           // glibc EAI_NONAME
        "No address associated with hostname", // glibc EAI_NODATA
        "Name does not resolve",               // musl EAI_NONAME
        "Name has no usable address",          // musl EAI_NODATA
        "nodename nor servname provided",      // macOS
    ];
    let text = error.to_string();
    if MISSING.iter().any(|missing| text.contains(missing)) {
        return ProbeError::NoSuchName { host: host.to_owned() };
    }
    let why = text.rsplit(": ").next().unwrap_or(&text).to_owned();
    Ours::Resolver { host: host.to_owned(), why }.into()
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::probe::Side;

    #[test]
    fn a_missing_name_is_the_releases_fault_and_a_broken_resolver_ours() {
        let said =
            |text: &str| io::Error::other(format!("failed to lookup address information: {text}"));
        for (text, side) in [
            ("Name or service not known", Side::Release),
            ("No address associated with hostname", Side::Release),
            ("Name does not resolve", Side::Release),
            ("Temporary failure in name resolution", Side::Ours),
            ("Try again", Side::Ours),
            ("Non-recoverable failure in name resolution", Side::Ours),
            ("System error", Side::Ours),
            ("Something new", Side::Ours),
        ] {
            assert_eq!(not_found("nl.example", &said(text)).side(), side, "{text}");
        }
    }
}

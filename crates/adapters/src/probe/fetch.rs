//! A question from the lookup to the end of the answer.

use std::future::Future;
use std::time::{Duration, Instant as StdInstant};

use plimsoll_core::Timestamp;
use plimsoll_core::record::Timings;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::certificate::{Shown, judge};
use super::connect::connect;
use super::exchange::{Deadline, Exchanged, exchange};
use super::lateness::Watched;
use super::redirect::Trail;
use super::resolve::resolve;
use super::stream::Wire;
use super::tls::{roots, shake_hands};
use super::{CertificateFacts, Ours, ProbeAnswer, ProbeError, ProbeLimits, ProbeRequest};

/// Asks, within the limits.
///
/// # Errors
/// [`ProbeError`]; its side says whose fault it is.
pub async fn fetch(request: ProbeRequest, limits: &ProbeLimits) -> Result<ProbeAnswer, ProbeError> {
    let limit_ms = u64::try_from(limits.within.as_millis()).unwrap_or(u64::MAX);
    let deadline = Deadline { at: Instant::now() + limits.within, limit_ms };
    let (outcome, late) = Watched::new(ask(request, limits, deadline)).await;
    match outcome {
        Err(error) if error.is_timeout() && late > limits.within / 4 => {
            let late_ms = u64::try_from(late.as_millis()).unwrap_or(u64::MAX);
            Err(Ours::Late { late_ms, limit_ms }.into())
        }
        outcome => outcome,
    }
}

/// What comes of a future in time.
pub(super) async fn within<T>(
    deadline: Deadline,
    late: impl FnOnce() -> ProbeError,
    future: impl Future<Output = T>,
) -> Result<T, ProbeError> {
    timeout_at(deadline.at, future).await.map_err(|_| late())
}

async fn ask(
    mut request: ProbeRequest,
    limits: &ProbeLimits,
    deadline: Deadline,
) -> Result<ProbeAnswer, ProbeError> {
    let began = StdInstant::now();
    let mut timings = Timings::default();
    let mut trail = Trail::new(limits.redirects);
    loop {
        let (wire, certificate) = open(&request, limits, deadline, &mut timings).await?;
        let answer = exchange(wire, &request, limits.body_bytes, deadline).await?;
        timings.first_byte_us += answer.first_byte_us;
        if trail.follow(&mut request, answer.status, &answer.headers)? {
            continue;
        }
        timings.total_us = since(began);
        let Exchanged { status, headers, body, .. } = answer;
        let url = request.url.to_string();
        return Ok(ProbeAnswer {
            status,
            headers,
            body,
            timings,
            certificate,
            redirects: trail.followed,
            url,
        });
    }
}

/// A connection over which the request may be sent.
async fn open(
    request: &ProbeRequest,
    limits: &ProbeLimits,
    deadline: Deadline,
    timings: &mut Timings,
) -> Result<(Wire, Option<CertificateFacts>), ProbeError> {
    let limit_ms = deadline.limit_ms;
    let host = request.url.host_str().unwrap_or_default();
    let began = StdInstant::now();
    let unresolved = || Ours::ResolverTimedOut { host: host.to_owned(), limit_ms }.into();
    let addresses = within(deadline, unresolved, resolve(&request.url)).await??;
    timings.dns_us += since(began);
    let began = StdInstant::now();
    let address = addresses.first().map(ToString::to_string);
    let slow = || ProbeError::ConnectTimedOut { address: address.unwrap_or_default(), limit_ms };
    let tcp = within(deadline, slow, connect(&addresses)).await??;
    timings.connect_us += since(began);
    if request.body.is_some() {
        // Head and body are two writes; Nagle's algorithm would hold the second one back.
        let _ = tcp.set_nodelay(true);
    }
    if request.url.scheme() != "https" {
        return Ok((Wire::Plain(tcp), None));
    }
    let began = StdInstant::now();
    let opened = secure(tcp, request, limits, deadline).await?;
    timings.tls_us += since(began);
    Ok(opened)
}

async fn secure(
    tcp: TcpStream,
    request: &ProbeRequest,
    limits: &ProbeLimits,
    deadline: Deadline,
) -> Result<(Wire, Option<CertificateFacts>), ProbeError> {
    let host = request.url.host_str().unwrap_or_default();
    let name = server_name(&request.url)?;
    let trusted = match request.tls.pinned_sha256 {
        Some(_) => None,
        None => Some(roots(&request.tls, &limits.root)?),
    };
    let slow = || ProbeError::TlsTimedOut { host: host.to_owned(), limit_ms: deadline.limit_ms };
    let tls = within(deadline, slow, shake_hands(tcp, host, name.clone())).await??;
    let chain = tls.get_ref().1.peer_certificates().unwrap_or_default();
    let shown =
        Shown { chain, host, name: &name, expectation: &request.tls, roots: trusted.as_deref() };
    let (facts, problems) = judge(&shown, Timestamp::now())
        .map_err(|why| ProbeError::Tls { host: host.to_owned(), why })?;
    if !problems.is_empty() {
        return Err(ProbeError::Certificate { problems, facts: Box::new(facts) });
    }
    Ok((Wire::Tls(Box::new(tls)), Some(facts)))
}

fn server_name(url: &Url) -> Result<ServerName<'static>, Ours> {
    let refuse = || Ours::Url { why: "its host is no name that a certificate could be for".into() };
    match url.host().ok_or_else(refuse)? {
        url::Host::Domain(name) => {
            let name = name.strip_suffix('.').unwrap_or(name);
            ServerName::try_from(name.to_owned()).map_err(|_| refuse())
        }
        url::Host::Ipv4(address) => Ok(ServerName::IpAddress(std::net::IpAddr::V4(address).into())),
        url::Host::Ipv6(address) => Ok(ServerName::IpAddress(std::net::IpAddr::V6(address).into())),
    }
}

fn since(began: StdInstant) -> u64 {
    let took: Duration = began.elapsed();
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}

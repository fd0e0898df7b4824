//! Reading a certificate and judging it.

use std::fmt::Write as _;
use std::net::IpAddr;

use plimsoll_core::Timestamp;
use plimsoll_core::catalog::TlsExpectation;
use plimsoll_core::digest::Digest;
use plimsoll_core::units::Period;
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, RootCertStore};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer as _;

use super::CertificateFacts;
use super::tls::provider;

/// What the server showed, and what was asked for.
pub(super) struct Shown<'a> {
    /// The certificates as they were sent, the server's own first.
    pub(super) chain: &'a [CertificateDer<'a>],
    /// The host that was asked, for people.
    pub(super) host: &'a str,
    /// The same, for the comparison.
    pub(super) name: &'a ServerName<'a>,
    /// What is asked for.
    pub(super) expectation: &'a TlsExpectation,
    /// Who is trusted; `None` for a pinned certificate.
    pub(super) roots: Option<&'a RootCertStore>,
}

/// What the certificate says, and each way in which it is not as asked; none is good.
///
/// # Errors
/// A sentence, when there is no certificate or it cannot be read.
pub(super) fn judge(
    shown: &Shown<'_>,
    now: Timestamp,
) -> Result<(CertificateFacts, Vec<String>), String> {
    let own = shown.chain.first().ok_or("the server shows no certificate")?;
    let (_, parsed) = X509Certificate::from_der(own)
        .map_err(|_| "the server's certificate cannot be read".to_owned())?;
    let mut facts = facts(own, &parsed, shown.chain.len());
    let mut problems: Vec<String> = dates(&facts, shown.expectation, now).into_iter().collect();
    if let Some(pinned) = &shown.expectation.pinned_sha256 {
        problems.extend(pin(&facts, pinned));
        return Ok((facts, problems));
    }
    let webpki = ParsedCertificate::try_from(own).map_err(|error| error.to_string())?;
    if verify_server_name(&webpki, shown.name).is_err() {
        problems.push(other_host(&facts, shown.host));
    }
    if let Some(roots) = shown.roots {
        // Judged at a time at which the certificate itself is valid: that it is not now was said.
        let at = now.clamp(facts.not_before, facts.not_after.max(facts.not_before));
        let chain = chain(&webpki, shown.chain, roots, at, &facts);
        facts.chain_complete = chain.is_none();
        problems.extend(chain);
    }
    Ok((facts, problems))
}

fn facts(der: &CertificateDer<'_>, parsed: &X509Certificate<'_>, sent: usize) -> CertificateFacts {
    let time = |seconds: i64| Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX);
    CertificateFacts {
        not_before: time(parsed.validity().not_before.timestamp()),
        not_after: time(parsed.validity().not_after.timestamp()),
        subject: plain(&parsed.subject().to_string()),
        names: names(parsed),
        issuer: plain(&parsed.issuer().to_string()),
        sha256: Digest::of(der).hex(),
        sent,
        chain_complete: false,
    }
}

fn names(parsed: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = parsed.subject_alternative_name() else { return Vec::new() };
    let name = |general: &GeneralName<'_>| match general {
        GeneralName::DNSName(name) => Some(plain(name)),
        GeneralName::IPAddress(bytes) => <[u8; 4]>::try_from(*bytes)
            .map(IpAddr::from)
            .or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from))
            .ok()
            .map(|address| address.to_string()),
        _ => None,
    };
    extension.value.general_names.iter().filter_map(name).take(100).collect()
}

/// What strangers wrote, fit for one line.
fn plain(text: &str) -> String {
    text.chars()
        .take(200)
        .map(|character| if character.is_control() { '�' } else { character })
        .collect()
}

fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}

fn dates(facts: &CertificateFacts, expectation: &TlsExpectation, now: Timestamp) -> Option<String> {
    let (begins, ends) = (facts.not_before, facts.not_after);
    if now < begins {
        return Some(format!(
            "the certificate begins in {} ({})",
            Period::between(now, begins).roughly(),
            day(begins)
        ));
    }
    if now > ends {
        return Some(format!(
            "the certificate ended {} ago ({})",
            Period::between(ends, now).roughly(),
            day(ends)
        ));
    }
    let left = Period::between(now, ends);
    let asked = Period::from_hours(24 * u64::from(expectation.min_days_left));
    (left < asked).then(|| {
        format!(
            "the certificate ends in {} ({}), at least {} days are asked for",
            left.roughly(),
            day(ends),
            expectation.min_days_left
        )
    })
}

fn pin(facts: &CertificateFacts, pinned: &str) -> Option<String> {
    let pinned: String = pinned
        .trim_start_matches("sha256:")
        .chars()
        .filter(char::is_ascii_hexdigit)
        .map(|digit| digit.to_ascii_lowercase())
        .collect();
    (pinned != facts.sha256).then(|| {
        format!("the certificate has the fingerprint {}, not the pinned {pinned}", facts.sha256)
    })
}

fn other_host(facts: &CertificateFacts, host: &str) -> String {
    let mut text = "the certificate is for ".to_owned();
    match facts.names.as_slice() {
        [] => text.push_str("no host at all"),
        names => {
            text.push_str(&names[..names.len().min(5)].join(", "));
            if names.len() > 5 {
                let _ = write!(text, " and {} more", names.len() - 5);
            }
        }
    }
    let _ = write!(text, ", not {host}");
    text
}

fn chain(
    own: &ParsedCertificate<'_>,
    sent: &[CertificateDer<'_>],
    roots: &RootCertStore,
    at: Timestamp,
    facts: &CertificateFacts,
) -> Option<String> {
    let seconds = u64::try_from(at.as_second()).unwrap_or(0);
    let time = UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
    let algorithms = provider().signature_verification_algorithms.all;
    let error = verify_server_cert_signed_by_trust_anchor(own, roots, &sent[1..], time, algorithms)
        .err()?;
    if facts.subject == facts.issuer {
        return Some(format!(
            "the certificate is self-signed (fingerprint {}); pin it if that is meant",
            facts.sha256
        ));
    }
    Some(match error {
        rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            broken_chain(sent, facts)
        }
        rustls::Error::InvalidCertificate(
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. },
        ) => expired_above(sent, at),
        rustls::Error::InvalidCertificate(CertificateError::BadSignature) => {
            "the chain is broken: a signature in it is wrong".to_owned()
        }
        rustls::Error::InvalidCertificate(
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. },
        ) => "the certificate is not meant for servers".to_owned(),
        other => format!("the chain cannot be verified: {other}"),
    })
}

/// Follows the issuers through what was sent to the one that was not.
fn broken_chain(sent: &[CertificateDer<'_>], facts: &CertificateFacts) -> String {
    let above: Vec<(String, String)> = sent[1..]
        .iter()
        .filter_map(|der| X509Certificate::from_der(der).ok())
        .map(|(_, parsed)| {
            (plain(&parsed.subject().to_string()), plain(&parsed.issuer().to_string()))
        })
        .collect();
    let mut missing = facts.issuer.clone();
    for _ in 0..=above.len() {
        match above.iter().find(|(subject, _)| *subject == missing) {
            Some((subject, issuer)) if subject == issuer => {
                return format!("the chain ends in «{missing}», which is not trusted here");
            }
            Some((_, issuer)) => missing.clone_from(issuer),
            None => break,
        }
    }
    format!(
        "the chain is broken: the issuer «{missing}» was not sent, and is not a root that is trusted here"
    )
}

fn expired_above(sent: &[CertificateDer<'_>], at: Timestamp) -> String {
    for der in &sent[1..] {
        let Ok((_, parsed)) = X509Certificate::from_der(der) else { continue };
        let ends = Timestamp::from_second(parsed.validity().not_after.timestamp())
            .unwrap_or(Timestamp::MAX);
        if ends < at {
            return format!(
                "«{}» in the chain ended ({})",
                plain(&parsed.subject().to_string()),
                day(ends)
            );
        }
    }
    "a certificate in the chain is not valid now".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts_between(begins: &str, ends: &str) -> CertificateFacts {
        CertificateFacts {
            not_before: begins.parse().expect("a time"),
            not_after: ends.parse().expect("a time"),
            subject: "CN=nl.example".into(),
            names: vec!["nl.example".into()],
            issuer: "CN=ca".into(),
            sha256: "ab".repeat(32),
            sent: 1,
            chain_complete: true,
        }
    }

    #[test]
    fn dates_are_said_exactly() {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().expect("a time");
        let asked = TlsExpectation::default();
        for (begins, ends, said) in [
            ("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", None),
            (
                "2026-01-01T00:00:00Z",
                "2026-11-26T12:00:00Z",
                Some("the certificate ends in 5 d (2026-11-26), at least 14 days are asked for"),
            ),
            ("2026-01-01T00:00:00Z", "2026-12-05T12:00:00Z", None),
            (
                "2026-01-01T00:00:00Z",
                "2026-11-18T12:00:00Z",
                Some("the certificate ended 3 d ago (2026-11-18)"),
            ),
            (
                "2026-11-23T12:00:00Z",
                "2027-11-18T12:00:00Z",
                Some("the certificate begins in 2 d (2026-11-23)"),
            ),
        ] {
            assert_eq!(dates(&facts_between(begins, ends), &asked, now).as_deref(), said);
        }
    }

    #[test]
    fn a_pin_is_compared_without_regard_to_how_it_is_written() {
        let facts = facts_between("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
        for same in [
            "ab".repeat(32),
            "AB".repeat(32),
            vec!["AB"; 32].join(":"),
            format!("sha256:{}", "ab".repeat(32)),
        ] {
            assert_eq!(pin(&facts, &same), None, "{same}");
        }
        assert!(pin(&facts, &"ac".repeat(32)).is_some());
        assert!(pin(&facts, "").is_some());
    }
}

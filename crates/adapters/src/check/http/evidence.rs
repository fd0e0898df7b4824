//! What is kept of a question and its answer, without secrets.

use std::fmt::Write as _;

use hyper::HeaderMap;

use crate::probe::{CertificateFacts, ProbeAnswer, ProbeError, ProbeRequest};
use crate::secrets::Redactor;

/// How much of a body is kept.
///
/// # Units
/// Bytes.
const BODY: usize = 64 << 10;

/// Headers that are personal whoever sends them.
const PERSONAL: [&str; 4] = ["authorization", "cookie", "proxy-authorization", "set-cookie"];

/// The question as it is sent.
pub(super) fn request(request: &ProbeRequest) -> String {
    let mut text = format!("> {} {}\n", request.method, request.url);
    for header in &request.headers {
        let name = header.name.as_str();
        let hidden = header.secret || PERSONAL.contains(&name);
        let value = String::from_utf8_lossy(header.value.as_bytes());
        let _ = writeln!(text, "> {name}: {}", if hidden { "[hidden]" } else { &value });
    }
    if let Some(body) = &request.body {
        let _ = writeln!(text, "> ({} bytes of body)", body.len());
    }
    text
}

/// Everything: question, answer, times, certificate, findings, and the beginning of the body.
pub(super) fn whole(
    asked: &str,
    answer: &Result<ProbeAnswer, ProbeError>,
    findings: &[String],
    redactor: &Redactor,
) -> Vec<u8> {
    let mut text = asked.to_owned();
    let (certificate, body) = match answer {
        Ok(answer) => {
            head(&mut text, answer);
            (answer.certificate.as_ref(), answer.body.as_slice())
        }
        Err(ProbeError::Certificate { facts, .. }) => (Some(facts.as_ref()), [].as_slice()),
        Err(_) => (None, [].as_slice()),
    };
    if let Some(facts) = certificate {
        describe(&mut text, facts);
    }
    for finding in findings {
        let _ = writeln!(text, "* {finding}");
    }
    let mut output = redactor.text(&text).into_bytes();
    if !body.is_empty() {
        output.push(b'\n');
        output.extend(beginning(body, redactor));
    }
    output
}

fn head(text: &mut String, answer: &ProbeAnswer) {
    for redirect in &answer.redirects {
        let _ = writeln!(text, "< {} to {}", redirect.status, redirect.to);
    }
    let _ = writeln!(text, "< {}", answer.status);
    headers(text, &answer.headers);
    let t = &answer.timings;
    let _ = writeln!(
        text,
        "# lookup {} µs, connection {} µs, TLS {} µs, first byte {} µs, all {} µs, body {} bytes",
        t.dns_us,
        t.connect_us,
        t.tls_us,
        t.first_byte_us,
        t.total_us,
        answer.body.len()
    );
}

fn headers(text: &mut String, headers: &HeaderMap) {
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        let shown = match name.as_str() {
            // Which cookies are set says something; what is in them is nobody's business.
            "set-cookie" => match value.split_once('=') {
                Some((cookie, _)) => format!("{}=[hidden]", cookie.trim()),
                None => "[hidden]".to_owned(),
            },
            name if PERSONAL.contains(&name) => "[hidden]".to_owned(),
            _ => value.into_owned(),
        };
        let _ = writeln!(text, "< {name}: {shown}");
    }
}

fn describe(text: &mut String, facts: &CertificateFacts) {
    let chain = if facts.chain_complete { "leads to a trusted root" } else { "not verified" };
    let _ = writeln!(
        text,
        "# certificate «{}» for {}, by «{}», {} to {}, sha256 {}, {} sent, chain {chain}",
        facts.subject,
        if facts.names.is_empty() { "no host".to_owned() } else { facts.names.join(", ") },
        facts.issuer,
        facts.not_before,
        facts.not_after,
        facts.sha256,
        facts.sent
    );
}

/// The beginning of a body: secrets are taken out of a little more than is kept, so that none is
/// cut in two.
fn beginning(body: &[u8], redactor: &Redactor) -> Vec<u8> {
    let looked_at = &body[..body.len().min(BODY + redactor.longest())];
    let mut kept = redactor.bytes(looked_at);
    let left_out = body.len() > BODY;
    kept.truncate(BODY);
    if left_out {
        kept.extend_from_slice(format!("\n… {} bytes in all", body.len()).as_bytes());
    }
    kept
}

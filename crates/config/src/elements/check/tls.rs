//! What a certificate must be.

use plimsoll_core::catalog::TlsExpectation;

use crate::elements::count::read_count;
use crate::elements::path::read_path;
use crate::elements::text::read_text;
use crate::reader::Reader;
use crate::shape::{Object, Shape, optional, preset};
use crate::text::{Node, clean};

/// A certificate.
pub(super) static TLS: Object = Object {
    name: "certificate",
    doc: "What the certificate of an `https` URL must be. Its names, chain and dates are always looked at.",
    keys: &[
        preset(
            "min-days-left",
            Shape::Count { least: 0, most: 3650 },
            "14",
            "Days for which it must still be valid.",
        ),
        optional(
            "ca-file",
            Shape::Text("a path"),
            "A PEM file with the roots to trust instead of the system's.",
        ),
        optional(
            "pinned-sha256",
            Shape::Text("a fingerprint"),
            "The SHA-256 fingerprint of a declared self-signed certificate: 64 hexadecimal digits. Besides its dates nothing else is then compared.",
        ),
    ],
    one_of: &[],
    rest: None,
    example: "{ min-days-left: 21, ca-file: ca.pem }",
};

/// A certificate.
pub(super) fn read_tls(r: &mut Reader<'_>, node: &Node) -> Option<TlsExpectation> {
    let fields = r.object(node, &TLS)?;
    let min_days_left =
        fields.get("min-days-left").map_or(Some(14), |node| read_count(r, node, 0, 3650));
    let ca_file = fields.get("ca-file").map(|node| read_path(r, node, "a PEM file"));
    let pinned = fields.get("pinned-sha256").map(|node| read_fingerprint(r, node));
    Some(TlsExpectation {
        min_days_left: min_days_left?,
        ca_file: ca_file.map_or(Some(None), |path| path.map(Some))?,
        pinned_sha256: pinned.map_or(Some(None), |pinned| pinned.map(Some))?,
    })
}

/// 64 hexadecimal digits, small, without the colons that `openssl` writes.
fn read_fingerprint(r: &mut Reader<'_>, node: &Node) -> Option<String> {
    let text = read_text(r, node, "a fingerprint")?;
    let digits = text.replace(':', "").to_ascii_lowercase();
    if digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Some(digits);
    }
    r.error(node.span, format!("`{}` is not a SHA-256 fingerprint", clean(&text)))
        .hint("64 hexadecimal digits, as  openssl x509 -noout -fingerprint -sha256  prints them");
    None
}

#[cfg(test)]
mod tests {
    use crate::testing::{bad, in_checks};

    #[test]
    fn certificates_are_not_weakened_by_mistake() {
        bad(
            in_checks,
            &[
                (
                    "{ http: { path: /, tls: { min-days-left: 9999 } } }",
                    "9:51 [9999] 9999 is out of bounds → write a number from 0 to 3650",
                ),
                (
                    "{ http: { path: /, tls: { pinned-sha256: abc } } }",
                    "9:51 [abc] `abc` is not a SHA-256 fingerprint → 64 hexadecimal digits, as  openssl x509 -noout -fingerprint -sha256  prints them",
                ),
                (
                    "{ http: { path: /, tls: { ca-file: ~/ca.pem, verify: false } } }",
                    "9:45 [~/ca.pem] `~` is not the home directory here → write the path from / on, or relative to this file\n9:55 [verify] unknown key `verify` → there are: min-days-left, ca-file, pinned-sha256",
                ),
            ],
        );
    }
}
